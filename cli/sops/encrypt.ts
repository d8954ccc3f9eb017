/** `sops encrypt` and `sops -e`. */

import { hasCode } from "#core/errors.ts"
import { RULE_FIELDS } from "#core/sops/selection.ts"
import { UsageError } from "../command.ts"
import { keysFrom } from "../key-options.ts"
import { describeNotices } from "../notices.ts"
import { encryptSource } from "../operations/encrypt.ts"
import { checkTarget, writeResult } from "../output.ts"
import { rulesFrom } from "../rule-options.ts"
import {
  EXIT_CONFLICT,
  missingFile,
  outputTypeOf,
  type SopsCommand,
  sayAll,
  sourceOf,
  targetOf,
} from "./command.ts"
import { ENCRYPT_FLAGS } from "./table.ts"

export const encrypt: SopsCommand = {
  exitCode: (error) => (hasCode(error, "rule-conflict") ? EXIT_CONFLICT : undefined),
  flags: ENCRYPT_FLAGS,

  async run(invocation) {
    const { flags, global, context } = invocation
    const target = targetOf(flags)
    const missing = await missingFile(invocation)
    if (missing !== null) return missing
    checkTarget(target, { path: flags.positionals[0] ?? null })
    if (flags.positionals.length === 0 && flags.text("filename-override") === "") {
      throw new UsageError("must specify --filename-override when reading from stdin")
    }
    const source = await sourceOf(invocation)
    const flagValue = (name: string) => (flags.has(name) ? flags.text(name) : undefined)
    const result = await encryptSource(
      {
        source,
        outputType: outputTypeOf(flags, source),
        keys: keysFrom(flagValue, context.env, flags.text("aws-profile")),
        encryptionContext: flags.text("encryption-context"),
        threshold: flags.int("shamir-secret-sharing-threshold"),
        rules: rulesFrom(flagValue, RULE_FIELDS),
        macOnlyEncrypted: global.bool("mac-only-encrypted"),
        layout: "canonical",
        lookup: "working-directory",
        config: global.text("config") || undefined,
      },
      context,
    )
    sayAll(describeNotices(source.shown, result.notices), context)
    const written = await writeResult(result.bytes, target, source, false, context)
    if (written === null) await context.terminal.stdout.write(result.bytes)
    return 0
  },
}
