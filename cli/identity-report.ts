/** Where identities were looked for, in words: what a person needs when nothing opens. */

import type { SourceReport } from "#core/host/identities/report.ts"

/** One line for each place that was tried and gave nothing, and one for all that are not there. */
export function describeSources(reports: readonly SourceReport[]): string[] {
  const absent = reports.filter(({ state }) => state === "absent").map(({ source }) => source)
  const others = reports.filter(({ state }) => state !== "absent")
  return [
    ...others.map(
      ({ source, state, reason }) => `${source}: ${reason === undefined ? state : `${state}: ${reason}`}`,
    ),
    ...others.flatMap(({ source, warnings }) => warnings.map((warning) => `${source}: warning: ${warning}`)),
    ...(absent.length === 0 ? [] : [`(not there) ${absent.join(", ")}`]),
  ]
}
