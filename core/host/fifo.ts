/**
 * A plaintext behind a named pipe: it is in our memory and in the kernel's
 * pipe, and on no disk. Every program that opens the path reads the whole from
 * its start, as often as it likes; sops writes once, and lets a second reader
 * wait for ever.
 *
 * Whoever opens a pipe shares it with others that have it open. So the path
 * gets a new pipe the moment a reader has come to the old one. Two that open
 * within the same fraction of a millisecond may still meet: a pipe does not
 * tell how many read it.
 */

import { execFile } from "node:child_process"
import { closeSync, constants, linkSync, open, openSync, renameSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { Socket } from "node:net"
import { join } from "node:path"
import { promisify } from "node:util"
import { ConclaveError } from "../errors.ts"
import { createPrivateFolder, type PrivateFolder } from "./private-folder.ts"

/** Pipes made ahead: making one starts a program, and a reader must not wait for that. */
const SPARE_PIPES = 8
const FEW_PIPES = 3

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

export type ServedFifo = {
  /** The last step is the name that was asked for. */
  readonly path: string
  /** Ends the serving, also to readers that have not finished, and removes everything. */
  close(): Promise<void>
}

/**
 * Serves `content` until it is closed.
 *
 * @param name - Of the pipe in its private folder (0700); one step. The pipe is 0600.
 * @throws {@link ConclaveError} `process-failed` where the system has no named pipes.
 */
export async function serveFifo(content: Uint8Array, name: string): Promise<ServedFifo> {
  const folder = createPrivateFolder()
  try {
    const server = new FifoServer(folder, name, content)
    await server.start()
    return server
  } catch (error) {
    folder.remove()
    throw error
  }
}

class FifoServer implements ServedFifo {
  readonly path: string
  readonly #folder: PrivateFolder
  readonly #content: Uint8Array
  readonly #readers = new Set<Socket>()
  #spares: string[] = []
  #made = 0
  /** A second name of the pipe at the path: nobody but us may take this one away. */
  #current = ""
  #closed = false
  #serving: Promise<void> = Promise.resolve()

  constructor(folder: PrivateFolder, name: string, content: Uint8Array) {
    this.#folder = folder
    this.#content = content
    this.path = join(folder.path, "out", name)
  }

  async start(): Promise<void> {
    await mkdir(join(this.#folder.path, "out"), { mode: 0o700 })
    await mkdir(join(this.#folder.path, "spare"), { mode: 0o700 })
    await this.#makeSpares()
    this.#placeNext()
    this.#serving = this.#serve()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    // Somebody who reads, so that the open in #serve returns: Node could not even exit before it does.
    const reader = openSync(this.#current, O_RDONLY | O_NONBLOCK)
    await this.#serving
    closeSync(reader)
    for (const socket of this.#readers) socket.destroy()
    this.#folder.remove()
  }

  async #serve(): Promise<void> {
    for (;;) {
      const descriptor = await openForWriting(this.#current)
      if (this.#closed) {
        closeSync(descriptor)
        return
      }
      this.#placeNext()
      this.#write(descriptor)
      if (this.#spares.length < FEW_PIPES) await this.#makeSpares()
    }
  }

  /** Not through the thread pool: a reader that stops to think would keep one of its few threads. */
  #write(descriptor: number): void {
    const socket = new Socket({ fd: descriptor, readable: false, writable: true })
    this.#readers.add(socket)
    // A reader may go before the end: that is its own business.
    socket.on("error", () => socket.destroy())
    socket.on("close", () => this.#readers.delete(socket))
    socket.end(this.#content)
  }

  #placeNext(): void {
    const spare = this.#spares.pop() as string
    linkSync(spare, `${spare}.next`)
    renameSync(`${spare}.next`, this.path)
    this.#current = spare
  }

  async #makeSpares(): Promise<void> {
    const folder = join(this.#folder.path, "spare")
    const paths = Array.from({ length: SPARE_PIPES }, () => join(folder, String(this.#made++)))
    await makeFifos(paths)
    this.#spares.push(...paths)
  }
}

/** Node has no call for it; the command line says nothing that is secret. */
async function makeFifos(paths: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)("mkfifo", ["-m", "600", ...paths])
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ConclaveError("process-failed", "named pipes cannot be made here: mkfifo failed", {
      reason: String(code ?? "unknown"),
    })
  }
}

/** Waits for a reader. */
function openForWriting(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, O_WRONLY, (error, descriptor) => (error === null ? resolve(descriptor) : reject(error)))
  })
}
