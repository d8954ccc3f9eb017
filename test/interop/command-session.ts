/**
 * A scripted session with the command lines of sops: the same words on the
 * same files, once by sops 3.13.2 and once by `conclave sops`, in folders of
 * the same name. Exit code and standard output of every step, and every file
 * at the end, must agree but for their random parts; each deliberate
 * difference is named with its reason.
 */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "vitest"
import { identityOf, type Person, recipientOf } from "./keys.ts"
import { conclave, type Outcome, type Program, sops } from "./programs.ts"
import { skeleton } from "./skeleton.ts"

/** A plaintext that sops encrypts before the session begins. */
export type Fixture = {
  readonly plain: string
  /** Before and behind the command's name; without any recipients for alice. */
  readonly global?: readonly string[]
  readonly arguments?: readonly string[]
  /** Done to the encrypted text, to break it. */
  readonly alter?: (text: string) => string
}

export type Step = {
  /** What follows `sops`. */
  readonly words: readonly string[]
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** Where conclave does something else than sops, on purpose. */
  readonly differs?: StepDifference
}

type StepDifference = {
  readonly because: string
  /** Exit codes. */
  readonly sops: number
  readonly conclave: number
  /** Of conclave; without it that of sops counts. */
  readonly stdout?: RegExp
}

export type Session = {
  readonly name: string
  readonly fixtures?: Readonly<Record<string, Fixture>>
  /** Files that are there as they are, the configuration for one. */
  readonly texts?: Readonly<Record<string, string>>
  /** Whose identities are at hand; alice's by default. */
  readonly people?: readonly Person[]
  readonly steps: readonly Step[]
  /** Files that the steps make, beside those named with `--output`. */
  readonly made?: readonly string[]
  /** Files that conclave leaves or writes in another way, on purpose. */
  readonly files?: Readonly<Record<string, FileDifference>>
}

type FileDifference = {
  readonly because: string
  /** `unchanged`: conclave has not written it. `values`: both hold the same plaintext. Else its lines with these words. */
  readonly conclave: "unchanged" | "values" | { readonly says: RegExp; readonly saysNot?: RegExp }
}

const ALL: readonly Person[] = ["alice", "bob", "carol", "dave", "erin"]

type Side = { readonly folder: string; readonly run: Program; readonly before: Map<string, Buffer> }

export async function playSession(session: Session): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "conclave-commands-"))
  try {
    // The configuration that sops finds by itself is the session's, not the fixtures'.
    for (const [name, text] of Object.entries(session.texts ?? {}))
      if (name !== ".sops.yaml") writeFileSync(join(root, name), text)
    const encrypted = await encryptFixtures(root, session.fixtures ?? {})
    const theirs = openSide(root, "sops", session, encrypted)
    const ours = openSide(root, "conclave", session, encrypted)
    // Within one second a file that is written anew with the same values stays the same to the byte.
    await nextSecond()
    for (const step of session.steps) await playStep(step, theirs, ours, session.people ?? ["alice"])
    await compareFiles(session, theirs, ours)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function nextSecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1005 - (Date.now() % 1000)))
}

async function encryptFixtures(
  root: string,
  fixtures: Readonly<Record<string, Fixture>>,
): Promise<Map<string, Buffer>> {
  const encrypted = new Map<string, Buffer>()
  const run = sops("3.13.2", root)
  for (const [name, { plain, global = [], arguments: words = [], alter }] of Object.entries(fixtures)) {
    const named = words.includes("--age") || global.includes("--config")
    const keys = named ? [] : ["--age", recipientOf("alice")]
    const done = await run([...global, "encrypt", ...keys, ...words, "--filename-override", name], {
      input: Buffer.from(plain),
    })
    if (done.status !== 0) throw new Error(`${name}: ${done.stderr}`)
    encrypted.set(name, alter === undefined ? done.stdout : Buffer.from(alter(done.stdout.toString())))
  }
  return encrypted
}

