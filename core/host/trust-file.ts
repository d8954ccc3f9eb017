/**
 * The file of names that the user trusts, for each repository by its path and
 * the digest of its origin:
 *
 *     {"version": 1, "repositories": [{"root": "/…", "origin": "…", "names": ["kms-role:arn:…"]}]}
 *
 * It is the user's alone (0600). One that others could have written is refused.
 */

import { mkdirSync, statSync } from "node:fs"
import { dirname } from "node:path"
import { fromUtf8, toUtf8 } from "../bytes.ts"
import { ConclaveError } from "../errors.ts"
import { readInput, replaceFile } from "./files.ts"
import { lockFile } from "./lock.ts"
import type { Repository } from "./repository.ts"

const MAX_SIZE = 4 * 1024 * 1024
const FILE_MODE = 0o600
const FOLDER_MODE = 0o700
const WRITABLE_BY_OTHERS = 0o022
/** Another process only reads, changes and writes meanwhile. */
const LOCK_WAIT_MS = 5_000

type TrustedRepository = Repository & { readonly names: readonly string[] }

type Read = { readonly bytes: Uint8Array | null; readonly repositories: readonly TrustedRepository[] }

/** @throws {@link ConclaveError} `malformed` if the file is no trust file or others may write it; `read-failed`. */
export async function trustedNames(file: string, repository: Repository): Promise<readonly string[]> {
  const { repositories } = await read(file)
  return repositories.find((known) => isSame(known, repository))?.names ?? []
}

/** @returns Those that were new. */
export function trustNames(
  file: string,
  repository: Repository,
  names: readonly string[],
): Promise<readonly string[]> {
  return change(file, repository, (known) => {
    const added = [...new Set(names)].filter((name) => !known.includes(name))
    return { names: [...known, ...added].sort(), changed: added }
  })
}

/** @returns Those that were there. */
export function distrustNames(
  file: string,
  repository: Repository,
  names: readonly string[],
): Promise<readonly string[]> {
  return change(file, repository, (known) => ({
    names: known.filter((name) => !names.includes(name)),
    changed: known.filter((name) => names.includes(name)),
  }))
}

type Changed = { readonly names: readonly string[]; readonly changed: readonly string[] }

async function change(
  file: string,
  repository: Repository,
  of: (known: readonly string[]) => Changed,
): Promise<readonly string[]> {
  mkdirSync(dirname(file), { recursive: true, mode: FOLDER_MODE })
  const lock = await lockFile(file, { purpose: "write", waitMs: LOCK_WAIT_MS })
  try {
    const { bytes, repositories } = await read(file)
    const { names, changed } = of(repositories.find((known) => isSame(known, repository))?.names ?? [])
    if (changed.length === 0) return changed
    const others = repositories.filter((known) => !isSame(known, repository))
    const { root, origin } = repository
    const next = names.length === 0 ? others : [...others, { root, origin, names }]
    const text = `${JSON.stringify({ version: 1, repositories: next }, null, 2)}\n`
    await replaceFile(file, toUtf8(text), { expected: bytes, mode: FILE_MODE })
    return changed
  } finally {
    lock.release()
  }
}

function isSame(a: Repository, b: Repository): boolean {
  return a.root === b.root && a.origin === b.origin
}

async function read(file: string): Promise<Read> {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return { bytes: null, repositories: [] }
  const uid = process.getuid?.()
  const isOurs = uid === undefined || stat.uid === uid || stat.uid === 0
  if (!isOurs || (uid !== undefined && (stat.mode & WRITABLE_BY_OTHERS) !== 0)) {
    throw malformed(file, "other users may write it")
  }
  const bytes = await readInput(file, MAX_SIZE)
  return { bytes, repositories: parse(fromUtf8(bytes) ?? "", file) }
}

function parse(text: string, file: string): TrustedRepository[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed(file, "it is not JSON")
  }
  const { version, repositories } = (value ?? {}) as { version?: unknown; repositories?: unknown }
  if (version !== 1 || !Array.isArray(repositories)) throw malformed(file, "it has another version or shape")
  return repositories.map((item: unknown) => {
    const { root, origin, names } = (item ?? {}) as Record<string, unknown>
    if (typeof root !== "string" || typeof origin !== "string" || !isTexts(names)) {
      throw malformed(file, "an entry has another shape")
    }
    return { root, origin, names }
  })
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string")
}

function malformed(file: string, reason: string): ConclaveError {
  return new ConclaveError("malformed", `${file} cannot be trusted: ${reason}`, { at: file })
}
