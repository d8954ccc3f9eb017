/** `sops filestatus`. */

import { isEncryptedSource } from "../operations/filestatus.ts"
import { EXIT_NO_FILE, type SopsCommand, sourceOf } from "./command.ts"
import { FILESTATUS_FLAGS } from "./table.ts"

export const filestatus: SopsCommand = {
  flags: FILESTATUS_FLAGS,

  async run(invocation) {
    const { flags, context } = invocation
    if (flags.positionals.length === 0) {
      context.terminal.stderr.write("error: no file specified\n")
      return EXIT_NO_FILE
    }
    const encrypted = isEncryptedSource(await sourceOf(invocation))
    await context.terminal.stdout.write(`${JSON.stringify({ encrypted })}\n`)
    return 0
  },
}
