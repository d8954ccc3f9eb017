/**
 * Timestamps as go.yaml.in/yaml/v3 reads them: four layouts of its
 * `resolve.go`, parsed with the leniency of Go's `time.Parse` (one-digit
 * fields, comma or period before a fraction of any length, runs of spaces).
 */

// The year has four digits, or yaml.v3 does not even try.
const DATE = /^(\d{4})-(\d\d?)-(\d\d?)/
const CLOCK = /^(\d\d?):(\d\d?):(\d\d?)(?:[.,](\d+))?/
const ZONE = /^([+-])(\d\d):(\d\d)$/

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * The canonical text (RFC 3339, up to 9 fractional digits, offset kept, `Z`
 * for none) of a timestamp, or `null` when `text` is none. An offset of 24
 * hours is let through, as in Go: RFC 3339 cannot say it, so the caller must
 * ask {@link isRfc3339Offset}.
 */
export function parseTimestamp(text: string): string | null {
  const date = DATE.exec(text)
  if (date === null) return null
  const [whole, year = "", month = "", day = ""] = date
  if (!isDay(Number(year), Number(month), Number(day))) return null
  const dated = `${year}-${pad(month)}-${pad(day)}`

  const rest = text.slice(whole.length)
  if (rest === "") return `${dated}T00:00:00Z`
  const separator = rest[0]
  if (separator === "T" || separator === "t") return readClock(dated, rest.slice(1), true)
  if (separator === " ") return readClock(dated, rest.replace(/^ +/, ""), false)
  return null
}

/** Whether the offset of a canonical text is one that RFC 3339 and SOPS can carry. */
export function isRfc3339Offset(canonical: string): boolean {
  return canonical.endsWith("Z") || Number(canonical.slice(-5, -3)) < 24
}

function readClock(dated: string, text: string, zoned: boolean): string | null {
  const clock = CLOCK.exec(text)
  if (clock === null) return null
  const [whole, hour = "", minute = "", second = "", fraction = ""] = clock
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  const zone = text.slice(whole.length)
  const offset = zoned ? readZone(zone) : zone === "" ? "Z" : null
  if (offset === null) return null
  const nanos = fraction.slice(0, 9).replace(/0+$/, "")
  const timed = `${dated}T${pad(hour)}:${pad(minute)}:${pad(second)}`
  return `${timed}${nanos === "" ? "" : `.${nanos}`}${offset}`
}

function readZone(zone: string): string | null {
  if (zone === "Z") return "Z"
  const [, sign, hours, minutes] = ZONE.exec(zone) ?? []
  if (sign === undefined) return null
  // Go takes 24 hours and 60 minutes, "as some people do write" them.
  if (Number(hours) > 24 || Number(minutes) > 60) return null
  const offset = Number(hours) * 60 + Number(minutes)
  if (offset === 0) return "Z"
  return `${sign}${pad(String(Math.floor(offset / 60)))}:${pad(String(offset % 60))}`
}

function isDay(year: number, month: number, day: number): boolean {
  const days = MONTH_DAYS[month - 1]
  if (days === undefined || day < 1) return false
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= (month === 2 && isLeap ? 29 : days)
}

function pad(digits: string): string {
  return digits.padStart(2, "0")
}
