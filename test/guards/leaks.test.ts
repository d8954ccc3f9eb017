/**
 * Runs every command, and every way in which one fails, on files whose values
 * are canaries, and looks for eight characters of a value, of an identity or
 * of a data key where they must not be: in what is said, in files left behind,
 * in files that are there only for a moment, in the arguments of processes.
 */

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { unwrapDocument } from "#core/document/decrypt.ts"
import { parseDocument } from "#core/document/document.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { generateAgeIdentity } from "#core/keys/age/generate.ts"
import { parseAgeIdentities } from "#core/keys/age/identity.ts"
import { keyFile } from "../interop/keys.ts"
import { Canaries } from "../support/canary.ts"
import { runProgram } from "../support/program.ts"
import { type LeakCase, leakCases, type Secrets, writeFixtures } from "./leak-cases.ts"

/** No secrets yet: only the names of the cases are wanted before the tests run. */
const NAMED = leakCases({ text: "", digits: "", identity: "", recipient: "" })
const RUNS = [
  ...NAMED.map(({ name }) => [name, "in words"] as const),
  // What fails is told in another way there; sops has no such flag.
  ...NAMED.filter(({ status, words }) => status !== 0 && words[0] !== "sops").map(
    ({ name }) => [name, "as data"] as const,
  ),
]

let root = ""
let secrets: Secrets
const canaries = new Canaries()
let cases: ReadonlyMap<string, LeakCase>

function random(alphabet: string, size: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(size))
  return Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join("")
}

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "leaks-")))
  const template = join(root, "template")
  mkdirSync(join(template, "locked"), { recursive: true })
  mkdirSync(join(template, "tmp"))
  secrets = {
    text: `v${random("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 31)}`,
    digits: `7${random("0123456789", 17)}`,
    ...(await generateAgeIdentity()),
  }
  writeFixtures(template, secrets)
  cpSync(keyFile("bob"), join(template, "bob-keys.txt"))
  for (const format of ["yaml", "json", "env", "ini", "bin"]) {
    const done = await runProgram(["encrypt", "-o", `a.${format}`, `plain.${format}`], { cwd: template })
    if (done.status !== 0) throw new Error(done.stderr)
  }
  canaries.add("a value", secrets.text)
  canaries.add("a number", secrets.digits)
  canaries.add("the identity", secrets.identity.slice("AGE-SECRET-KEY-1".length))
  const document = parseDocument(readFileSync(join(template, "a.yaml")), formatNamed("yaml"))
  canaries.add("a data key", await unwrapDocument(document, parseAgeIdentities(secrets.identity, "test")))
  cases = new Map(leakCases(secrets).map((one) => [one.name, one]))
})

afterAll(() => {
  if (root !== "") rmSync(root, { recursive: true, force: true })
})

describe("the guard itself", () => {
  test("finds what it looks for, in each spelling", () => {
    const found = (text: string) => canaries.tracesIn(text)
    expect(found(`error: ${secrets.text.slice(3, 11)}`)).toEqual(["a value"])
    expect(found(Buffer.from(`x${secrets.text}`).toString("base64"))).toEqual(["a value"])
    expect(found(Buffer.from(`xy${secrets.text}`).toString("base64"))).toEqual(["a value"])
    expect(found(Buffer.from(secrets.text).toString("hex"))).toEqual(["a value"])
    expect(found(secrets.identity)).toEqual(["the identity"])
    expect(found(secrets.text.slice(0, 7))).toEqual([])
  })

  test("looks at the plaintext that is there", () => {
    const folder = join(root, "template")
    expect(tracesBelow(folder, [])).toEqual([])
    expect(canaries.tracesIn(readFileSync(join(folder, "plain.yaml"), "utf8"))).toEqual([
      "a value",
      "a number",
    ])
  })
})

