/** Where sops keeps keys on each platform. Everything comes from the environment that is passed in. */

import { posix, win32 } from "node:path"

export type Environment = Readonly<Record<string, string | undefined>>

/** The home directory as Go's `os.UserHomeDir` finds it; `null` where it is not set. */
function homeDirectory(env: Environment, platform: NodeJS.Platform): string | null {
  return (platform === "win32" ? env["USERPROFILE"] : env["HOME"]) || null
}

/**
 * sops' own file of age identities, `<user config dir>/sops/age/keys.txt`;
 * `null` where there is no such directory, or XDG_CONFIG_HOME is relative,
 * which Go does not accept.
 */
export function ageKeysFile(env: Environment, platform: NodeJS.Platform): string | null {
  const directory = userConfigDirectory(env, platform)
  const { join } = platform === "win32" ? win32 : posix
  return directory === null ? null : join(directory, "sops", "age", "keys.txt")
}

export function userConfigDirectory(env: Environment, platform: NodeJS.Platform): string | null {
  if (platform === "win32") return env["AppData"] || env["APPDATA"] || null
  const home = homeDirectory(env, platform)
  const xdg = env["XDG_CONFIG_HOME"]
  if (platform === "darwin") return xdg || (home && posix.join(home, "Library", "Application Support"))
  if (xdg) return posix.isAbsolute(xdg) ? xdg : null
  return home && posix.join(home, ".config")
}

/** Where the user's word on names in files is kept, outside all repositories: `<user config dir>/conclave/trust.json`. */
export function trustFile(env: Environment, platform: NodeJS.Platform): string | null {
  const directory = userConfigDirectory(env, platform)
  const { join } = platform === "win32" ? win32 : posix
  return directory === null ? null : join(directory, "conclave", "trust.json")
}

/** The SSH keys that sops looks for, in its order. */
export function sshKeyFiles(env: Environment, platform: NodeJS.Platform): string[] {
  const home = homeDirectory(env, platform)
  const { join } = platform === "win32" ? win32 : posix
  return home === null ? [] : ["id_ed25519", "id_rsa"].map((name) => join(home, ".ssh", name))
}
