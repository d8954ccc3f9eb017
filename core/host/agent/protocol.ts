/**
 * What goes over the agent's socket: messages of a length (4 bytes, big
 * endian) and that many bytes of JSON, one question and one answer at a time.
 * Every message names the version; another one is refused, not guessed at.
 *
 *     {"v":1,"op":"unwrap","entry":{"kind":"age","recipient":…,"enc":…},"consent":…}
 *     {"v":1,"ok":true,"secret":"<base64>"}       null: for none of its identities
 *     {"v":1,"ok":false,"code":"consent","message":…,"ticket":…}
 *
 * An entry is what stands in the file anyway; what comes back is the data key
 * or the share that it wraps. No message carries an identity.
 */

import { fromUtf8, toUtf8 } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"

const VERSION = 1
const LENGTH_SIZE = 4
/** The largest message, in bytes: a wrapped key takes some hundred, a hybrid one 2,000. */
export const MAX_MESSAGE = 1024 * 1024

/** The one kind of entry that the agent's identities are for. */
export type AgentEntry = { readonly kind: "age"; readonly recipient: string; readonly enc: string }

export type AgentRequest =
  /** `consent` is the ticket of a refusal with code `consent`, once the user has agreed. */
  | { readonly op: "unwrap"; readonly entry: AgentEntry; readonly consent?: string }
  | { readonly op: "status" }
  | { readonly op: "lock" }

export type AgentStatus = {
  /** Where its identities came from. */
  readonly sources: readonly string[]
  /** When it ends by itself, in milliseconds since 1970. */
  readonly until: number
  /** Whether each use is asked for, and by whom. */
  readonly confirm: "no" | "program" | "terminal"
  /** Data keys and shares given out. */
  readonly uses: number
}

export type AgentReply =
  | { readonly ok: true; readonly secret: string | null }
  | { readonly ok: true; readonly status: AgentStatus }
  | { readonly ok: true; readonly done: true }
  | { readonly ok: false; readonly code: "consent"; readonly message: string; readonly ticket: string }
  | { readonly ok: false; readonly code: "refused" | "failed" | "malformed"; readonly message: string }

/** One message, ready to be sent. */
export function encodeMessage(content: object): Uint8Array {
  const body = toUtf8(JSON.stringify({ v: VERSION, ...content }))
  const message = new Uint8Array(LENGTH_SIZE + body.length)
  new DataView(message.buffer).setUint32(0, body.length)
  message.set(body, LENGTH_SIZE)
  return message
}

/** Puts a stream together to messages. */
export class MessageReader {
  #buffer = new Uint8Array(LENGTH_SIZE)
  #filled = 0

  /**
   * Takes what has come.
   *
   * @returns The messages that are complete by it, parsed as JSON and nothing more.
   * @throws {@link ConclaveError} `agent-failed` for one that is too large, no
   * JSON object or of another version; the stream is of no use then.
   */
  push(chunk: Uint8Array): Record<string, unknown>[] {
    const messages: Record<string, unknown>[] = []
    let at = 0
    while (at < chunk.length) {
      const size = Math.min(this.#wanted() - this.#filled, chunk.length - at)
      this.#append(chunk.subarray(at, at + size))
      at += size
      if (this.#filled >= LENGTH_SIZE && this.#filled === this.#wanted()) {
        messages.push(parseBody(this.#buffer.subarray(LENGTH_SIZE, this.#filled)))
        this.#filled = 0
      }
    }
    return messages
  }

  /** Bytes of the message that is coming, its length included. */
  #wanted(): number {
    if (this.#filled < LENGTH_SIZE) return LENGTH_SIZE
    const size = new DataView(this.#buffer.buffer).getUint32(0)
    if (size > MAX_MESSAGE) throw broken(`a message of ${size} bytes is too large`)
    return LENGTH_SIZE + size
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#filled + bytes.length
    if (needed > this.#buffer.length) {
      // Grows with what has really come: a length alone reserves nothing.
      const larger = new Uint8Array(
        Math.min(Math.max(needed, this.#buffer.length * 2), LENGTH_SIZE + MAX_MESSAGE),
      )
      larger.set(this.#buffer)
      this.#buffer = larger
    }
    this.#buffer.set(bytes, this.#filled)
    this.#filled = needed
  }
}

function parseBody(body: Uint8Array): Record<string, unknown> {
  let content: unknown
  try {
    content = JSON.parse(fromUtf8(body) ?? "")
  } catch {
    throw broken("a message is not JSON")
  }
  if (!isRecord(content)) throw broken("a message is not a JSON object")
  if (content["v"] !== VERSION) throw broken("a message is of another version of conclave")
  return content
}

/** @throws {@link ConclaveError} `agent-failed` */
export function parseRequest(message: Record<string, unknown>): AgentRequest {
  const { op, entry, consent } = message
  if (op === "status" || op === "lock") return { op }
  if (op !== "unwrap" || !isRecord(entry)) throw broken("a request is not understood")
  const { kind, recipient, enc } = entry
  if (kind !== "age" || typeof recipient !== "string" || typeof enc !== "string") {
    throw broken("an entry is not understood")
  }
  return { op, entry: { kind, recipient, enc }, ...(typeof consent === "string" ? { consent } : {}) }
}

/** @throws {@link ConclaveError} `agent-failed` */
export function parseReply(message: Record<string, unknown>): AgentReply {
  const { ok, code, secret, status, message: text, ticket } = message
  if (ok === false && typeof text === "string") {
    if (code === "consent" && typeof ticket === "string") return { ok, code, message: text, ticket }
    if (code === "refused" || code === "failed" || code === "malformed") return { ok, code, message: text }
  }
  if (ok !== true) throw broken("a reply is not understood")
  if (secret === null || typeof secret === "string") return { ok, secret }
  if (isRecord(status)) return { ok, status: parseStatus(status) }
  return { ok, done: true }
}

function parseStatus({ sources, until, confirm, uses }: Record<string, unknown>): AgentStatus {
  const isKnown = confirm === "no" || confirm === "program" || confirm === "terminal"
  if (!isKnown || typeof until !== "number" || typeof uses !== "number" || !isTexts(sources)) {
    throw broken("a status is not understood")
  }
  return { sources, until, confirm, uses }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string")
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function broken(reason: string): ConclaveError<"agent-failed"> {
  return new ConclaveError("agent-failed", `conclave unlock: ${reason}`, { reason })
}
