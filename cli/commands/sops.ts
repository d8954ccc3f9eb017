/**
 * `conclave sops …`, also reached through a link named `sops`: the command
 * lines of sops, with its output to the byte and its exit codes.
 */

import { ConclaveError } from "#core/errors.ts"
import { SOPS_VERSION } from "#core/sops/metadata.ts"
import { UsageError } from "../command.ts"
import type { Context } from "../context.ts"
import { formatReport, reportOf } from "../report.ts"
import {
  EXIT_CONFLICT,
  EXIT_GENERIC,
  EXIT_NO_FILE,
  type SopsCommand,
  SopsFailure,
  type SopsFamily,
  type SopsInvocation,
} from "../sops/command.ts"
import { defineCompletion } from "../sops/completion.ts"
import { decrypt } from "../sops/decrypt.ts"
import { edit } from "../sops/edit.ts"
import { encrypt } from "../sops/encrypt.ts"
import { execEnv, execFile } from "../sops/exec.ts"
import { filestatus } from "../sops/filestatus.ts"
import { FlagError, type Flags, parseFlags } from "../sops/flags.ts"
import { groups } from "../sops/groups.ts"
import { publish } from "../sops/publish.ts"
import { legacyRotate, rotate } from "../sops/rotate.ts"
import { legacySet, set } from "../sops/set.ts"
import { TOP_LEVEL_FLAGS } from "../sops/table.ts"
import { unset } from "../sops/unset.ts"
import { updatekeys } from "../sops/updatekeys.ts"

const OTHERS: ReadonlyMap<string, SopsCommand | SopsFamily> = new Map<string, SopsCommand | SopsFamily>([
  ["decrypt", decrypt],
  ["edit", edit],
  ["encrypt", encrypt],
  ["exec-env", execEnv],
  ["exec-file", execFile],
  ["filestatus", filestatus],
  ["groups", groups],
  ["publish", publish],
  ["rotate", rotate],
  ["set", set],
  ["unset", unset],
  ["updatekeys", updatekeys],
])

const COMMANDS = new Map([...OTHERS, ["completion", defineCompletion(OTHERS)] as const])

/** The oldest form: no command, a mode as a flag. With several sops does them all and shows the last, which is the first here. */
const LEGACY_MODES: readonly (readonly [flag: string, command: SopsCommand])[] = [
  ["set", legacySet],
  ["rotate", legacyRotate],
  ["decrypt", decrypt],
  ["encrypt", encrypt],
]

/** sops' own numbers where they differ from those of the errors (`cmd/sops/codes`). */
const EXIT_NO_TOPIC = 3

/** @returns The exit code; nothing is thrown. */
export async function runSops(words: readonly string[], context: Context): Promise<number> {
  try {
    return await dispatch(words, context)
  } catch (error) {
    context.terminal.stderr.write(formatReport(reportOf(shownOf(error))))
    return exitCodeOf(error)
  }
}

async function dispatch(words: readonly string[], context: Context): Promise<number> {
  const global = parseFlags(TOP_LEVEL_FLAGS, words, context.env, "first")
  if (global.bool("version")) {
    await context.terminal.stdout.write(`sops ${SOPS_VERSION}\n`)
    return 0
  }
  const [name = "", ...rest] = global.positionals
  const command = COMMANDS.get(name)
  if (command !== undefined) return runNamed(name, command, rest, global, context)
  if (global.positionals.length === 0) throw new SopsFailure("no file specified", EXIT_NO_FILE)
  // Without a mode a file name is to be edited.
  const mode = LEGACY_MODES.find(([flag]) => isWanted(global, flag))?.[1] ?? OTHERS.get("edit")
  if (mode === undefined || !("run" in mode)) throw new UsageError("this command of sops is not there yet")
  return run(mode, { global, flags: global, context })
}

function isWanted(flags: Flags, mode: string): boolean {
  return mode === "set" ? flags.text(mode) !== "" : flags.bool(mode)
}

async function runNamed(
  name: string,
  command: SopsCommand | SopsFamily,
  words: readonly string[],
  global: Flags,
  context: Context,
): Promise<number> {
  if ("run" in command) {
    return run(command, { global, flags: parseFlags(command.flags, words, context.env, "anywhere"), context })
  }
  const [verb, ...rest] = words
  if (verb === undefined) {
    const known = [...command.subcommands.keys()].map((each) => `   ${each}\n`).join("")
    await context.terminal.stdout.write(`sops ${name} - ${command.summary}\n\nCOMMANDS:\n${known}`)
    return 0
  }
  const found = command.subcommands.get(verb)
  if (found === undefined) throw new SopsFailure(`No help topic for '${verb}'`, EXIT_NO_TOPIC)
  return run(found, { global, flags: parseFlags(found.flags, rest, context.env, "anywhere"), context })
}

async function run(command: SopsCommand, invocation: SopsInvocation): Promise<number> {
  try {
    return await command.run(invocation)
  } catch (error) {
    const exitCode = error instanceof ConclaveError ? command.exitCode?.(error) : undefined
    if (exitCode === undefined) throw error
    throw new SopsFailure("", exitCode, { cause: error })
  }
}

function shownOf(error: unknown): unknown {
  if (error instanceof SopsFailure) return error.cause ?? new UsageError(error.message)
  return error instanceof FlagError ? new UsageError(error.message) : error
}

function exitCodeOf(error: unknown): number {
  if (error instanceof SopsFailure) return error.exitCode
  if (error instanceof FlagError) return EXIT_GENERIC
  if (error instanceof UsageError) return EXIT_CONFLICT
  return reportOf(error).exitCode
}
