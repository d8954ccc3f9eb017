/** Folders of the system in which a private one may be made: whose they are is checked, what they lie on is not. */

import { lstatSync } from "node:fs"
import { isAbsolute } from "node:path"
import type { Environment } from "../identities/locations.ts"

export type Base = { readonly path: string /** How a person knows it. */; readonly name: string }

/** Where memory is usually mounted on Linux, in the order in which it is tried. */
export function memoryBases(env: Environment): Base[] {
  const runtime = env["XDG_RUNTIME_DIR"] ?? ""
  // systemd gives a service its folders separated by colons.
  const service = (env["RUNTIME_DIRECTORY"] ?? "").split(":")
  return [
    { path: runtime, name: "XDG_RUNTIME_DIR" },
    { path: "/dev/shm", name: "/dev/shm" },
    ...service.map((path) => ({ path, name: "RUNTIME_DIRECTORY" })),
  ].filter(({ path }) => path !== "")
}

/** What cannot be looked at, as a folder of root's behind `--user`, is as good as not there. */
function look(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

/** Why a private folder must not be made there; `null` if it may. */
export function faultOfBase(path: string): string | null {
  if (!isAbsolute(path)) return "is not an absolute path"
  const stat = look(path)
  if (stat === undefined) return "is not there"
  if (stat.isSymbolicLink()) return "is a link"
  if (!stat.isDirectory()) return "is not a folder"
  const user = process.getuid?.()
  if (user === undefined || stat.uid === user) {
    // Others could take away what we make, and put theirs in its place.
    return (stat.mode & 0o022) === 0 || (stat.mode & 0o1000) !== 0 ? null : "can be written by others"
  }
  if (stat.uid !== 0) return "belongs to somebody else"
  return (stat.mode & 0o1000) === 0 ? "is not for everybody" : null
}
