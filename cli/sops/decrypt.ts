/** `sops decrypt` and `sops -d`. */

import { describeNotices } from "../notices.ts"
import { decryptSource } from "../operations/decrypt.ts"
import { checkTarget, writeResult } from "../output.ts"
import {
  missingFile,
  orderOf,
  outputTypeOf,
  type SopsCommand,
  sayAll,
  sourceOf,
  targetOf,
} from "./command.ts"
import { DECRYPT_FLAGS } from "./table.ts"

export const decrypt: SopsCommand = {
  flags: DECRYPT_FLAGS,

  async run(invocation) {
    const { flags, global, context } = invocation
    const target = targetOf(flags)
    const missing = await missingFile(invocation)
    if (missing !== null) return missing
    checkTarget(target, { path: flags.positionals[0] ?? null })
    const source = await sourceOf(invocation)
    const result = await decryptSource(
      {
        source,
        outputType: outputTypeOf(flags, source),
        extract: flags.text("extract"),
        ignoreMac: flags.bool("ignore-mac"),
        order: orderOf(flags),
        layout: "canonical",
        lookup: "working-directory",
        config: global.text("config") || undefined,
      },
      context,
    )
    sayAll([...result.warnings, ...describeNotices(source.shown, result.notices)], context)
    const written = await writeResult(result.bytes, target, source, true, context)
    if (written === null) await context.terminal.stdout.write(result.bytes)
    return 0
  },
}
