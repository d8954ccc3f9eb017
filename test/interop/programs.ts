/**
 * Runs the real programs: sops in both versions, age, and conclave's own
 * command line, each in a home of its own so that nobody's keys or settings
 * leak in.
 */

import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { keyFile, type Person } from "./keys.ts"
import { type Peers, peers, peersFolder, type SopsVersion } from "./peers.mjs"

export const SOPS_VERSIONS: readonly SopsVersion[] = ["3.13.1", "3.13.2"]

export type Outcome = { readonly status: number; readonly stdout: Buffer; readonly stderr: string }

export type RunOptions = {
  readonly input?: Uint8Array
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

export type Program = (args: readonly string[], options?: RunOptions) => Promise<Outcome>

/** The command line as built, or another build of it. */
const CONCLAVE = process.env["CONCLAVE_PROGRAM"] ?? join(import.meta.dirname, "../../dist/conclave.cjs")

/** The pinned programs, or a failure that says how to get them. */
export function requirePeers(): Peers {
  const found = peers()
  if (found !== null) return found
  throw new Error(`sops and age are not in ${peersFolder()}: run \`node test/interop/peers.mjs\` first`)
}

/** A folder that serves as home and as working folder; `remove` it at the end. */
export function createHome(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "conclave-interop-"))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export function sops(version: SopsVersion, home: string): Program {
  return program([requirePeers().sops[version]], home)
}

/** Both versions, with one person's identities at hand. */
export function sopsWithKey(home: string, person: Person): Readonly<Record<SopsVersion, Program>> {
  const withKey = (version: SopsVersion): Program => {
    const bare = sops(version, home)
    const key = { SOPS_AGE_KEY_FILE: keyFile(person) }
    return (args, options = {}) => bare(args, { ...options, env: { ...key, ...options.env } })
  }
  return { "3.13.1": withKey("3.13.1"), "3.13.2": withKey("3.13.2") }
}

/** Finds its plugin for passphrases without a terminal beside itself. */
export function age(home: string): Program {
  const { age } = requirePeers()
  return program([age], home, dirname(age))
}

export function ageKeygen(home: string): Program {
  return program([requirePeers().ageKeygen], home)
}

export function conclave(home: string): Program {
  return program(conclaveCommand(), home)
}

/** The start of a command line. */
export function conclaveCommand(): readonly string[] {
  if (!existsSync(CONCLAVE)) throw new Error(`${CONCLAVE} is missing: run \`npm run build\` first`)
  return [process.execPath, CONCLAVE]
}

function program(command: readonly string[], home: string, folder = ""): Program {
  const path = [folder, process.env["PATH"] ?? ""].filter((part) => part !== "").join(delimiter)
  return (args, options = {}) => {
    const [file = "", ...before] = command
    return run(file, [...before, ...args], {
      ...options,
      cwd: options.cwd ?? home,
      env: { PATH: path, HOME: home, TMPDIR: home, ...options.env },
    })
  }
}

function run(file: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: options.cwd, env: options.env, stdio: "pipe" })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk))
    child.on("error", reject)
    // A program that fails early need not read its input.
    child.stdin.on("error", () => undefined)
    child.on("close", (code) =>
      resolve({
        status: code ?? -1,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
      }),
    )
    child.stdin.end(options.input)
  })
}

/** Does `work` for every item, a few at a time, in order of their start. */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  lanes = 3,
): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of queue) await work(item)
    }),
  )
}
