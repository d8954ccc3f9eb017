/** Words to values by a command's table, through commander; and the help text from the same table. */

import { CommanderError, Option, Command as Parser } from "commander"
import { COMMON_OPTIONS, type Command, type Invocation, type OptionSpec, UsageError } from "./command.ts"

type Options = Record<string, OptionSpec>

/** @throws {@link UsageError} with the nearest option where one is misspelt. */
export function parseWords(command: Command, words: readonly string[]): Invocation<Options> {
  const parser = new Parser(command.name).exitOverride().helpOption(false).allowExcessArguments()
  parser.configureOutput({ writeErr: () => undefined, writeOut: () => undefined }).argument("[words...]")
  const names = new Map<string, string>()
  for (const [name, spec] of optionsOf(command)) {
    const option = new Option(flagsOf(name, spec), spec.help)
    if (spec.type === "strings")
      option.argParser((value: string, before?: string[]) => [...(before ?? []), value])
    names.set(option.attributeName(), name)
    parser.addOption(option)
  }
  try {
    parser.parse(words, { from: "user" })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    throw new UsageError(error.message.replace(/^error: /, ""))
  }
  const values = Object.entries(parser.opts()).map(([attribute, value]) => [
    names.get(attribute) ?? attribute,
    value,
  ])
  return { values: Object.fromEntries(values), positionals: parser.args }
}

function optionsOf(command: Command): [string, OptionSpec][] {
  return Object.entries({ ...command.options, ...COMMON_OPTIONS })
}

function flagsOf(name: string, spec: OptionSpec): string {
  const short = spec.short === undefined ? "" : `-${spec.short}, `
  return `${short}--${name}${spec.type === "boolean" ? "" : ` <${spec.value ?? "VALUE"}>`}`
}

/** What `--help` prints. */
export function helpText(command: Command): string {
  const rows = optionsOf(command).map(([name, spec]) => {
    const short = spec.short === undefined ? "    " : `-${spec.short}, `
    const value = spec.type === "boolean" ? "" : ` ${spec.value ?? "VALUE"}`
    return [`  ${short}--${name}${value}`, spec.help] as const
  })
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
