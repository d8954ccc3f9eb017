/** `sops updatekeys`: what changes goes to standard output, the question too, and its answer comes from standard input. */

import { join } from "node:path"
import { hasCode } from "#core/errors.ts"
import { findConfig } from "../configuration.ts"
import type { Context } from "../context.ts"
import { planUpdate, type UpdatePlan, updateKeys } from "../operations/update-keys.ts"
import { formatReport, reportOf } from "../report.ts"
import { Answers } from "./answers.ts"
import { changeExitCode } from "./change-exit-codes.ts"
import {
  changeRequestOf,
  EXIT_GENERIC,
  EXIT_NO_FILE,
  type SopsCommand,
  SopsFailure,
  type SopsInvocation,
  sayAll,
} from "./command.ts"
import { UPDATEKEYS_FLAGS } from "./table.ts"

export const updatekeys: SopsCommand = {
  flags: UPDATEKEYS_FLAGS,
  exitCode: (error) =>
    hasCode(error, "read-failed") || hasCode(error, "not-a-file") ? EXIT_GENERIC : changeExitCode(error),

  async run(invocation) {
    const { flags, global, context } = invocation
    const config = global.text("config") || undefined
    const here = join(context.workingDirectory, "any")
    if ((await findConfig(context, here, "working-directory", config)) === null)
      throw new SopsFailure("config file not found", EXIT_GENERIC)
    const files = flags.positionals
    if (files.length === 0) throw new SopsFailure("no file specified", EXIT_NO_FILE)
    const answers = new Answers(context)
    const pool = context.identities()
    const update = (file: string) => updateFile(invocation, file, answers, pool)
    if (files.length === 1) {
      await update(files[0] as string)
      return 0
    }
    let failed = 0
    for (const file of files) {
      await update(file).catch((error: unknown) => {
        failed++
        const shown =
          error instanceof SopsFailure ? `error: ${error.message}\n` : formatReport(reportOf(error))
        context.terminal.stderr.write(shown)
      })
    }
    if (failed > 0) throw new SopsFailure(`failed updating ${failed} key(s)`, EXIT_GENERIC)
    return 0
  },
}

async function updateFile(
  invocation: SopsInvocation,
  file: string,
  answers: Answers,
  pool: ReturnType<Context["identities"]>,
): Promise<void> {
  const { flags, context } = invocation
  const request = { ...changeRequestOf(invocation, file), target: { inPlace: true } }
  const say = (what: string) => sayAll([`${file} ${what}`], context)
  const plan = await planUpdate(request, context)
  if (plan.isSame) return say("already up to date")
  await context.terminal.stdout.write(describePlan(plan))
  if (!flags.bool("yes") && !(await isConfirmed(answers, context))) return say("left unchanged")
  const { warnings } = await updateKeys(request, plan, pool, context)
  sayAll(warnings, context)
  say(plan.rekey === null ? "synced with new keys" : "synced with new keys, under a new data key")
}

/** Until it is y or n, as in sops; a line that is empty or missing is an error. */
async function isConfirmed(answers: Answers, { terminal }: Context): Promise<boolean> {
  for (;;) {
    await terminal.stdout.write("Is this okay? (y/n):")
    const answer = await answers.next()
    if (answer === null || !/^\s*\S+\s*$/.test(answer))
      throw new SopsFailure("no answer on standard input", EXIT_GENERIC)
    if (answer.trim() === "y") return true
    if (answer.trim() === "n") return false
  }
}

function describePlan({ groups, threshold, rule }: UpdatePlan): string {
  // sops tells a threshold only where the file or the configuration names one.
  const after = threshold.before === 0 && rule.threshold === 0 ? 0 : threshold.after
  const same = threshold.before === after
  return [
    "The following changes will be made to the file's groups:",
    ...(same && after > 0 ? [`shamir_threshold: ${after}`] : []),
    ...(!same && after > 0 ? [`+++ shamir_threshold: ${after}`] : []),
    ...(!same && threshold.before > 0 ? [`--- shamir_threshold: ${threshold.before}`] : []),
    ...groups.flatMap(({ kept, added, removed }, i) => [
      `Group ${i + 1}`,
      ...kept.map((id) => `    ${id}`),
      ...added.map((id) => `+++ ${id}`),
      ...removed.map((id) => `--- ${id}`),
    ]),
    "",
  ].join("\n")
}
