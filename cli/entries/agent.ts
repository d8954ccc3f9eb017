/** The process of `conclave unlock`, which starts it and talks to it: no command for people. */

import { runAgent } from "#core/host/agent/program.ts"
import { EXIT_USAGE } from "../exit-codes.ts"

export async function start(): Promise<void> {
  if (process.stdin.isTTY) {
    process.stderr.write("error: this is the agent of conclave unlock, which starts it\n")
    process.exitCode = EXIT_USAGE
    return
  }
  await runAgent(process.stdin, process.stdout, process.env)
  // Whatever may still be going on: the identities are to be gone now.
  process.exit()
}
