/** One command of sops: its flags and what it does. */

import type { Context } from "../context.ts"
import { readSource, type Source } from "../source.ts"
import type { FlagSpec, Flags } from "./flags.ts"

export type SopsInvocation = {
  /** Flags before the command's name. In the oldest form of the command line they are the same as `flags`. */
  readonly global: Flags
  readonly flags: Flags
  readonly context: Context
}

export type SopsCommand = {
  readonly flags: readonly FlagSpec[]
  /** @returns The exit code. */
  run(invocation: SopsInvocation): Promise<number>
}

/** sops' numbers for what is no error of ours (`cmd/sops/codes`). */
export const EXIT_NO_FILE = 100

/** Reads the file that the command is for, or standard input. */
export async function sourceOf({ flags, context }: SopsInvocation): Promise<Source> {
  const [file, ...more] = flags.positionals
  if (more.length > 0)
    context.terminal.stderr.write("warning: more than one argument; only the first is used\n")
  return readSource(
    file,
    {
      inputType: flags.text("input-type"),
      filenameOverride: flags.text("filename-override") || undefined,
    },
    context,
  )
}

/** Where `--in-place` and `--output` send the result. */
export function targetOf(flags: Flags): { inPlace: boolean; output?: string } {
  const output = flags.text("output")
  return { inPlace: flags.bool("in-place"), ...(output === "" ? {} : { output }) }
}

/** @returns sops' exit code for a file that is not there; `null` if it is, or none is named. */
export async function missingFile({ flags, context }: SopsInvocation): Promise<number | null> {
  const file = flags.positionals[0]
  if (file === undefined || (await context.files.exists(context.files.resolve(file)))) return null
  context.terminal.stderr.write(`error: cannot operate on a file that is not there: ${file}\n`)
  return EXIT_NO_FILE
}

export function sayAll(lines: readonly string[], context: Context): void {
  for (const line of lines) context.terminal.stderr.write(`${line}\n`)
}
