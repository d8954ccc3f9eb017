/** `conclave repair`: a file that git has merged as text gets a MAC again, after a look at what it says. */

import { ConclaveError } from "#core/errors.ts"
import { defineCommand, type Outcome, UsageError } from "../command.ts"
import { confirm } from "../confirm.ts"
import type { Context } from "../context.ts"
import { CHANGE_OPTIONS, changeRequest } from "../file-options.ts"
import { type Place, type RepairPlan, withRepairPlan } from "../operations/repair.ts"
import { escapeText } from "../terminal.ts"

export const repair = defineCommand({
  name: "repair",
  summary: "Give a file that git has merged as text a MAC again",
  usage: ["conclave repair [OPTIONS] FILE", "conclave repair --base REV FILE"],
  examples: [
    "conclave repair secrets/prod/db.yaml",
    "conclave repair --base main --base feature secrets/prod/db.yaml",
    "conclave repair --yes secrets/prod/db.yaml",
  ],
  options: {
    base: {
      type: "strings",
      value: "REV",
      help: "compare with this revision, not with those that were merged",
    },
    yes: { type: "boolean", short: "y", help: "do it without asking" },
    ...CHANGE_OPTIONS,
  },

  async run({ values, positionals }, context) {
    const [file, ...more] = positionals
    if (file === undefined || more.length > 0) throw new UsageError("give one FILE")
    const request = { ...changeRequest(file, values, context), file, bases: values.base ?? [] }
    return withRepairPlan(request, context, async (plan) => {
      const lines = [...plan.warnings, ...describe(file, plan)]
      const json = { file, values: plan.values, revisions: plan.revisions, places: plan.places }
      if (plan.isWhole) {
        return {
          said: [...lines, `${file}: nothing to repair, not written`],
          json: { ...json, written: null },
        }
      }
      refuseClosed(file, plan, values.json === true ? [] : lines, context)
      if (values.yes !== true && !(await isConfirmed(file, lines, context))) {
        return { said: [`${file}: not written`], json: { ...json, written: null }, exitCode: 1 }
      }
      const warnings = await plan.write()
      const said = values.yes === true ? lines : []
      return {
        said: [...said, ...warnings, `repaired  ${file}`],
        json: { ...json, written: file },
      } satisfies Outcome
    })
  },
})

function describe(file: string, { values, isWhole, places, revisions }: RepairPlan): string[] {
  const closed = places.filter(({ state }) => state === "closed").length
  const mac = isWhole ? "the MAC fits" : "the MAC does not fit"
  const counts = `${values} ${values === 1 ? "value" : "values"}, ${values - closed} open, ${mac}`
  const compared = revisions.length === 0 ? "" : `; compared with ${revisions.join(" and ")}`
  const width = Math.max(0, ...places.map(({ path }) => escapeText(path).length))
  return [
    `${file}: ${counts}${compared}`,
    ...places.map((place) => `  ${escapeText(place.path).padEnd(width)}  ${describePlace(place)}`),
  ]
}

const STATES = {
  opens: null,
  foreign: "was under the other side's data key",
  clear: "stands in clear, and will be encrypted",
  closed: "does not open",
} as const

function describePlace({ state, differs }: Place): string {
  const against = (kind: string) =>
    differs.filter(({ change }) => change === kind).map(({ revision }) => revision)
  const parts = [
    STATES[state],
    phrase("differs from", against("changed")),
    phrase("is not in", against("added")),
    phrase("is only in", against("removed")),
  ]
  return parts.filter((part) => part !== null).join("; ")
}

function phrase(words: string, revisions: readonly string[]): string | null {
  return revisions.length === 0 ? null : `${words} ${revisions.join(" and ")}`
}

/** @throws {@link ConclaveError} `not-authentic`: a MAC over what nobody can read would be a lie. */
function refuseClosed(
  file: string,
  { places }: RepairPlan,
  lines: readonly string[],
  context: Context,
): void {
  const closed = places.filter(({ state }) => state === "closed")
  const [first] = closed
  if (first === undefined) return
  for (const line of lines) context.terminal.stderr.write(`${line}\n`)
  const count = closed.length === 1 ? "a value does" : `${closed.length} values do`
  throw new ConclaveError("not-authentic", `${file}: ${count} not open; nothing was written`, {
    at: first.path,
  })
}

async function isConfirmed(file: string, lines: readonly string[], { terminal }: Context): Promise<boolean> {
  for (const line of lines) terminal.stderr.write(`${line}\n`)
  const answer = await confirm(`Give ${file} a new MAC over these values?`, terminal)
  if (answer === null) throw new UsageError("there is no terminal to ask on; --yes says that this is meant")
  return answer
}
