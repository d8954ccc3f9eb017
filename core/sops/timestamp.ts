/**
 * RFC 3339 moments as Go's `time` package reads and prints them: upper-case
 * `T` and `Z`, real calendar days, no leap second, an offset of hours and
 * minutes; printed with the offset kept, `+00:00` as `Z`, trailing zeros of
 * the fraction dropped and digits behind the ninth cut.
 */

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/

/** Canonical text with up to nine fractional digits (Go `RFC3339Nano`); `null` if it is no such moment. */
export function canonicalTime(text: string): string | null {
  const match = RFC3339.exec(text)
  if (match === null) return null
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = match
  if (!isDay(Number(year), Number(month), Number(day))) return null
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  if (zone !== "Z" && (Number(zone.slice(1, 3)) > 23 || Number(zone.slice(4)) > 59)) return null
  const digits = fraction.slice(0, 9).replace(/0+$/, "")
  const offset = zone.slice(1) === "00:00" ? "Z" : zone
  return `${text.slice(0, 19)}${digits === "" ? "" : `.${digits}`}${offset}`
}

/** The same with whole seconds (Go `RFC3339`). */
export function canonicalSeconds(text: string): string | null {
  const canonical = canonicalTime(text)
  return canonical === null ? null : canonical.replace(/\.\d+/, "")
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  return day <= days
}