describe("no secret is told", () => {
  test.each(RUNS)("by %s, %s", { timeout: 30_000 }, async (name, form) => {
    const one = cases.get(name)
    if (one === undefined) throw new Error(`no case ${name}`)
    const folder = join(root, `${form} ${name}`)
    cpSync(join(root, "template"), folder, { recursive: true })
    one.prepare?.(folder)
    const more = form === "as data" ? ["--json"] : ["--verbose"]
    const isSops = one.words[0] === "sops"
    const [command = "", ...rest] = one.words
    const words = isSops ? one.words : [command, ...more, ...rest]
    const watched = new Watcher(folder, one)
    const outcome = await runProgram(words, {
      cwd: folder,
      env: { TMPDIR: join(folder, "tmp"), SOPS_AGE_KEY_FILE: "plain-keys.txt", ...one.env },
      ...(one.input === undefined ? {} : { input: one.input }),
      watch: (pid) => watched.look(pid),
    })

    if (one.status !== "any")
      expect({ status: outcome.status, stderr: outcome.stderr }).toMatchObject({ status: one.status })
    expect(outcome.stderr).not.toContain("bug in conclave")
    expect(canaries.tracesIn(outcome.stderr)).toEqual([])
    const stdout = outcome.stdout.toString("latin1")
    if (one.shows === true) expect(canaries.tracesIn(stdout)).not.toContain("the identity")
    else expect(canaries.tracesIn(stdout)).toEqual([])
    expect(watched.findings).toEqual([])
    expect(tracesBelow(folder, one.leaves ?? [])).toEqual([])
    expect(readdirSync(join(folder, "tmp"))).toEqual([])
  })
})

/** Files that hold a secret and are not meant to: all but those that were plaintext before. */
function tracesBelow(folder: string, meant: readonly string[]): string[] {
  return filesBelow(folder).flatMap((name) => {
    if (name.startsWith("plain") || meant.includes(name)) return []
    const traces = canaries.tracesIn(readFileSync(join(folder, name), "latin1"))
    return traces.length === 0 ? [] : [`${name}: ${traces.join(", ")}`]
  })
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

/** Looks at a running program: at the arguments of it and its children, and at files that are there only meanwhile. */
class Watcher {
  readonly findings: string[] = []
  readonly #folder: string
  readonly #case: LeakCase
  readonly #seen = new Set<string>()

  constructor(folder: string, one: LeakCase) {
    this.#folder = folder
    this.#case = one
    for (const name of filesBelow(folder)) this.#seen.add(name)
  }

  look(pid: number): void {
    for (const [text, where] of [...this.#argumentsOf(pid), ...this.#newFiles()]) {
      const traces = canaries.tracesIn(text)
      if (traces.length > 0) this.findings.push(`${where}: ${traces.join(", ")}`)
    }
  }

  *#argumentsOf(pid: number): Iterable<[string, string]> {
    // Linux only; elsewhere arguments are not looked at. Secrets that the user has put there are the user's.
    if (!existsSync(`/proc/${pid}/task`) || this.#case.env?.["SOPS_AGE_KEY_CMD"] !== undefined) return
    for (const word of readIfThere(`/proc/${pid}/cmdline`).split("\0")) {
      if (!this.#case.words.includes(word)) yield [word, "an argument"]
    }
    for (const child of readIfThere(`/proc/${pid}/task/${pid}/children`).split(" ")) {
      if (child !== "") yield* this.#argumentsOf(Number(child))
    }
  }

  /** What is written in place of a file is meant to be its plaintext, where that was asked for. */
  *#newFiles(): Iterable<[string, string]> {
    for (const name of filesBelow(this.#folder)) {
      if (this.#seen.has(name) || (this.#case.leaves ?? []).length > 0) continue
      this.#seen.add(name)
      yield [readIfThere(join(this.#folder, name)), name]
    }
  }
}

function readIfThere(path: string): string {
  try {
    return statSync(path).isFile() ? readFileSync(path, "latin1") : ""
  } catch {
    // It was there for a moment only.
    return ""
  }
}
