/**
 * SIGKILL at random moments of the write phase: from when the temporary file
 * is there to when it is gone, as seen from outside, measured for each command
 * on this machine. Whatever the moment, the file is the old or the new one,
 * whole, and opens; and the next command is not held up by what was left.
 */

import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, onTestFinished, test } from "vitest"
import { closeDocument, openDocument } from "#core/document/opened.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { bundleModule } from "../core/host/bundle.ts"
import { identities } from "../support/custody.ts"
import { createHome, type Home, isRunning, PROGRAM } from "./home.ts"

/** Of each command; 210 in all, or three times 200. */
const KILLS = process.env["SLOW"] === undefined ? 70 : 200
/** Of the write alone; those before and behind it do not count. */
const BARE_KILLS = 200
const TIMEOUT_MS = 600_000
/** Large enough for the phase to be seen, small enough for hundreds of runs. */
const LEAVES = 300

const TEMPORARY = /^\.db\.yaml\.[0-9a-f]{16}\.tmp$/

const plain = `counter: 0\n${Array.from({ length: LEAVES }, (_, i) => `key${i}: value ${i}\n`).join("")}`

/** Blocks: a sleep or an event would miss what takes a millisecond. */
function waitUntil(isTrue: () => boolean, limitMs: number): boolean {
  for (const end = performance.now() + limitMs; performance.now() < end; ) if (isTrue()) return true
  return false
}

function temporaries(home: Home): string[] {
  return readdirSync(home.path).filter((name) => TEMPORARY.test(name))
}

type Run = { readonly pid: number; readonly ended: Promise<unknown> }

function start(home: Home, words: readonly string[], env: Readonly<Record<string, string>>): Run {
  const child = spawn(process.execPath, [PROGRAM, ...words], { cwd: home.path, stdio: "ignore", env })
  return { pid: child.pid ?? 0, ended: once(child, "exit") }
}

/** Waits for the temporary file; `false` if the process has ended, and the whole phase was missed. */
function seesPhase(home: Home, { pid }: Run): boolean {
  let looks = 0
  waitUntil(() => temporaries(home).length > 0 || (++looks % 50 === 0 && !isRunning(pid)), 20_000)
  return temporaries(home).length > 0
}

/** How long the temporary file is there, at most, in a few runs that nobody disturbs. */
async function measurePhase(home: Home, run: () => Run): Promise<number> {
  let longest = 0
  for (let i = 0; i < 4; i++) {
    const one = run()
    seesPhase(home, one)
    const began = performance.now()
    waitUntil(() => temporaries(home).length === 0, 20_000)
    longest = Math.max(longest, performance.now() - began)
    await one.ended
  }
  return longest
}

/** The plaintext tree's size and counter, if the file is whole. */
async function openFile(bytes: Uint8Array): Promise<{ readonly entries: number }> {
  const opened = await openDocument(bytes, formatNamed("yaml"), identities("alice"), { cipher: nodeCipher })
  closeDocument(opened)
  return { entries: opened.tree[0]?.items.length ?? 0 }
}

type Tally = { old: number; renewed: number; within: number }

async function killMany(home: Home, kills: number, run: () => Run): Promise<Tally> {
  const phaseMs = await measurePhase(home, run)
  const tally: Tally = { old: 0, renewed: 0, within: 0 }
  for (let runs = 0; tally.old + tally.renewed < kills; runs++) {
    // On a busy machine the phase may pass unseen.
    expect(runs).toBeLessThan(kills * 2)
    const before = readFileSync(join(home.path, "db.yaml"))
    const one = run()
    if (!seesPhase(home, one)) {
      await one.ended
      continue
    }
    const delay = Math.random() * phaseMs
    const began = performance.now()
    waitUntil(() => performance.now() - began >= delay, phaseMs)
    process.kill(one.pid, "SIGKILL")
    await one.ended
    const left = temporaries(home)
    if (left.length > 0) tally.within++
    for (const name of left) rmSync(join(home.path, name))
    const after = readFileSync(join(home.path, "db.yaml"))
    if (after.equals(before)) tally.old++
    else {
      tally.renewed++
      expect((await openFile(after)).entries).toBe(LEAVES + 1)
    }
  }
  return tally
}

