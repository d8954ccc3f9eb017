/** One command of sops: its flags and what it does. */

import type { ConclaveError } from "#core/errors.ts"
import { formatFor } from "#core/formats/select.ts"
import type { KeyKind } from "#core/keys/key-entry.ts"
import { splitList } from "#core/policy/config-keys.ts"
import type { Context } from "../context.ts"
import { isKeyKind } from "../decryption-order.ts"
import type { ChangeRequest } from "../operations/change.ts"
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
  /** sops' numbers for failures, where they are not those of conclave's own commands. */
  readonly exitCode?: (error: ConclaveError) => number | undefined
  /** @returns The exit code. */
  run(invocation: SopsInvocation): Promise<number>
}

/** A command that is made of commands: `groups add`. */
export type SopsFamily = {
  readonly summary: string
  readonly subcommands: ReadonlyMap<string, SopsCommand>
}

/** A failure with a number of sops' own; what is shown is the cause, if it has one. */
export class SopsFailure extends Error {
  override readonly name = "SopsFailure"
  readonly exitCode: number

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** sops' numbers for what is no error of ours (`cmd/sops/codes`). */
export const EXIT_NO_FILE = 100
export const EXIT_GENERIC = 1
export const EXIT_SET_FORMAT = 7
export const EXIT_CONFLICT = 8
export const EXIT_PATH = 91
const EXIT_ORDER_TWICE = 112

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

/** sops prints by the name's suffix, whatever `--input-type` says; standard input has no name. */
export function outputTypeOf(flags: Flags, source: Pick<Source, "name" | "format">): string {
  return flags.text("output-type") || (source.name === "-" ? source.format.name : formatFor(source.name))
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

/** The request of a command that changes a file: canonical, as sops prints, with `.sops.yaml` looked for from here upwards. */
export function changeRequestOf(
  { flags, global }: SopsInvocation,
  file: string,
): Omit<ChangeRequest, "target"> {
  return {
    file,
    inputType: flags.text("input-type"),
    outputType: flags.text("output-type") || undefined,
    filenameOverride: flags.text("filename-override") || undefined,
    ignoreMac: flags.bool("ignore-mac"),
    order: orderOf(flags),
    lookup: "working-directory",
    config: global.text("config") || undefined,
    layout: "canonical",
    indent: global.has("indent") ? global.int("indent") : undefined,
    strictness: "exposure",
  }
}

/** As sops takes the list: a kind that it does not know is no error, one that occurs twice is. */
export function orderOf(flags: Flags): readonly KeyKind[] | undefined {
  const words = splitList(flags.text("decryption-order"))
  if (words.length === 0) return undefined
  const twice = words.find((word, i) => words.indexOf(word) !== i)
  if (twice !== undefined) {
    throw new SopsFailure(`--decryption-order names ${twice} twice`, EXIT_ORDER_TWICE)
  }
  return words.filter(isKeyKind)
}
