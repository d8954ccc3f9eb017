/**
 * Finds the program of a plugin, `age-plugin-<name>`, on PATH. Only in absolute
 * folders: a relative one would be looked up in whatever folder this process
 * stands in, which may be a stranger's checkout.
 */

import { accessSync, constants, statSync } from "node:fs"
import { posix, win32 } from "node:path"
import type { Environment } from "../identities/locations.ts"

/** The program's path; `null` if there is none. */
export function findPlugin(plugin: string, env: Environment, platform: NodeJS.Platform): string | null {
  const isWindows = platform === "win32"
  const { isAbsolute, join, delimiter } = isWindows ? win32 : posix
  // Not by a shell, hence nothing but programs: `.cmd` files are none.
  const name = `age-plugin-${plugin}${isWindows ? ".exe" : ""}`
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter)
  for (const folder of folders) {
    const path = join(folder, name)
    if (isAbsolute(folder) && isProgram(path)) return path
  }
  return null
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