function openSide(
  root: string,
  program: "sops" | "conclave",
  { texts = {} }: Session,
  encrypted: ReadonlyMap<string, Buffer>,
): Side {
  // Of one length, for the columns of messages.
  const home = join(root, program)
  const folder = join(home, "work")
  mkdirSync(folder, { recursive: true })
  const before = new Map(encrypted)
  for (const [name, text] of Object.entries(texts)) before.set(name, Buffer.from(text))
  for (const [name, bytes] of before) writeFileSync(join(folder, name), bytes)
  const bare = program === "sops" ? sops("3.13.2", home) : conclave(home)
  const run: Program = (words, options) =>
    bare(program === "sops" ? words : ["sops", ...words], { ...options, cwd: folder })
  return { folder, run, before }
}

async function playStep(step: Step, theirs: Side, ours: Side, people: readonly Person[]): Promise<void> {
  const options = {
    input: Buffer.from(step.input ?? ""),
    env: {
      SOPS_DISABLE_VERSION_CHECK: "1",
      SOPS_AGE_KEY: people.map(identityOf).join("\n"),
      ...step.env,
    },
  }
  const [wanted, got] = await Promise.all([theirs.run(step.words, options), ours.run(step.words, options)])
  const what = `sops ${step.words.join(" ")}\n${got.stderr}`
  expect(got.stderr, what).not.toContain("bug in conclave")
  const { differs } = step
  expect(wanted.status, `${what}\n${wanted.stderr}`).toBe(differs?.sops ?? got.status)
  expect(got.status, what).toBe(differs?.conclave ?? wanted.status)
  if (differs?.stdout !== undefined) expect(text(got), what).toMatch(differs.stdout)
  else if (differs === undefined && !text(wanted).startsWith("Incorrect Usage"))
    // What sops says to a flag that is none is its help.
    expect(text(got), what).toBe(text(wanted))
}

function text({ stdout }: Outcome): string {
  return skeleton(stdout)
}

async function compareFiles(session: Session, theirs: Side, ours: Side): Promise<void> {
  const written = session.steps.flatMap(({ words }) => words.filter((_, i) => words[i - 1] === "--output"))
  for (const name of new Set([...theirs.before.keys(), ...(session.made ?? []), ...written])) {
    const difference = session.files?.[name]
    const [wanted, got] = [read(theirs, name), read(ours, name)]
    if (difference?.conclave === "unchanged") {
      expect(got, name).toEqual(ours.before.get(name))
      expect(wanted, `${name} is unchanged by sops, too`).not.toEqual(theirs.before.get(name))
      continue
    }
    if (typeof difference?.conclave === "object") {
      expect(got?.toString(), name).toMatch(difference.conclave.says)
      if (difference.conclave.saysNot !== undefined)
        expect(got?.toString(), name).not.toMatch(difference.conclave.saysNot)
      expect(await opened(ours, name)).toBe(await opened(ours, name))
      continue
    }
    // Whoever writes nothing must do so where sops writes nothing.
    expect(got?.equals(ours.before.get(name) ?? Buffer.alloc(0)), `${name} written`).toBe(
      wanted?.equals(theirs.before.get(name) ?? Buffer.alloc(0)),
    )
    if (difference === undefined) expect(skeletonOf(got), name).toBe(skeletonOf(wanted))
    expect(await opened(ours, name), name).toBe(await opened(theirs, name))
  }
}

function read({ folder }: Side, name: string): Buffer | undefined {
  const path = join(folder, name)
  return existsSync(path) ? readFileSync(path) : undefined
}

function skeletonOf(bytes: Buffer | undefined): string {
  return bytes === undefined ? "not there" : skeleton(bytes)
}

/** What sops itself, with everybody's identities, makes of a file. */
async function opened({ folder }: Side, name: string): Promise<string> {
  const run = sops("3.13.2", folder)
  const { status, stdout } = await run(["decrypt", name], {
    env: { SOPS_AGE_KEY: ALL.map(identityOf).join("\n") },
  })
  return status === 0 ? stdout.toString() : `exit ${status}`
}
