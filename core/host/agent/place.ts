/**
 * Where the agent's socket lies: a folder that is the user's alone (0700),
 * `conclave` in `$XDG_RUNTIME_DIR`, else in `/run/user/<id>`, else in
 * `~/.local/state`. Node cannot ask a socket who is at its other end, so the
 * modes of folder and socket are what keeps others out: they are looked at
 * before it is bound, after, and before anything is sent to it. A link in
 * their place is refused.
 */

import { lstatSync, mkdirSync, type Stats } from "node:fs"
import { isAbsolute, join } from "node:path"
import { ConclaveError } from "../../errors.ts"

export type PlaceOptions = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  /** Of this process. */
  readonly uid: number
}

const FOLDER = "conclave"
const SOCKET = "agent.sock"
const OTHERS = 0o077
/** A socket's address holds 104 bytes on macOS, 108 on Linux, the last of them 0. */
const MAX_ADDRESS = 103

/** The folders that may hold the socket, in the order in which they are tried. */
function candidateFolders({
  env,
  platform,
  uid,
}: PlaceOptions): { base: string; make: boolean; folder: string }[] {
  const { XDG_RUNTIME_DIR: runtime, HOME: home } = env
  return [
    ...(runtime !== undefined && isAbsolute(runtime) ? [{ base: runtime, make: false }] : []),
    ...(platform === "linux" ? [{ base: `/run/user/${uid}`, make: false }] : []),
    ...(home !== undefined && isAbsolute(home) ? [{ base: join(home, ".local/state"), make: true }] : []),
  ].map((candidate) => ({ ...candidate, folder: join(candidate.base, FOLDER) }))
}

/**
 * The agent's socket, proved to be the user's own; `null` where there is none,
 * which costs a look at each place.
 *
 * @throws {@link ConclaveError} `agent-failed` if there is one that others can reach.
 */
export function findAgentSocket(options: PlaceOptions): string | null {
  if (options.platform === "win32") return null
  let fault: unknown = null
  for (const { folder } of candidateFolders(options)) {
    const socket = join(folder, SOCKET)
    const found = look(socket)
    if (found === null) continue
    try {
      provePrivate(folder, look(folder), "folder", options.uid)
      provePrivate(socket, found, "socket", options.uid)
      return socket
    } catch (error) {
      // Another place may be the user's own: under sudo the first is that of someone else.
      fault ??= error
    }
  }
  if (fault !== null) throw fault
  return null
}

/**
 * The path for a new socket, in a folder that is there and proved to be private.
 *
 * @throws {@link ConclaveError} `agent-failed` where no place is, with what is wrong with each.
 */
export function chooseAgentSocket(options: PlaceOptions): string {
  if (options.platform === "win32") throw failed("sockets on Windows are open to other users")
  const reasons: string[] = []
  for (const { base, make, folder } of candidateFolders(options)) {
    try {
      if (make) mkdirSync(base, { recursive: true, mode: 0o700 })
      else provePrivate(base, look(base), "folder", options.uid)
      return makeFolder(folder, options.uid)
    } catch (error) {
      reasons.push(error instanceof ConclaveError ? error.message : `${folder}: ${codeOf(error)}`)
    }
  }
  throw failed(`there is no private place for a socket (${reasons.join("; ") || "set XDG_RUNTIME_DIR"})`)
}

function makeFolder(folder: string, uid: number): string {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error
  }
  provePrivate(folder, look(folder), "folder", uid)
  const socket = join(folder, SOCKET)
  if (Buffer.byteLength(socket) > MAX_ADDRESS - ".12345678".length)
    throw failed(`${socket} is too long for a socket`)
  return socket
}

/** @throws {@link ConclaveError} `agent-failed` unless it is of that kind, the user's, and nobody else's. */
export function provePrivate(
  path: string,
  found: Stats | null,
  kind: "folder" | "socket",
  uid: number,
): asserts found is Stats {
  if (found === null) throw failed(`${path} is not there`)
  const isKind = kind === "folder" ? found.isDirectory() : found.isSocket()
  if (!isKind) throw failed(`${path} is no ${kind}`)
  if (found.uid !== uid) throw failed(`${path} belongs to someone else`)
  if ((found.mode & OTHERS) !== 0) {
    throw failed(`${path} is open to other users (mode ${(found.mode & 0o777).toString(8).padStart(4, "0")})`)
  }
}

/** What is at a path itself, not behind a link; `null` if nothing is. */
export function look(path: string): Stats | null {
  try {
    return lstatSync(path)
  } catch {
    // Not there, or not ours to see, which is the same to us.
    return null
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown"
}

function failed(reason: string): ConclaveError<"agent-failed"> {
  return new ConclaveError("agent-failed", reason, { reason })
}
