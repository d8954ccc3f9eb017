/**
 * The agent: holds unlocked identities in memory and unwraps with them for
 * whoever reaches its socket, which only the user's own programs can. An
 * identity never leaves it; what it gives out is the data key or the share of
 * one entry. It ends at its time, when it is told to, and when a signal says
 * so; its memory goes with it.
 */

import { renameSync, rmSync } from "node:fs"
import { createServer, type Server, type Socket } from "node:net"
import { dirname } from "node:path"
import { toBase64, wipe } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import type { Identity } from "../../keys/identity.ts"
import { type Consent, createConsent } from "./consent.ts"
import { look, provePrivate } from "./place.ts"
import {
  type AgentEntry,
  type AgentReply,
  type AgentRequest,
  encodeMessage,
  MessageReader,
  parseRequest,
} from "./protocol.ts"
import { createRateLimit, type RateLimit } from "./rate-limit.ts"

/** More at a time than any command opens. */
const MAX_CONNECTIONS = 64
/** For a question to come in whole. */
const QUESTION_MS = 10_000
const WATCH_MS = 15_000

export type AgentOptions = {
  readonly socket: string
  readonly uid: number
  readonly identities: readonly Identity[]
  /** When it ends, in milliseconds since 1970. */
  readonly until: number
  readonly consent: Consent
}

export type Agent = {
  /** Settles when the agent has ended, and its socket is gone. */
  readonly ended: Promise<void>
  end(): void
}

/**
 * Starts to listen, in the place of whatever socket is there.
 *
 * @throws {@link ConclaveError} `agent-failed` if the socket is not private once it is there.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const agent = new AgentServer(options)
  await agent.start()
  return agent
}

class AgentServer implements Agent {
  readonly ended: Promise<void>
  readonly #options: AgentOptions
  readonly #server: Server
  readonly #connections = new Set<Socket>()
  readonly #rate: RateLimit = createRateLimit()
  readonly #consent: ReturnType<typeof createConsent>
  /** One at a time: the work is on one thread anyway, and a person is asked one thing at a time. */
  #queue: Promise<unknown> = Promise.resolve()
  #identities: readonly Identity[]
  #timer: NodeJS.Timeout | undefined
  readonly #deadline: number
  #inode = 0
  #uses = 0
  #settle: () => void = () => undefined

  constructor(options: AgentOptions) {
    this.#options = options
    this.#identities = options.identities
    this.#deadline = performance.now() + options.until - Date.now()
    this.#consent = createConsent(options.consent)
    this.#server = createServer((connection) => this.#accept(connection))
    this.#server.maxConnections = MAX_CONNECTIONS
    this.ended = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  /** Binds beside the path and moves there: never a moment in which another's socket could be taken for ours. */
  async start(): Promise<void> {
    const { socket, uid } = this.#options
    const folder = look(dirname(socket))
    provePrivate(dirname(socket), folder, "folder", uid)
    const bound = `${socket}.${process.pid}`
    rmSync(bound, { force: true })
    const umask = process.umask(0o177)
    try {
      await listen(this.#server, bound)
    } finally {
      process.umask(umask)
    }
    const found = look(bound)
    provePrivate(bound, found, "socket", uid)
    const after = look(dirname(socket))
    provePrivate(dirname(socket), after, "folder", uid)
    if (after.ino !== folder.ino || after.dev !== folder.dev)
      throw failed("the socket's folder was exchanged")
    this.#inode = found.ino
    renameSync(bound, socket)
    this.#server.on("error", () => this.end())
    this.#watchTheClock()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#identities = []
    const { socket } = this.#options
    // Another agent may have taken the place.
    if (look(socket)?.ino === this.#inode) rmSync(socket, { force: true })
    for (const connection of this.#connections) connection.destroySoon()
    this.#server.close(() => this.#settle())
  }

  /** Often enough that a sleep of the machine, through which timers stand still, is soon noticed. */
  #watchTheClock(): void {
    const left = Math.min(this.#options.until - Date.now(), this.#deadline - performance.now())
    if (left <= 0) this.end()
    else this.#timer = setTimeout(() => this.#watchTheClock(), Math.min(left, WATCH_MS))
  }

  /** By both clocks: the one on the wall may be set back, the other may have slept. */
  #isOver(): boolean {
    return Date.now() >= this.#options.until || performance.now() >= this.#deadline
  }

  #accept(connection: Socket): void {
    const reader = new MessageReader()
    this.#connections.add(connection)
    connection.on("close", () => this.#connections.delete(connection))
    connection.on("error", () => connection.destroy())
    connection.setTimeout(QUESTION_MS, () => connection.destroy())
    connection.on("data", (chunk: Buffer) => this.#take(connection, reader, chunk))
  }

  #take(connection: Socket, reader: MessageReader, chunk: Buffer): void {
    let request: AgentRequest
    try {
      const [message] = reader.push(chunk)
      if (message === undefined) return
      request = parseRequest(message)
    } catch (error) {
      answer(connection, { ok: false, code: "malformed", message: messageOf(error) })
      return
    }
    // One question for each connection; a person may take longer than the question did.
    connection.removeAllListeners("data").setTimeout(0)
    this.#queue = this.#queue
      .then(() => this.#handle(request))
      .then((reply) => {
        answer(connection, reply)
        if (request.op === "lock") this.end()
      })
  }

  async #handle(request: AgentRequest): Promise<AgentReply> {
    if (this.#isOver()) {
      this.end()
      return { ok: false, code: "refused", message: "its time is over" }
    }
    switch (request.op) {
      case "lock":
        return { ok: true, done: true }
      case "status":
        return { ok: true, status: this.#status() }
      case "unwrap":
        return this.#unwrap(request.entry, request.consent)
    }
  }

  #status() {
    const sources = [...new Set(this.#identities.map(({ source }) => source))]
    return { sources, until: this.#options.until, confirm: this.#options.consent.by, uses: this.#uses }
  }

  async #unwrap(entry: AgentEntry, ticket: string | undefined): Promise<AgentReply> {
    await this.#rate.take()
    for (const identity of this.#identities) {
      if (!identity.handles(entry)) continue
      let secret: Uint8Array | null
      try {
        secret = await identity.unwrap(entry)
      } catch (error) {
        return { ok: false, code: "failed", message: messageOf(error) }
      }
      if (secret === null) continue
      try {
        const refusal = await this.#consent.ask(entry, identity.source, ticket)
        if (refusal !== null) return refusal
        this.#uses++
        return { ok: true, secret: toBase64(secret) }
      } finally {
        wipe(secret)
      }
    }
    return { ok: true, secret: null }
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(failed(`${path}: ${error.code ?? "unknown"}`)),
    )
    server.listen(path, () => {
      server.removeAllListeners("error")
      resolve()
    })
  })
}

function answer(connection: Socket, reply: AgentReply): void {
  if (!connection.destroyed) connection.end(encodeMessage(reply))
}

/** Only what is meant to be shown; anything else is a bug, and said as one. */
function messageOf(error: unknown): string {
  return error instanceof ConclaveError ? error.message : "a bug in conclave"
}

function failed(reason: string): ConclaveError<"agent-failed"> {
  return new ConclaveError("agent-failed", reason, { reason })
}
