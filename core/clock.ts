/** The clock port and the one spelling of a moment in SOPS' metadata. */

export interface Clock {
  now(): Date
}

/** RFC 3339 in UTC with whole seconds, as SOPS writes `lastmodified` and `created_at`. */
export function toTimestamp(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`
}
