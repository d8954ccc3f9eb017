/**
 * A plugin of age as a process: stanzas to its standard input, stanzas from its
 * standard output. What it writes to standard error is kept for the case that
 * it fails. It gets a time in which it must say something, and a limit to how
 * much it may say.
 */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { tmpdir } from "node:os"
import { concat } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import type { PluginConnection } from "../../keys/age/plugin-protocol.ts"
import { createStanzaReader, encodeStanza, type Stanza } from "../../keys/age/stanza.ts"
import type { Environment } from "../identities/locations.ts"

export type StateMachine = "recipient-v1" | "identity-v1"

export type PluginProcessOptions = {
  readonly env: Environment
  /** How long it may say nothing while age waits for it. */
  readonly silenceMs: number
  /** Called once for each silence that gets long. */
  waiting(plugin: string): void
  /** Called with each piece of standard error as it comes. */
  stderr(plugin: string, text: string): void
}

export type PluginProcess = PluginConnection & {
  /** Whether it was given up because it said nothing. */
  isSilent(): boolean
  /** Ends the process, if it has not ended itself. @returns The last of its standard error. */
  close(): Promise<string>
}

/** A document's stanzas are a few hundred bytes; the age file that holds them may have a megabyte. */
const MAX_OUTPUT_SIZE = 512 * 1024
/** The end is kept, where the reason stands. */
const MAX_STDERR_LENGTH = 4096
const WAITING_AFTER_MS = 5000
/** How long a plugin may take to clean up, as age lets it, before it is killed. */
const GRACE_MS = 1000

/** @param program - Its path. */
export function startPlugin(
  plugin: string,
  program: string,
  machine: StateMachine,
  options: PluginProcessOptions,
): PluginProcess {
  const child = spawn(program, [`--age-plugin=${machine}`], {
    // As age: no plugin is to rely on the folder in which it happens to be run.
    cwd: tmpdir(),
    env: options.env,
    stdio: "pipe",
  })
  const inbox = createInbox(plugin, options)
  const reader = createStanzaReader(MAX_OUTPUT_SIZE)
  let stderr = ""

  child.stdout.on("data", (chunk: Buffer) => {
    try {
      for (const stanza of reader.push(chunk)) inbox.put(stanza)
    } catch (error) {
      if (!(error instanceof ConclaveError)) throw error
      const what =
        error.code === "too-large" ? `wrote more than ${MAX_OUTPUT_SIZE} bytes` : `wrote no sound stanza`
      inbox.fail(what, error)
      child.stdout.destroy()
    }
  })
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR_LENGTH)
    options.stderr(plugin, text)
  })
  // A plugin that has ended does not read; that it has ended is heard elsewhere.
  child.stdin.on("error", () => undefined)
  child.on("error", (error: NodeJS.ErrnoException) => inbox.fail(`cannot be run: ${error.code ?? "unknown"}`))
  child.on("close", (code, signal) => inbox.fail(`ended with ${signal ?? code} before it was done`))

  return {
    send(stanzas) {
      child.stdin.write(concat(...stanzas.map(encodeStanza)))
    },
    receive: inbox.take,
    isSilent: inbox.isSilent,
    async close() {
      await end(child)
      return stderr
    },
  }
}

async function end(child: ChildProcessWithoutNullStreams): Promise<void> {
  child.stdin.end()
  child.stdout.destroy()
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  await new Promise<void>((resolve) => {
    const kill = setTimeout(() => child.kill("SIGKILL"), GRACE_MS)
    child.once("exit", () => {
      clearTimeout(kill)
      resolve()
    })
    child.kill("SIGINT")
  })
  // A process that it has left behind may still hold it.
  child.stderr.destroy()
}

type Inbox = {
  put(stanza: Stanza): void
  /** From now on, once what has come is taken. The first reason counts. */
  fail(what: string, cause?: unknown): void
  take(): Promise<Stanza>
  isSilent(): boolean
}

function createInbox(plugin: string, { silenceMs, waiting }: PluginProcessOptions): Inbox {
  const stanzas: Stanza[] = []
  let failure: ConclaveError | null = null
  let isSilent = false
  let wake: (() => void) | null = null

  function fail(what: string, cause?: unknown): void {
    failure ??= new ConclaveError("plugin-failed", `age-plugin-${plugin} ${what}`, { plugin }, { cause })
    wake?.()
  }

  return {
    put(stanza) {
      stanzas.push(stanza)
      wake?.()
    },
    fail,
    isSilent: () => isSilent,
    async take() {
      if (stanzas.length === 0 && failure === null) {
        const notice = setTimeout(() => waiting(plugin), WAITING_AFTER_MS)
        const limit = setTimeout(() => {
          isSilent = failure === null
          fail(`said nothing for ${silenceMs / 1000} seconds`)
        }, silenceMs)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        wake = null
        clearTimeout(notice)
        clearTimeout(limit)
      }
      const stanza = stanzas.shift()
      if (stanza !== undefined) return stanza
      throw failure ?? new Error("woken without a reason")
    },
  }
}
