/** Times as people write them: `90s`, `15m`, `8h`. */

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
])

/** In milliseconds; `null` if it is none, or 0. */
export function parseDuration(text: string): number | null {
  const [, digits = "", unit = ""] = /^([0-9]{1,7})([smh])$/.exec(text) ?? []
  const duration = Number(digits) * (UNIT_MS.get(unit) ?? 0)
  return duration > 0 ? duration : null
}

/** `15 min`, `2 h 5 min`, `40 s`: rounded up, so that nothing is over while it is not. */
export function describeDuration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const rest = minutes % 60
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`
}
