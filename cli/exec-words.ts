/** What `exec-env` and `exec-file` share: which words are the file, which the command, and the name of a temporary file. */

import { UsageError } from "./command.ts"
import type { Wanted } from "./operations/exec.ts"

/**
 * `FILE COMMAND` with a command line for the shell, or `FILE -- PROGRAM ARGS…`.
 *
 * @param terminator - How many positionals stand before `--`.
 * @throws {@link UsageError}
 */
export function splitCommand(
  positionals: readonly string[],
  terminator: number | undefined,
): { readonly file: string; readonly command: Wanted } {
  const [file, first, ...more] = positionals
  if (file === undefined) throw new UsageError("give a FILE and a command")
  if (terminator === 1) {
    if (first === undefined) throw new UsageError("there is no command behind --")
    return { file, command: { kind: "words", words: [first, ...more] } }
  }
  if (first === undefined) throw new UsageError("give a command behind the FILE")
  if (more.length > 0) throw new UsageError("put the command in quotes, or behind --")
  return { file, command: { kind: "shell", text: first } }
}

/** Whether it is one step, and so cannot lead out of the private folder. */
export function isFileName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/\\\0]/.test(name)
}
