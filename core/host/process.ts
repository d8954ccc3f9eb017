/**
 * Runs a command in our place: it has our streams, the signals that we get
 * reach it and all that it started, and how it ends is how we end. It is never
 * left behind when we are told to go.
 *
 * Without a terminal the command gets a process group of its own, and signals
 * go to the group. With one it stays in ours, for only there may it read the
 * terminal (Node cannot make a group and keep the terminal): then signals go
 * to each of its descendants, and the terminal's own keys, which reach the
 * whole foreground group anyway, are not sent twice.
 */

import { type ChildProcess, spawn } from "node:child_process"
import { accessSync, closeSync, constants as files, openSync } from "node:fs"
import { constants } from "node:os"
import { delimiter, join } from "node:path"
import { ConclaveError } from "../errors.ts"
import { descendantsOf, isInForeground, processTable } from "./process-table.ts"

export type Environment = Readonly<Record<string, string | undefined>>

/** A program and its arguments. */
export type CommandLine = readonly [program: string, ...args: string[]]

const FORWARDED = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const
/** What Ctrl-C and Ctrl-\ make of themselves in the whole foreground group. */
const FROM_KEYS: readonly string[] = ["SIGINT", "SIGQUIT"]
/** Where execvp looks without a PATH. */
const DEFAULT_PATH = "/bin:/usr/bin"
/** As a shell says that a signal ended a command. */
const SIGNALLED = 128

/** `text` as a command of the platform's shell: that which sops uses. */
export function shellCommand(text: string, platform: NodeJS.Platform = process.platform): CommandLine {
  return platform === "win32" ? ["cmd.exe", "/d", "/s", "/c", text] : ["/bin/sh", "-c", text]
}

/**
 * Runs a command with our standard streams until it ends.
 *
 * @param env - All of its environment.
 * @returns Its exit code, or 128 and the number of the signal that ended it.
 * @throws {@link ConclaveError} `command-not-found`, or `process-failed` with the system's code.
 */
export async function runProcess(command: CommandLine, env: Environment): Promise<number> {
  return runGuarded((run) => run(command, env))
}

type Run = typeof runProcess

/**
 * The same with work before and behind the command that no signal may cut
 * short: one that comes before the start is kept for the command.
 */
export async function runGuarded(work: (run: Run) => Promise<number>): Promise<number> {
  const signals = takeSignals()
  try {
    return await work((command, env) => runWith(signals, command, env))
  } finally {
    signals.giveBack()
  }
}

async function runWith(signals: Signals, command: CommandLine, env: Environment): Promise<number> {
  const [program, ...args] = command
  const detached = process.platform !== "win32" && !hasTerminal()
  const child = spawn(program, args, { env: { ...env }, stdio: "inherit", detached })
  const started = await startOf(child, program)
  signals.sendTo((signal) => forward(signal, started, detached))
  const exitCode = await endOf(child)
  // Its number may be another's by now.
  signals.sendTo(() => undefined)
  return exitCode
}

/**
 * Starts a command that goes on without us and without our streams (sops' `--background`).
 *
 * @throws {@link ConclaveError} as {@link runProcess}.
 */
export async function startInBackground(command: CommandLine, env: Environment): Promise<void> {
  const [program, ...args] = command
  const child = spawn(program, args, { env: { ...env }, stdio: "ignore", detached: true })
  await startOf(child, program)
  child.unref()
}

/**
 * Becomes the command: same process, nothing of ours is left. Does not return.
 *
 * @returns `false` where this Node cannot (before 22.15); then nothing has happened.
 * @throws {@link ConclaveError} as {@link runProcess}.
 */
export function replaceProcess(command: CommandLine, env: Environment): boolean {
  const { execve } = process as { execve?: (file: string, args: string[], env: Environment) => void }
  if (execve === undefined || process.platform === "win32") return false
  const [program] = command
  const file = findProgram(program, env["PATH"] ?? DEFAULT_PATH)
  if (file === null) throw notFound(program)
  const defined = Object.entries(env).filter(([, value]) => value !== undefined)
  execve.call(process, file, [...command], Object.fromEntries(defined))
  return true
}

/** Where the system would find a program; a name with a slash is a path. */
export function findProgram(program: string, path: string): string | null {
  if (program.includes("/")) return program
  for (const folder of path.split(delimiter)) {
    const file = join(folder === "" ? "." : folder, program)
    try {
      accessSync(file, files.X_OK)
      return file
    } catch {
      // Not in this folder.
    }
  }
  return null
}

function startOf(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(child.pid ?? 0))
    child.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code ?? "unknown"
      if (reason === "ENOENT") reject(notFound(program))
      else reject(new ConclaveError("process-failed", `${program} cannot be run: ${reason}`, { reason }))
    })
  })
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null): void =>
      resolve(code ?? SIGNALLED + (signal === null ? 0 : constants.signals[signal]))
    // It may have ended while its start was being told.
    if (child.exitCode !== null || child.signalCode !== null) end(child.exitCode, child.signalCode)
    else child.once("exit", end)
  })
}

function notFound(command: string): ConclaveError<"command-not-found"> {
  return new ConclaveError("command-not-found", `there is no command ${command}`, { command })
}

/** Whether the command could read a terminal, by its streams or as `/dev/tty`. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", files.O_RDWR | files.O_NOCTTY))
    return true
  } catch {
    // No controlling terminal: a service, a pipeline, CI.
    return false
  }
}

function forward(signal: NodeJS.Signals, child: number, detached: boolean): void {
  if (detached) send(signal, -child)
  else if (process.platform !== "win32") sendToEach(signal, child)
}

function sendToEach(signal: NodeJS.Signals, child: number): void {
  const table = processTable()
  if (FROM_KEYS.includes(signal) && isInForeground(process.pid, table)) return
  for (const pid of [child, ...descendantsOf(child, table)]) send(signal, pid)
}

function send(signal: NodeJS.Signals, pid: number): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended; that is being reported elsewhere.
  }
}

type Signals = {
  /** Sends what has come and what will come. */
  sendTo(receive: (signal: NodeJS.Signals) => void): void
  giveBack(): void
}

/** Puts whatever else listens to these signals aside for a while: they are the command's now. */
function takeSignals(): Signals {
  const waiting: NodeJS.Signals[] = []
  let receive = (signal: NodeJS.Signals): void => void waiting.push(signal)
  const taken = FORWARDED.map((signal) => {
    const before = process.rawListeners(signal) as NodeJS.SignalsListener[]
    const listener = (): void => receive(signal)
    process.removeAllListeners(signal)
    process.on(signal, listener)
    return { signal, before, listener }
  })
  return {
    sendTo(next) {
      receive = next
      for (const signal of waiting.splice(0)) next(signal)
    },
    giveBack() {
      for (const { signal, before, listener } of taken) {
        process.off(signal, listener)
        for (const one of before) process.on(signal, one)
      }
    },
  }
}
