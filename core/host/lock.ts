/**
 * A lock against ourselves: while one of our processes works on a file, a
 * second one waits or is told. Advisory: a small file
 * in a private folder of the user, named by the file's real path, made
 * exclusively, holding the mark of its process. That of a process that is gone
 * is taken away. Others (an editor, git) know nothing of it: for them the
 * target's bytes are compared before each write.
 */

import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { ConclaveError } from "../errors.ts"
import type { Environment } from "./identities/locations.ts"
import { isGone, pidOf, processMark } from "./process-mark.ts"
import { faultOfBase } from "./ram/bases.ts"

/** `write`: from reading to replacing. `edit`: as long as somebody edits, beside `write`. */
export type LockPurpose = "write" | "edit"

export type Lock = { release(): void }

export type LockOptions = {
  readonly purpose: LockPurpose
  /** How long to wait for another process. */
  readonly waitMs?: number
  readonly env?: Environment
}

const POLL_MS = 25
/** Between two lines of code; what is older was left by a killed process. */
const GUARD_AGE_MS = 10_000

/**
 * Takes the lock of a file, which need not be there yet. Where this user has
 * no place for locks there are none.
 *
 * @throws {@link ConclaveError} `locked` while another process of this user holds it.
 */
export async function lockFile(path: string, options: LockOptions): Promise<Lock> {
  const { purpose, waitMs = 0, env = process.env } = options
  const folder = lockFolder(env)
  if (folder === null) return { release: () => undefined }
  const name = createHash("sha256")
    .update(`${purpose}\0${realPathOf(path)}`)
    .digest("hex")
  const lock = join(folder, `${name}.lock`)
  for (let waited = 0; ; waited += POLL_MS) {
    if (tryLock(lock)) return { release: () => rmSync(lock, { force: true }) }
    removeStale(lock)
    if (waited < waitMs) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    else if (tryLock(lock)) return { release: () => rmSync(lock, { force: true }) }
    else throw lockedBy(lock, path)
  }
}

function tryLock(lock: string): boolean {
  try {
    writeFileSync(lock, processMark(), { flag: "wx", mode: 0o600 })
    return true
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false
    throw error
  }
}

/** Under a guard, or two that find the same stale lock would take away each other's new one. */
function removeStale(lock: string): void {
  if (!isStale(lock)) return
  const guard = `${lock}.guard`
  const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY)
  if (age > GUARD_AGE_MS) rmSync(guard, { force: true })
  if (!tryLock(guard)) return
  try {
    if (isStale(lock)) rmSync(lock, { force: true })
  } finally {
    rmSync(guard, { force: true })
  }
}

function isStale(lock: string): boolean {
  const mark = markIn(lock)
  if (mark === null) return false
  if (mark !== "") return isGone(mark)
  // Made and not yet written: its process has less than a moment, or is gone.
  return Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > GUARD_AGE_MS
}

/** `null` where there is no lock any more. */
function markIn(lock: string): string | null {
  try {
    return readFileSync(lock, "utf8")
  } catch {
    return null
  }
}

function lockedBy(lock: string, file: string): ConclaveError {
  const pid = pidOf(markIn(lock) ?? "")
  return new ConclaveError("locked", `${file} is being changed by another conclave`, { file, pid })
}

/**
 * Memory that goes with the login where there is such a place; no secret is
 * written here. `null` where none is ours: somebody else must not be able to
 * keep us from writing.
 */
function lockFolder(env: Environment): string | null {
  const runtime = env["XDG_RUNTIME_DIR"] ?? ""
  const hasRuntime = runtime !== "" && faultOfBase(runtime) === null
  // Not TMPDIR: it may differ between two processes that must meet here.
  const shared = process.platform === "win32" ? tmpdir() : "/tmp"
  const own = hasRuntime
    ? join(runtime, "conclave")
    : join(shared, `conclave-${process.getuid?.() ?? "user"}`)
  const locks = join(own, "locks")
  try {
    for (const folder of [own, locks]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      if (faultOfBase(folder) !== null) return null
    }
    return locks
  } catch {
    return null
  }
}

/** Two names of one file have one lock. What is not there yet is named within the real folder. */
function realPathOf(path: string): string {
  const folder = () =>
    join(
      orElse(
        () => realpathSync(dirname(path)),
        () => dirname(path),
      ),
      basename(path),
    )
  return orElse(() => realpathSync(path), folder)
}

/** What a path leads to cannot be told if a part of it is missing: whoever writes there finds that out. */
function orElse<T>(find: () => T, other: () => T): T {
  try {
    return find()
  } catch {
    return other()
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : ""
}
