/**
 * The agent's process, from its start to its end, and the other side of that
 * in the command that starts it. The agent opens the user's identities itself;
 * what it needs to know from a person it asks its starter, which has the
 * terminal. Both talk in the messages of `protocol.ts` over the agent's
 * standard input and output:
 *
 *     starter  {"for":900000,"confirm":false}
 *     agent    {"ask":"~/keys.txt","again":false}    as often as needed
 *     starter  {"passphrase":"…"}                    null: nobody answers
 *     agent    {"ready":true}  or  {"failed":"…"}
 *
 * Then the agent is on its own. It has no terminal, no streams, and leaves no
 * core dump; on SIGTERM, SIGHUP and SIGINT it ends.
 */

import type { Readable, Writable } from "node:stream"
import { ConclaveError, hasCode } from "../../errors.ts"
import type { Identity } from "../../keys/identity.ts"
import { ageIdentitySources } from "../identities.ts"
import { askAgent } from "./client.ts"
import type { Consent } from "./consent.ts"
import { chooseAgentSocket, findAgentSocket } from "./place.ts"
import { encodeMessage, MessageReader } from "./protocol.ts"
import { startAgent } from "./server.ts"

/** The longest time for which identities are held, in milliseconds. */
export const MAX_HOLD_MS = 24 * 60 * 60 * 1000

/** What the agent passes to the program that asks for consent, beside the question. */
const ASKPASS_VARIABLES = [
  "PATH",
  "HOME",
  "LANG",
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "XAUTHORITY",
  "XDG_RUNTIME_DIR",
]

/** Runs the agent until it ends. */
export async function runAgent(stdin: Readable, stdout: Writable, env: NodeJS.ProcessEnv): Promise<void> {
  const starter = openConversation(stdin, stdout)
  const settings = await starter.receive()
  const { for: forMs, confirm } = settings ?? {}
  if (typeof forMs !== "number" || !(forMs > 0 && forMs <= MAX_HOLD_MS)) {
    starter.send({ failed: "conclave agent is started by conclave unlock" })
    return
  }
  try {
    const identities = await openIdentities(starter, env)
    const uid = process.getuid?.() ?? -1
    const place = { env, platform: process.platform, uid }
    const before = findAgentSocket(place)
    if (before !== null) await askAgent(before, { op: "lock" })
    const agent = await startAgent({
      socket: chooseAgentSocket(place),
      uid,
      identities,
      until: Date.now() + forMs,
      consent: confirm === true ? chooseConsent(env) : { by: "no" },
    })
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) process.on(signal, () => agent.end())
    // Without this Node would open its debugger to the whole machine.
    process.on("SIGUSR1", () => undefined)
    process.chdir("/")
    starter.send({ ready: true })
    starter.leave()
    await agent.ended
  } catch (error) {
    if (!hasCode(error, "agent-failed")) throw error
    starter.send({ failed: error.message })
  }
}

async function openIdentities(starter: Conversation, env: NodeJS.ProcessEnv): Promise<Identity[]> {
  const { identities, reports } = ageIdentitySources({
    env,
    platform: process.platform,
    async askPassphrase(source, again) {
      starter.send({ ask: source, again })
      const answer = await starter.receive()
      // Whoever started us has gone: so do we.
      if (answer === null) process.exit(1)
      return typeof answer["passphrase"] === "string" ? answer["passphrase"] : null
    },
    // A plugin speaks with the person, who is at the terminal of whoever asks us: it is run there.
    pluginIdentity: (_key, source) => ({ source, handles: () => false, unwrap: async () => null }),
  })
  const opened: Identity[] = []
  for await (const identity of identities) {
    if ((await identity.unlock?.()) === true) opened.push(identity)
  }
  if (opened.length > 0) return opened
  const faults = reports().filter(({ state }) => state === "failed" || state === "passphrase-needed")
  throw nothingOpened(
    faults.length === 0
      ? "no identity here is behind a passphrase, so there is nothing to unlock"
      : faults
          .map(({ source, reason = "failed" }) => (reason.includes(source) ? reason : `${source}: ${reason}`))
          .join("; "),
  )
}

function nothingOpened(reason: string): ConclaveError<"agent-failed"> {
  return new ConclaveError("agent-failed", reason, { reason })
}

/** A program of the user's where there is one: its answer cannot be made up by who asks the agent. */
function chooseConsent(env: NodeJS.ProcessEnv): Consent {
  const program = env["SSH_ASKPASS"]
  if (program === undefined || program === "") return { by: "terminal" }
  const passed = Object.fromEntries(ASKPASS_VARIABLES.map((name) => [name, env[name]]))
  return { by: "program", program, env: passed }
}

export type Conversation = {
  send(message: object): void
  /** The next message; `null` when the other side has gone. */
  receive(): Promise<Record<string, unknown> | null>
  /** Lets go of the streams. */
  leave(): void
}

export function openConversation(input: Readable, output: Writable): Conversation {
  const reader = new MessageReader()
  const received: Record<string, unknown>[] = []
  let ended = false
  let wake = (): void => undefined
  input.on("data", (chunk: Buffer) => {
    try {
      received.push(...reader.push(chunk))
    } catch {
      // Not one of us: as good as gone.
      input.destroy()
    }
    wake()
  })
  input.on("close", () => {
    ended = true
    wake()
  })
  // Whoever does not listen any more needs no answer.
  output.on("error", () => undefined)
  return {
    send: (message) => void output.write(encodeMessage(message)),
    async receive() {
      while (received.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return received.shift() ?? null
    },
    leave() {
      input.destroy()
      output.end()
    },
  }
}
