/**
 * `conclave sops …`, also reached through a link named `sops`: the command
 * lines of sops, with its output to the byte and its exit codes.
 */

import { UsageError } from "../command.ts"
import type { Context } from "../context.ts"
import { formatReport, reportOf } from "../report.ts"
import type { SopsCommand } from "../sops/command.ts"
import { decrypt } from "../sops/decrypt.ts"
import { encrypt } from "../sops/encrypt.ts"
import { execEnv, execFile } from "../sops/exec.ts"
import { filestatus } from "../sops/filestatus.ts"
import { FlagError, parseFlags } from "../sops/flags.ts"
import { GLOBAL_FLAGS, TOP_LEVEL_FLAGS } from "../sops/table.ts"

const COMMANDS: ReadonlyMap<string, SopsCommand> = new Map([
  ["decrypt", decrypt],
  ["encrypt", encrypt],
  ["exec-env", execEnv],
  ["exec-file", execFile],
  ["filestatus", filestatus],
])

/** sops' own numbers where they differ from those of the errors (`cmd/sops/codes`). */
const EXIT_CONFLICT = 8
const EXIT_GENERIC = 1

/** @returns The exit code; nothing is thrown. */
export async function runSops(words: readonly string[], context: Context): Promise<number> {
  try {
    return await dispatch(words, context)
  } catch (error) {
    const shown = error instanceof FlagError ? new UsageError(error.message) : error
    context.terminal.stderr.write(formatReport(reportOf(shown)))
    return exitCodeOf(error)
  }
}

async function dispatch(words: readonly string[], context: Context): Promise<number> {
  const global = parseFlags(TOP_LEVEL_FLAGS, words, context.env)
  if (global.bool("decrypt")) return decrypt.run({ global, flags: global, context })
  if (global.bool("encrypt")) return encrypt.run({ global, flags: global, context })
  const command = COMMANDS.get(global.positionals[0] ?? "")
  if (command === undefined) throw new UsageError("this command of sops is not there yet")
  const before = words.slice(0, words.length - global.positionals.length)
  return command.run({
    global: parseFlags(GLOBAL_FLAGS, before, context.env),
    flags: parseFlags(command.flags, global.positionals.slice(1), context.env),
    context,
  })
}

function exitCodeOf(error: unknown): number {
  if (error instanceof FlagError) return EXIT_GENERIC
  if (error instanceof UsageError) return EXIT_CONFLICT
  return reportOf(error).exitCode
}
