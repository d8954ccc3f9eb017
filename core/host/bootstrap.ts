/**
 * Secrets that a process was given to get at its secrets, where the platform's
 * own identity could do: keys of age in variables or in files that git keeps.
 * (Static keys of clouds are found by the survey of each outside kind.)
 */

import { spawnSync } from "node:child_process"
import type { Environment } from "./identities/locations.ts"

export type StoredSecret = {
  /** What it is and where, by name: never its content. */
  readonly what: string
}

/** The beginnings of age's private keys; a public key begins in lower case. */
const PRIVATE_KEYS = ["AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1"]
/** The repository's configuration may name a program to run at every look at the files. */
const UNARMED = ["-c", "core.fsmonitor=false"]
/** More is listed by git alone. */
const MAX_OUTPUT = 16 * 1024 * 1024

export function ageKeysInVariables(env: Environment): StoredSecret[] {
  return Object.entries(env)
    .filter(([, value = ""]) => PRIVATE_KEYS.some((start) => value.toUpperCase().includes(start)))
    .map(([name]) => ({ what: `a private key of age in the variable ${name}` }))
}

/**
 * @param folder - Any in the repository.
 * @returns `null` where that cannot be found out: no git here, or no repository.
 */
export function ageKeysInTrackedFiles(folder: string): StoredSecret[] | null {
  const patterns = PRIVATE_KEYS.flatMap((start) => ["-e", start])
  const options = ["grep", "--files-with-matches", "--null", "--fixed-strings", "--full-name", "--text"]
  const { status, stdout } = spawnSync(
    "git",
    [...UNARMED, "-C", folder, ...options, ...patterns, "--", ":/"],
    {
      encoding: "utf8",
      maxBuffer: MAX_OUTPUT,
      stdio: ["ignore", "pipe", "ignore"],
    },
  )
  // 1 says that nothing was found.
  if (status !== 0 && status !== 1) return null
  return stdout
    .split("\0")
    .filter((file) => file !== "")
    .map((file) => ({ what: `a private key of age in ${file}, which git keeps` }))
}
