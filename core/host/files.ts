/**
 * Reading with a limit, and replacing a file so that at any instant the old
 * one or the new one is there, whole: a temporary file in the same folder,
 * fsync, rename. The temporary file is never readable by others before it has
 * the mode of its target.
 */

import { closeSync, constants, promises as fs, fstatSync, openSync, readSync, statSync } from "node:fs"
import type { FileHandle } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { equalBytes, randomBytes } from "../bytes.ts"
import { ConclaveError, hasCode } from "../errors.ts"
import { copyAttributes } from "./files/attributes.ts"

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

const PRIVATE_MODE = 0o600
const MODE_BITS = 0o7777
const CHUNK_SIZE = 64 * 1024
/** Older than any write that is still going on. */
const LEFTOVER_AGE_MS = 60 * 60 * 1000

export type ReadOptions = {
  /** Pipes and devices too, as a shell's `<(command)` makes them: a read may then wait for a writer. */
  readonly streams?: boolean
}

/**
 * Reads a whole file.
 *
 * @param limit - In bytes; judged before a byte is read where the size is known.
 * @throws {@link ConclaveError} `not-a-file`, `too-large`, or `read-failed`
 * with the system's code.
 */
export async function readInput(path: string, limit: number, options: ReadOptions = {}): Promise<Uint8Array> {
  try {
    // Looked at before it is opened, since opening a pipe waits for its writer.
    const found = statSync(path)
    if (options.streams && !found.isFile() && !found.isDirectory()) return await readStream(path, limit)
    if (!found.isFile()) throw notAFile(path)
    return await readRegular(path, limit)
  } catch (error) {
    throw asFailure(error, "read-failed", path)
  }
}

/** Without the thread pool, whose start is a good part of what a short program takes. */
async function readRegular(path: string, limit: number): Promise<Uint8Array> {
  const descriptor = openSync(path, O_RDONLY | (O_NONBLOCK ?? 0))
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) throw notAFile(path)
    if (stat.size > limit) throw tooLarge(path, stat.size, limit)
    // One byte more than expected: a file that has not grown ends within the first buffer.
    return await readUpTo(path, limit, stat.size + 1, (bytes, offset) =>
      readSync(descriptor, bytes, offset, bytes.length - offset, null),
    )
  } finally {
    closeSync(descriptor)
  }
}

async function readStream(path: string, limit: number): Promise<Uint8Array> {
  const handle = await fs.open(path, O_RDONLY)
  try {
    return await readUpTo(path, limit, CHUNK_SIZE, async (bytes, offset) => {
      const { bytesRead } = await handle.read(bytes, offset, bytes.length - offset, null)
      return bytesRead
    })
  } finally {
    await handle.close()
  }
}

type ReadInto = (bytes: Uint8Array, offset: number) => number | Promise<number>

async function readUpTo(path: string, limit: number, expected: number, read: ReadInto): Promise<Uint8Array> {
  let bytes = new Uint8Array(expected)
  let size = 0
  for (;;) {
    const added = await read(bytes, size)
    if (added === 0) return bytes.subarray(0, size)
    size += added
    if (size > limit) throw tooLarge(path, size, limit)
    if (size < bytes.length) continue
    const larger = new Uint8Array(bytes.length * 2)
    larger.set(bytes)
    bytes = larger
  }
}

export type ReplaceOptions = {
  /** What the target must still hold; `null`: nothing may be there. Without it any content is replaced. */
  readonly expected?: Uint8Array | null
  /** For a new file, less what the umask takes away; 0600 without it. An existing one keeps its own. */
  readonly mode?: number
}

export type Replaced = {
  /** The file that was written: behind a link, what it leads to. */
  readonly file: string
  /** What could not be kept, in words for a person. */
  readonly warnings: readonly string[]
}

/**
 * Puts `bytes` where `path` leads, creating or replacing the file.
 *
 * @throws {@link ConclaveError} `file-changed` if the target is not as
 * expected, `not-a-file`, or `write-failed` with the system's code. The target
 * is then as it was, and no temporary file is left.
 */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  options: ReplaceOptions = {},
): Promise<Replaced> {
  try {
    const target = await resolveTarget(path)
    await removeLeftovers(target)
    const warnings = await writeAndRename(target, bytes, options)
    return { file: target, warnings }
  } catch (error) {
    throw asFailure(error, "write-failed", path)
  }
}

/** The real file: a rename over a link would leave its target as it was, and others with the old content. */
async function resolveTarget(path: string): Promise<string> {
  const stat = await fs.lstat(path).catch(ifMissing)
  if (stat?.isSymbolicLink()) return fs.realpath(path)
  return path
}

