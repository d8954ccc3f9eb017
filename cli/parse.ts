/**
 * Words to values by a command's table, with the platform's own parser
 * (`parseArgs`): a parsing library would cost more of a cold start than
 * decrypting does. And the help text, from the same table.
 */

import { type ParseArgsConfig, parseArgs } from "node:util"
import { nearest } from "#core/policy/nearest.ts"
import { COMMON_OPTIONS, type Command, type Invocation, type OptionSpec, UsageError } from "./command.ts"

type Options = Record<string, OptionSpec>

/** @throws {@link UsageError} with the nearest option where one is misspelt. */
export function parseWords(command: Command, words: readonly string[]): Invocation<Options> {
  const specs = { ...command.options, ...COMMON_OPTIONS }
  const config = {
    args: [...words],
    options: Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, optionOf(spec)])),
    allowPositionals: true,
    tokens: true,
  } satisfies ParseArgsConfig
  try {
    const { values, positionals, tokens } = parseArgs(config)
    const at = tokens.findIndex((token) => token.kind === "option-terminator")
    const terminator = tokens.slice(0, at).filter((token) => token.kind === "positional").length
    return {
      values: { ...values } as Invocation<Options>["values"],
      positionals,
      ...(at < 0 ? {} : { terminator }),
    }
  } catch (error) {
    throw usageErrorOf(error, Object.keys(specs))
  }
}

function optionOf({ type, short }: OptionSpec): NonNullable<ParseArgsConfig["options"]>[string] {
  return {
    type: type === "boolean" ? "boolean" : "string",
    ...(type === "strings" ? { multiple: true } : {}),
    ...(short === undefined ? {} : { short }),
  }
}

/** The platform's words are kept where they are plain; what is not about options is a bug and stays one. */
function usageErrorOf(error: unknown, names: readonly string[]): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === undefined || !code.startsWith("ERR_PARSE_ARGS")) return error
  if (code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION") return new UsageError(message.split("\n")[0])
  const option = /'(-[^']*)'/.exec(message)?.[1] ?? ""
  const near = nearest(option.replace(/^-+/, ""), names)
  return new UsageError(`there is no option ${option}${near === null ? "" : `; did you mean --${near}?`}`)
}

/** What `--help` prints. */
export function helpText(command: Command): string {
  const rows = Object.entries({ ...command.options, ...COMMON_OPTIONS }).map(
    ([name, spec]: [string, OptionSpec]) => {
      const short = spec.short === undefined ? "    " : `-${spec.short}, `
      const value = spec.type === "boolean" ? "" : ` ${spec.value ?? "VALUE"}`
      return [`  ${short}--${name}${value}`, spec.help] as const
    },
  )
  const width = Math.max(...rows.map(([flags]) => flags.length)) + 2
  return [
    `${command.summary}.`,
    "",
    "Usage:",
    ...command.usage.map((line) => `  ${line}`),
    "",
    "Options:",
    ...rows.map(([flags, help]) => `${flags.padEnd(width)}${help}`),
    "",
    "Examples:",
    ...command.examples.map((line) => `  ${line}`),
    "",
  ].join("\n")
}
