/** Starts the agent as a process that outlives the command which wanted it. */

import { spawn } from "node:child_process"
import { ConclaveError } from "../../errors.ts"
import type { AskPassphrase } from "../identities/passphrase.ts"
import { openConversation } from "./program.ts"

export type StartOptions = {
  /** How the agent's program is called: an interpreter and its arguments. */
  readonly program: readonly [string, ...string[]]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly forMs: number
  /** Ask for each use. */
  readonly confirm: boolean
  readonly askPassphrase: AskPassphrase
}

/** Node reads these at its start: they would change the agent, or only slow it down. */
const UNWANTED = ["NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "NODE_PATH", "NODE_V8_COVERAGE"]
/**
 * What Node cannot do and a shell can: no core dump, which would put the
 * identities on a disk, and none of the descriptors that a script has open,
 * which would stay open as long as the agent.
 */
const ALONE = 'ulimit -c 0; exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; exec "$@"'
const WRAPPER = ["/bin/sh", "-c", ALONE, "sh"] as const

/**
 * Starts it and answers its questions until it stands on its own.
 *
 * @throws {@link ConclaveError} `agent-failed` if it could not be started.
 */
export async function startAgentProcess(options: StartOptions): Promise<void> {
  const [shell, ...args] = WRAPPER
  const env = Object.fromEntries(Object.entries(options.env).filter(([name]) => !UNWANTED.includes(name)))
  const child = spawn(shell, [...args, ...options.program], {
    env,
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  })
  child.on("error", () => undefined)
  const agent = openConversation(child.stdout, child.stdin)
  agent.send({ for: options.forMs, confirm: options.confirm })
  try {
    for (;;) {
      const message = await agent.receive()
      if (message === null) throw failed("the agent has ended at its start")
      if (message["ready"] === true) return
      if (typeof message["failed"] === "string") throw failed(message["failed"])
      if (typeof message["ask"] === "string") {
        agent.send({ passphrase: await options.askPassphrase(message["ask"], message["again"] === true) })
      }
    }
  } finally {
    agent.leave()
    child.unref()
  }
}

function failed(reason: string): ConclaveError<"agent-failed"> {
  return new ConclaveError("agent-failed", reason, { reason })
}
