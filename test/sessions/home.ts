/** A user of the built program: a home of its own, alice's identity, and the command line. */

import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { onTestFinished } from "vitest"

const ROOT = resolve(import.meta.dirname, "../..")
export const PROGRAM = process.env["CONCLAVE_PROGRAM"] ?? join(ROOT, "dist/conclave.cjs")
const KEYS = join(ROOT, "test/vectors/keys")

export type Outcome = { readonly status: number; readonly stdout: string; readonly stderr: string }

export type RunOptions = {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

export type Home = {
  readonly path: string
  run(words: readonly string[], options?: RunOptions): Promise<Outcome>
  /** Still running; ends with the test at the latest. */
  start(words: readonly string[], options?: RunOptions): Running
  write(name: string, text: string | Uint8Array): string
  read(name: string): string
  /** A file encrypted to alice. */
  encrypt(name: string, text: string | Uint8Array, ...options: string[]): Promise<string>
}

export type Running = {
  readonly child: ChildProcess
  readonly ended: Promise<Outcome>
  /** Waits until the standard output matches. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
}

export const ALICE = readFileSync(join(KEYS, "alice.age-key.txt"), "utf8")

/** Of a person whose keys are among the vectors. */
export function recipientOf(person: "alice" | "bob" | "carol"): string {
  const text = readFileSync(join(KEYS, `${person}.age-key.txt`), "utf8")
  return /^# (?:recipient|public key): (\S+)/m.exec(text)?.[1] ?? ""
}

/** The identity file of one of the test's people. */
export function personFile(name: string): string {
  return join(KEYS, `${name}.age-key.txt`)
}

export function recipientFrom(name: string): string {
  return /^# recipient: (\S+)/m.exec(readFileSync(personFile(name), "utf8"))?.[1] ?? ""
}

/** How the program is started for the user of a home. */
export function commandLine(home: string): { command: readonly string[]; env: Record<string, string> } {
  return {
    command: [process.execPath, PROGRAM],
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: home,
      TMPDIR: home,
      SOPS_AGE_KEY_FILE: personFile("alice"),
    },
  }
}

/** Must be called within a test. */
export function createHome(): Home {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "conclave-session-")))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: run \`npm run build\` first`)

  const start = (words: readonly string[], options: RunOptions = {}): Running => {
    const { command, env } = commandLine(path)
    const [program = "", ...before] = command
    const child = spawn(program, [...before, ...words], {
      cwd: path,
      env: { ...env, ...options.env },
      stdio: "pipe",
    })
    onTestFinished(() => void child.kill("SIGKILL"))
    return watch(child, options.input ?? "")
  }
  const home: Home = {
    path,
    start,
    run: (words, options) => start(words, options).ended,
    write(name, text) {
      writeFileSync(join(path, name), text)
      return name
    },
    read: (name) => readFileSync(join(path, name), "utf8"),
    async encrypt(name, text, ...options) {
      home.write(name, text)
      const done = await home.run(["encrypt", "--in-place", "--age", recipientOf("alice"), ...options, name])
      if (done.status !== 0) throw new Error(done.stderr)
      return name
    },
  }
  return home
}

function watch(child: ChildProcess, input: string): Running {
  let stdout = ""
  let stderr = ""
  const waiting = new Set<() => void>()
  const tell = () => {
    for (const one of waiting) one()
  }
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text
    tell()
  })
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text
  })
  // A program that fails early need not read its input.
  child.stdin?.on("error", () => undefined).end(input)
  const ended = new Promise<Outcome>((settle, reject) => {
    child.on("error", reject)
    child.on("close", (code) => {
      settle({ status: code ?? -1, stdout, stderr })
      tell()
    })
  })
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((settle, reject) => {
      const look = () => {
        const found = pattern.exec(stdout)
        if (found !== null) settle(found)
        else if (child.exitCode !== null || child.signalCode !== null)
          reject(new Error(`ended: ${stdout}${stderr}`))
        else return
        waiting.delete(look)
      }
      waiting.add(look)
      look()
    })
  return { child, ended, printed }
}

/** Whether a process is there. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z ")
  } catch {
    return false
  }
}
