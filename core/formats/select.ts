/** Which format a file has: by the end of its name, as in SOPS, case-sensitive. */

import type { FormatName } from "./format.ts"

const NAMES: readonly FormatName[] = ["yaml", "json", "dotenv", "ini", "binary"]

const SUFFIXES: readonly (readonly [string, FormatName])[] = [
  [".yaml", "yaml"],
  [".yml", "yaml"],
  [".json", "json"],
  [".env", "dotenv"],
  [".ini", "ini"],
]

/** The format of a file by its name (or `--filename-override`); `binary` when no suffix is known. */
export function formatFor(fileName: string): FormatName {
  return SUFFIXES.find(([suffix]) => fileName.endsWith(suffix))?.[1] ?? "binary"
}

/** Whether a word is a format's name, as `--input-type` and `--output-type` take it. */
export function isFormatName(word: string): word is FormatName {
  return (NAMES as readonly string[]).includes(word)
}
