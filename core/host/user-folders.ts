/** Folders of this user that are conclave's own. Everything comes from the environment that is passed in. */

import { tmpdir } from "node:os"
import { posix, win32 } from "node:path"
import { type Environment, userConfigDirectory } from "./identities/locations.ts"

/** The user's own settings; `null` where there is no such directory. */
export function userConfigFile(env: Environment, platform: NodeJS.Platform): string | null {
  const directory = userConfigDirectory(env, platform)
  const { join } = platform === "win32" ? win32 : posix
  return directory === null ? null : join(directory, "conclave", "config.yaml")
}

/**
 * Where an edit that could not be written is kept, encrypted: first where it
 * is found again, then wherever there is room, also on a full disk.
 */
export function draftFolders(env: Environment, platform: NodeJS.Platform): string[] {
  const { join } = platform === "win32" ? win32 : posix
  const state = stateDirectory(env, platform)
  const runtime = env["XDG_RUNTIME_DIR"] || null
  return [state, runtime]
    .filter((folder) => folder !== null)
    .map((folder) => join(folder, "conclave", "drafts"))
    .concat(platform === "linux" ? ["/dev/shm", tmpdir()] : [tmpdir()])
}

function stateDirectory(env: Environment, platform: NodeJS.Platform): string | null {
  if (platform === "win32") return env["LOCALAPPDATA"] || null
  if (env["XDG_STATE_HOME"] && posix.isAbsolute(env["XDG_STATE_HOME"])) return env["XDG_STATE_HOME"]
  const home = env["HOME"] || null
  if (home === null) return null
  return platform === "darwin"
    ? posix.join(home, "Library", "Application Support")
    : posix.join(home, ".local", "state")
}