function environment(home: Home): Record<string, string> {
  const runtime = existsSync("/dev/shm") ? `/dev/shm/conclave-kill-${process.pid}` : join(home.path, "run")
  mkdirSync(runtime, { recursive: true, mode: 0o700 })
  onTestFinished(() => rmSync(runtime, { recursive: true, force: true }))
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home.path,
    XDG_RUNTIME_DIR: runtime,
    SOPS_AGE_KEY_FILE: join(import.meta.dirname, "../vectors/keys/alice.age-key.txt"),
  }
}

const COMMANDS: readonly (readonly [string, readonly string[], string])[] = [
  ["set", ["set", "db.yaml", "counter", "--generate", "32"], ""],
  ["edit", ["edit", "db.yaml"], 'sh -c \'sed -i "s/^counter: .*/counter: $$/" "$0"\''],
  ["rekey", ["rekey", "db.yaml"], ""],
]

describe.runIf(process.platform === "linux")("killed in the middle of a write", () => {
  test.each(COMMANDS)("%s leaves the file whole", { timeout: TIMEOUT_MS }, async (_, words, editor) => {
    const home = createHome()
    const env = environment(home)
    await home.encrypt("db.yaml", plain)
    const run = () => start(home, words, { ...env, EDITOR: editor })
    const tally = await killMany(home, KILLS, run)
    expect(tally.old + tally.renewed).toBe(KILLS)
    // The kills were in the phase: many found the temporary file, and some came behind the rename.
    expect(tally.within).toBeGreaterThan(KILLS / 10)
    expect(tally.within).toBeLessThanOrEqual(tally.old)

    // Neither a lock nor a folder in memory that was left is in the way, and both are gone behind the next run.
    const last = await home.run(words, { env: { ...env, EDITOR: editor } })
    expect(last).toMatchObject({ status: 0 })
    const kept = readdirSync(env["XDG_RUNTIME_DIR"] ?? "", { recursive: true, encoding: "utf8" })
    expect(kept.filter((name) => name.includes("edit-") || name.endsWith(".lock"))).toEqual([])
  })
})

describe("the write itself, killed in a process that does nothing else", () => {
  const module = bundleModule("core/host/files.ts")
  afterAll(() => module.remove())

  test("leaves one content or the other, whole", { timeout: TIMEOUT_MS }, async () => {
    const home = createHome()
    const target = join(home.path, "db.yaml")
    const contents = ["a", "b"].map((letter) => letter.repeat(100_000))
    writeFileSync(target, contents[0] ?? "")
    const script = `
      import { replaceFile } from ${JSON.stringify(module.file)}
      console.log("ready")
      for (let i = 0; ; i++) await replaceFile(${JSON.stringify(target)}, Buffer.alloc(100_000, "ab"[i % 2]))`
    const seen = new Set<string>()
    let within = 0
    // Until so many kills have found the temporary file: how many miss it depends on the machine.
    for (let tries = 0; within < BARE_KILLS && tries < 10 * BARE_KILLS; tries++) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        stdio: ["ignore", "pipe", "ignore"],
      })
      await once(child.stdout, "data")
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
      const ended = once(child, "exit")
      child.kill("SIGKILL")
      await ended
      const left = temporaries(home)
      if (left.length > 0) within++
      for (const name of left) rmSync(join(home.path, name))
      const content = readFileSync(target, "utf8")
      expect(contents).toContain(content)
      seen.add(content)
    }
    expect(seen.size).toBe(2)
    expect(within).toBe(BARE_KILLS)
  })
})
