/** The way to a running agent, and the identity that stands for those it holds. */

import { createConnection } from "node:net"
import { fromBase64 } from "../../bytes.ts"
import { ConclaveError, hasCode } from "../../errors.ts"
import type { Identity } from "../../keys/identity.ts"
import type { AgeEntry } from "../../keys/key-entry.ts"
import { type AgentReply, type AgentRequest, encodeMessage, MessageReader, parseReply } from "./protocol.ts"

/** How it is named in reports. */
export const AGENT_SOURCE = "conclave unlock"

/** A person may have to answer before the agent does. */
const ANSWER_MS = 3 * 60 * 1000

/**
 * Asks the agent.
 *
 * @returns `null` if nobody listens: the socket is left over from one that was killed.
 * @throws {@link ConclaveError} `agent-failed` if it does not answer as agreed.
 */
export function askAgent(socket: string, request: AgentRequest): Promise<AgentReply | null> {
  return new Promise((resolve, reject) => {
    const reader = new MessageReader()
    const connection = createConnection(socket)
    const fail = (reason: string) =>
      reject(new ConclaveError("agent-failed", `${AGENT_SOURCE}: ${reason}`, { reason }))
    connection.setTimeout(ANSWER_MS, () => {
      connection.destroy()
      fail("no answer")
    })
    connection.on("connect", () => connection.write(encodeMessage(request)))
    connection.on("data", (chunk: Buffer) => {
      try {
        const [message] = reader.push(chunk)
        if (message === undefined) return
        connection.destroy()
        resolve(parseReply(message))
      } catch (error) {
        connection.destroy()
        reject(error)
      }
    })
    connection.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(null)
      else fail(error.code ?? "unknown")
    })
    // Changes nothing when there has been an answer.
    connection.on("close", () => fail("it has ended"))
  })
}

export type AgentIdentityOptions = {
  /** Shows a question to the person at the terminal; `null` where there is none. */
  readonly askConsent: (question: string) => Promise<boolean | null>
  /** Told when the agent does not answer as agreed: then it counts as not there. */
  readonly fault: (reason: string) => void
}

/** All that the agent holds, as one identity. An entry that it does not open is put to it once. */
export function agentIdentity(socket: string, options: AgentIdentityOptions): Identity {
  const unopened = new Map<string, ConclaveError | null>()
  return {
    source: AGENT_SOURCE,

    handles(entry) {
      return entry.kind === "age"
    },

    async unwrap(entry) {
      if (entry.kind !== "age") return null
      const known = unopened.get(entry.enc)
      if (known === undefined) return remember(entry)
      if (known === null) return null
      throw known
    },
  }

  async function remember(entry: AgeEntry): Promise<Uint8Array | null> {
    try {
      const secret = secretOf(await consentedReply(entry))
      if (secret === null) unopened.set(entry.enc, null)
      return secret
    } catch (error) {
      if (!(error instanceof ConclaveError)) throw error
      unopened.set(entry.enc, error)
      throw error
    }
  }

  async function consentedReply(entry: AgeEntry): Promise<AgentReply | null> {
    const reply = await ask(entry)
    if (reply === null || reply.ok || reply.code !== "consent") return reply
    const agreed = await options.askConsent(reply.message)
    if (agreed === null) throw refused("each use must be confirmed, and there is no terminal to ask on")
    if (!agreed) throw refused("its use was not confirmed")
    return ask(entry, reply.ticket)
  }

  async function ask(entry: AgeEntry, consent?: string): Promise<AgentReply | null> {
    try {
      return await askFor(socket, entry, consent)
    } catch (error) {
      if (!hasCode(error, "agent-failed")) throw error
      options.fault(error.details.reason)
      return null
    }
  }
}

function askFor(socket: string, entry: AgeEntry, consent?: string): Promise<AgentReply | null> {
  const { kind, recipient, enc } = entry
  return askAgent(socket, {
    op: "unwrap",
    entry: { kind, recipient, enc },
    ...(consent === undefined ? {} : { consent }),
  })
}

function secretOf(reply: AgentReply | null): Uint8Array | null {
  if (reply === null) return null
  if (!reply.ok) throw refused(reply.message)
  if (!("secret" in reply)) throw refused("a reply is not understood")
  return reply.secret === null ? null : fromBase64(reply.secret, AGENT_SOURCE)
}

function refused(reason: string): ConclaveError<"agent-failed"> {
  return new ConclaveError("agent-failed", `${AGENT_SOURCE}: ${reason}`, { reason })
}
