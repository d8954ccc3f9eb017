/** Where identities were looked for, in words: what a person needs when nothing opens. */

import { ConclaveError, hasCode } from "#core/errors.ts"
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

/** Adds to the report where identities were looked for, as sops does. */
export function withSources(error: unknown, file: string, reports: readonly SourceReport[]): unknown {
  const sources = describeSources(reports)
  if (hasCode(error, "no-identity")) {
    const details = { ...error.details, sources }
    return new ConclaveError("no-identity", `no identity here opens ${file}`, details, { cause: error })
  }
  if (hasCode(error, "below-threshold")) {
    const details = { ...error.details, sources }
    return new ConclaveError("below-threshold", `${file}: ${error.message}`, details, { cause: error })
  }
  return error
}