async function writeAndRename(target: string, bytes: Uint8Array, options: ReplaceOptions): Promise<string[]> {
  const { expected } = options
  const old = await fs.lstat(target).catch(ifMissing)
  if (old !== undefined && !old.isFile()) throw notAFile(target)
  if (expected === null && old !== undefined) throw fileChanged(target)
  // A rename needs no permission on the file itself; who made it read-only meant it.
  if (old !== undefined) await fs.access(target, constants.W_OK)

  const temporary = join(dirname(target), `.${basename(target)}.${toHex(randomBytes(8))}.tmp`)
  // The umask (and a folder's default ACL) applies to what open is given, not to chmod.
  const mode = old === undefined ? (options.mode ?? PRIVATE_MODE) : PRIVATE_MODE
  const warnings: string[] = []
  const handle = await fs.open(temporary, O_WRONLY | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0), mode)
  try {
    try {
      if (old !== undefined) {
        warnings.push(...(await copyAttributes(target, temporary)), ...(await keepOwnership(handle, old)))
      }
      // Only now: whoever may read the new file is whoever could read the old one.
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (expected !== undefined && expected !== null) await compareTarget(target, expected)
    await moveInto(temporary, target, expected === null)
  } catch (error) {
    await fs.rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(target))
  const links = old === undefined ? 0 : old.nlink - 1
  if (links > 0) warnings.push(`other hard links (${links}) still lead to the old content`)
  return warnings.map((warning) => `${target}: ${warning}`)
}

type Ownership = { readonly uid: number; readonly gid: number; readonly mode: number }

/** Gives the new file the owner, group and mode of the old one, as far as this user may. */
async function keepOwnership(handle: FileHandle, old: Ownership): Promise<string[]> {
  const now = await handle.stat()
  let mode = old.mode & MODE_BITS
  const warnings: string[] = []
  if (now.uid !== old.uid || now.gid !== old.gid) {
    const owner = process.getuid?.() === 0 ? old.uid : now.uid
    if (owner !== old.uid) warnings.push("its owner could not be kept")
    try {
      await handle.chown(owner, old.gid)
    } catch {
      warnings.push("its group could not be kept")
      // The bits were meant for the old group: this one gets what everybody has.
      mode = (mode & ~0o070) | ((mode & 0o007) << 3)
    }
  }
  // Last, since a change of the owner may clear bits.
  await handle.chmod(mode)
  return warnings
}

async function compareTarget(target: string, expected: Uint8Array): Promise<void> {
  const current = await readInput(target, expected.length).catch((error: unknown) => {
    if (hasCode(error, "too-large") || hasCode(error, "not-a-file")) return null
    if (hasCode(error, "read-failed") && error.details.reason === "ENOENT") return null
    throw error
  })
  if (current === null || !equalBytes(current, expected)) throw fileChanged(target)
}

async function moveInto(temporary: string, target: string, mustBeNew: boolean): Promise<void> {
  if (!mustBeNew) return fs.rename(temporary, target)
  try {
    // Unlike a rename it fails when somebody else was faster.
    await fs.link(temporary, target)
  } catch (error) {
    const code = systemCode(error)
    if (code === "EEXIST") throw fileChanged(target)
    // A file system without hard links: the narrow window between look and rename remains.
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS") throw error
    if ((await fs.lstat(target).catch(ifMissing)) !== undefined) throw fileChanged(target)
    return fs.rename(temporary, target)
  }
  await fs.rm(temporary)
}

/** So that the new name outlives a power cut. Not every system can, and the write is done by now. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder, O_RDONLY).catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

/** Removes what a killed process has left of earlier writes to this target. */
async function removeLeftovers(target: string): Promise<void> {
  const folder = dirname(target)
  const prefix = `.${basename(target)}.`
  const names = await fs.readdir(folder).catch(() => [])
  for (const name of names) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{16}\.tmp$/.test(name.slice(prefix.length))) continue
    const path = join(folder, name)
    const stat = await fs.lstat(path).catch(ifMissing)
    const isOurs = stat?.isFile() === true && (process.getuid === undefined || stat.uid === process.getuid())
    if (isOurs && Date.now() - stat.mtimeMs > LEFTOVER_AGE_MS) await fs.rm(path, { force: true })
  }
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

function ifMissing(error: unknown): undefined {
  if (systemCode(error) === "ENOENT") return undefined
  throw error
}

function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined
  return error.code
}

function notAFile(file: string): ConclaveError {
  return new ConclaveError("not-a-file", `${file} is not a regular file`, { file })
}

function tooLarge(file: string, size: number, limit: number): ConclaveError {
  return new ConclaveError("too-large", `${file} is larger than ${limit} bytes`, { size, limit })
}

function fileChanged(file: string): ConclaveError {
  return new ConclaveError("file-changed", `${file} was changed by someone else meanwhile`, { file })
}

function asFailure(error: unknown, code: "read-failed" | "write-failed", file: string): unknown {
  const reason = systemCode(error)
  if (error instanceof ConclaveError || reason === undefined) return error
  const verb = code === "read-failed" ? "read" : "write"
  return new ConclaveError(code, `cannot ${verb} ${file}: ${reason}`, { file, reason }, { cause: error })
}
