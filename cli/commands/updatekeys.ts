/** `conclave updatekeys`: the readers that the configuration's rule names, no more and no fewer. */

import { defineCommand, UsageError } from "../command.ts"
import type { Context, IdentityPool } from "../context.ts"
import { CHANGE_OPTIONS, changeRequest } from "../file-options.ts"
import type { ChangeRequest } from "../operations/change.ts"
import { type FileOutcome, forEachFile } from "../operations/each-file.ts"
import { planUpdate, type UpdatePlan, updateKeys } from "../operations/update-keys.ts"
import { escapeText } from "../terminal.ts"

export const updatekeys = defineCommand({
  name: "updatekeys",
  summary: "Bring the readers of files to the configuration's rules",
  usage: ["conclave updatekeys [OPTIONS] FILE…"],
  examples: ["conclave updatekeys secrets/prod/db.yaml", "conclave updatekeys --yes secrets/prod/*.yaml"],
  options: {
    yes: { type: "boolean", short: "y", help: "do it without asking" },
    ...CHANGE_OPTIONS,
  },

  async run({ values, positionals }, context) {
    if (positionals.length === 0) throw new UsageError("give at least one FILE")
    const pool = context.identities()
    return forEachFile(positionals, values.json === true, context.terminal, (file) =>
      updateFile(changeRequest(file, values, context), values.yes === true, pool, context),
    )
  },
})

async function updateFile(
  request: ChangeRequest,
  approved: boolean,
  pool: IdentityPool,
  context: Context,
): Promise<FileOutcome> {
  const plan = await planUpdate(request, context)
  const facts = {
    file: plan.file,
    added: plan.groups.flatMap(({ added }) => added),
    removed: plan.groups.flatMap(({ removed }) => removed),
    groups: plan.groups,
    threshold: plan.threshold,
    rekeyed: plan.rekey !== null,
  }
  if (plan.isSame) {
    return {
      said: [`${plan.file}: unchanged, its readers are those of the rule`],
      json: { ...facts, change: "unchanged" },
    }
  }
  const lines = describePlan(plan)
  if (!approved && !(await isConfirmed(plan, lines, context))) {
    return { said: [`${plan.file}: left as it is`], json: { ...facts, change: "declined" }, exitCode: 1 }
  }
  const { warnings } = await updateKeys(request, plan, pool, context)
  const done = plan.rekey === null ? "same data key, wrapped anew" : "new data key"
  return {
    said: [...(approved ? lines : []), ...warnings, `updated  ${plan.file} (${done})`],
    json: { ...facts, change: "updated" },
  }
}

async function isConfirmed(
  plan: UpdatePlan,
  lines: readonly string[],
  { terminal }: Context,
): Promise<boolean> {
  for (const line of lines) terminal.stderr.write(`${line}\n`)
  const answer = await terminal.ask(`Change the readers of ${escapeText(plan.file)}? [y/N] `)
  if (answer === null) throw new UsageError("there is no terminal to ask on; --yes says that this is meant")
  return /^y(es)?$/i.test(answer.trim())
}

function describePlan({ file, groups, threshold, rekey, rule }: UpdatePlan): string[] {
  const several = groups.length > 1
  const before = threshold.before === 0 ? "none" : threshold.before
  return [
    file,
    ...groups.flatMap(({ kept, added, removed }, i) => [
      ...(several ? [`  group ${i + 1}`] : []),
      ...kept.map((id) => `    ${id}`),
      ...added.map((id) => `  + ${id}`),
      ...removed.map((id) => `  - ${id}`),
    ]),
    ...(threshold.before === threshold.after || (threshold.after === 0 && threshold.before < 2)
      ? []
      : [`  threshold ${before} → ${threshold.after === 0 ? "none" : threshold.after}`]),
    ...(rule.threshold === 0 && threshold.after !== 0
      ? [
          `  note: the rule names no shamir_threshold; ${threshold.after} of ${rule.groups.length} groups will open the file`,
        ]
      : []),
    ...(rekey === null ? [] : [`  a new data key, because ${REASONS[rekey]}`]),
  ]
}

const REASONS = {
  removal: "a reader goes, and may have kept the old one",
  threshold: "more groups than before are needed, and one of them may have kept the old one",
} as const
