/**
 * `conclave unlock --confirm`: each use is asked for. By a program of the
 * user's (`SSH_ASKPASS`, as ssh-agent does it) where the agent's starter had
 * one: it is ours, and a program that asks the agent cannot answer in its
 * place. Without one the asking program shows the question at its terminal and
 * comes back with the ticket: that keeps programs from using a key unnoticed
 * which behave, and nobody who does not.
 */

import { execFile } from "node:child_process"
import { createHash, randomBytes } from "node:crypto"
import type { AgentEntry, AgentReply } from "./protocol.ts"

export type Consent =
  | { readonly by: "no" }
  | { readonly by: "terminal" }
  | {
      readonly by: "program"
      readonly program: string
      readonly env: Readonly<Record<string, string | undefined>>
    }

/** For a person to answer. */
const ANSWER_MS = 2 * 60 * 1000
const MAX_TICKETS = 100

export function createConsent(consent: Consent) {
  /** What may be used once more, by ticket. */
  const tickets = new Map<string, { readonly entry: string; readonly until: number }>()

  return {
    /** @returns `null` if the entry's secret may be given out. */
    async ask(entry: AgentEntry, source: string, ticket: string | undefined): Promise<AgentReply | null> {
      const question = `conclave: use the identity of ${source} for ${shorten(entry.recipient)}?`
      switch (consent.by) {
        case "no":
          return null
        case "program":
          return (await runProgram(consent.program, question, consent.env))
            ? null
            : { ok: false, code: "refused", message: "its use was not confirmed" }
        case "terminal":
          return redeem(entry, ticket)
            ? null
            : { ok: false, code: "consent", message: question, ticket: issue(entry) }
      }
    },
  }

  function issue(entry: AgentEntry): string {
    const [oldest] = tickets.keys()
    if (tickets.size >= MAX_TICKETS && oldest !== undefined) tickets.delete(oldest)
    const ticket = randomBytes(16).toString("base64url")
    tickets.set(ticket, { entry: digest(entry), until: Date.now() + ANSWER_MS })
    return ticket
  }

  function redeem(entry: AgentEntry, ticket: string | undefined): boolean {
    const known = tickets.get(ticket ?? "")
    tickets.delete(ticket ?? "")
    return known !== undefined && known.entry === digest(entry) && Date.now() < known.until
  }
}

function digest({ recipient, enc }: AgentEntry): string {
  return createHash("sha256").update(`${recipient}\n${enc}`).digest("base64")
}

function runProgram(
  program: string,
  question: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const options = { env: { ...env, SSH_ASKPASS_PROMPT: "confirm" }, timeout: ANSWER_MS }
  return new Promise((resolve) => {
    execFile(program, [question], options, (error) => resolve(error === null))
  })
}

/** Head and tail of a recipient: the whole stands in the file. */
function shorten(recipient: string): string {
  return recipient.length <= 40 ? recipient : `${recipient.slice(0, 16)}…${recipient.slice(-8)}`
}
