/**
 * What a command is: a table entry (name, usage, options) and a function from
 * parsed words to a result. Streams, files, keys and time are handed in, so a
 * command reaches for nothing and a test can stand where the terminal is.
 */

import type { Context } from "./context.ts"

export type OptionSpec = {
  readonly type: "string" | "boolean" | "strings"
  readonly short?: string
  /** How the value is shown in help. */
  readonly value?: string
  readonly help: string
}

export type Values<Options extends Record<string, OptionSpec>> = {
  readonly [Name in keyof Options]?: Options[Name]["type"] extends "boolean"
    ? boolean
    : Options[Name]["type"] extends "strings"
      ? readonly string[]
      : string
}

export type Invocation<Options extends Record<string, OptionSpec>> = {
  readonly values: Values<Options & typeof COMMON_OPTIONS>
  readonly positionals: readonly string[]
  /** How many positionals stand before `--`; absent where there is none. */
  readonly terminator?: number
}

/** What a command gives back: text for people, or the same facts as data with `--json`. */
export type Outcome = {
  /** Bytes for standard output; written as they are. */
  readonly stdout?: Uint8Array | string
  /** The document for `--json`. */
  readonly json?: unknown
  /** Said on standard error unless `--quiet`. */
  readonly said?: readonly string[]
  /** Other than 0 only for findings, not for errors. */
  readonly exitCode?: number
}

export type Command<Options extends Record<string, OptionSpec> = Record<string, OptionSpec>> = {
  readonly name: string
  readonly summary: string
  /** Complete lines, as the user would type them. */
  readonly usage: readonly string[]
  readonly examples: readonly string[]
  readonly options: Options
  run(invocation: Invocation<Options>, context: Context): Promise<Outcome>
}

/** Types the options of a command by its table. */
export function defineCommand<const Options extends Record<string, OptionSpec>>(
  command: Command<Options>,
): Command<Options> {
  return command
}

/** Words that do not make a command; exit code 64. The message says what to do instead. */
export class UsageError extends Error {
  override readonly name = "UsageError"
}

/** Understood by every command. */
export const COMMON_OPTIONS = {
  json: { type: "boolean", help: "print one JSON document instead of text" },
  quiet: { type: "boolean", short: "q", help: "say nothing on standard error but errors" },
  verbose: { type: "boolean", help: "say more on standard error" },
  help: { type: "boolean", short: "h", help: "show this help" },
} as const satisfies Record<string, OptionSpec>
