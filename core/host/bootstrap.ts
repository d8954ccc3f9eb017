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

/** A private key of age, in what git and JavaScript both understand; text that only speaks of them has none so long. */
const PRIVATE_KEY = "AGE-SECRET-KEY-(PQ-)?1[02-9AC-HJ-NP-Z]{50}"
/** The repository's configuration may name a program to run at every look at the files. */
const UNARMED = ["-c", "core.fsmonitor=false"]
/** More is listed by git alone. */
const MAX_OUTPUT = 16 * 1024 * 1024

export function ageKeysInVariables(env: Environment): StoredSecret[] {
  const pattern = new RegExp(PRIVATE_KEY, "i")
  return Object.entries(env)
    .filter(([, value = ""]) => pattern.test(value))
    .map(([name]) => ({ what: `a private key of age in the variable ${name}` }))
}

/**
 * @param folder - Any in the repository.
 * @returns `null` where that cannot be found out: no git here, or no repository.
 */
export function ageKeysInTrackedFiles(folder: string): StoredSecret[] | null {
  const options = ["grep", "--files-with-matches", "--null", "--extended-regexp", "--ignore-case", "--text"]
  const words = [...UNARMED, "-C", folder, ...options, "--full-name", "-e", PRIVATE_KEY, "--", ":/"]
  const { status, stdout } = spawnSync("git", words, {
    encoding: "utf8",
    maxBuffer: MAX_OUTPUT,
    stdio: ["ignore", "pipe", "ignore"],
  })
  // 1 says that nothing was found.
  if (status !== 0 && status !== 1) return null
  return stdout
    .split("\0")
    .filter((file) => file !== "")
    .map((file) => ({ what: `a private key of age in ${file}, which git keeps` }))
}
