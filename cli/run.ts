/** Runs one command to its exit code: the only place that turns outcomes and errors into output. */

import { type Command, type Outcome, UsageError } from "./command.ts"
import type { Context } from "./context.ts"
import { EXIT_BUG } from "./exit-codes.ts"
import { helpText, parseWords } from "./parse.ts"
import { formatReport, reportOf } from "./report.ts"
import type { Terminal } from "./terminal.ts"

/** @returns The exit code; nothing is thrown. */
export async function runCommand(
  command: Command,
  words: readonly string[],
  context: Context,
): Promise<number> {
  const { terminal } = context
  // Looked for before parsing: an error in the words must already come as JSON.
  const json = words.includes("--json")
  try {
    const invocation = parseWords(command, words)
    if (invocation.values.help === true) {
      await terminal.stdout.write(helpText(command))
      return 0
    }
    const outcome = await command.run(invocation, context)
    await present(outcome, json, invocation.values.quiet === true, terminal)
    return outcome.exitCode ?? 0
  } catch (error) {
    return fail(error, json, words.includes("--verbose"), terminal)
  }
}

async function present(outcome: Outcome, json: boolean, quiet: boolean, terminal: Terminal): Promise<void> {
  if (!quiet && !json) for (const line of outcome.said ?? []) terminal.stderr.write(`${line}\n`)
  if (json && outcome.json !== undefined)
    await terminal.stdout.write(`${JSON.stringify(outcome.json, null, 2)}\n`)
  else if (outcome.stdout !== undefined) await terminal.stdout.write(outcome.stdout)
}

/** Says what failed. @returns the exit code */
export async function fail(
  error: unknown,
  json: boolean,
  verbose: boolean,
  terminal: Terminal,
): Promise<number> {
  const report = reportOf(error)
  if (json) await terminal.stdout.write(`${JSON.stringify({ error: report.error }, null, 2)}\n`)
  else terminal.stderr.write(formatReport(report))
  // Only of a bug: the stack of an expected failure helps nobody.
  if (verbose && report.exitCode === EXIT_BUG && error instanceof Error)
    terminal.stderr.write(`${error.stack}\n`)
  if (error instanceof UsageError && !json) terminal.stderr.write("hint: see --help\n")
  return report.exitCode
}
