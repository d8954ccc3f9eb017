/**
 * YAML scalars as people spell them: plain where that is possible, both quoted
 * styles with their escapes and line folding, literal and folded blocks with
 * every indicator, typed values in their many spellings, tags.
 */

import type { Random } from "./random.ts"
import { line, text } from "./words.ts"

/** A scalar in place: `first` behind the key or dash, `rest` as whole lines below it. */
export type Spelled = { readonly first: string; readonly rest: readonly string[] }

const INDICATORS = /^[-?:,[\]{}#&*!|>'"%@`]/
const FIRST_ALLOWED = /^[-?:][^\s,[\]{}]/
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\ufeff]/u

/** Whether `value` can stand without quotes, be it as a string or as another type. */
export function isPlain(value: string, inFlow: boolean): boolean {
  if (value === "" || value.trim() !== value || UNPRINTABLE.test(value)) return false
  if (INDICATORS.test(value) && !(FIRST_ALLOWED.test(value) && !inFlow)) return false
  if (/: | #|:$|^(---|\.\.\.)/.test(value)) return false
  return !inFlow || !/[,[\]{}]|:/.test(value)
}

export function singleQuoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

const ESCAPES: ReadonlyMap<number, readonly string[]> = new Map([
  [0x00, ["\\0", "\\x00"]],
  [0x07, ["\\a"]],
  [0x09, ["\\t", "\t"]],
  [0x0a, ["\\n"]],
  [0x0d, ["\\r"]],
  [0x1b, ["\\e", "\\x1b"]],
  [0x22, ['\\"']],
  [0x5c, ["\\\\"]],
  [0x85, ["\\N", "\\x85"]],
  [0xa0, ["\\_", "\u00a0"]],
  [0x2028, ["\\L", "\\u2028"]],
  [0x2029, ["\\P", "\\u2029"]],
  [0xfeff, ["\\ufeff"]],
])

export function doubleQuoted(random: Random, value: string): string {
  let out = ""
  for (const char of value) {
    const code = char.codePointAt(0) ?? 0
    const known = ESCAPES.get(code)
    if (known !== undefined) out += random.pick(known)
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) out += `\\x${code.toString(16).padStart(2, "0")}`
    else if (code > 0xffff && random.chance(0.3)) out += `\\U${code.toString(16).padStart(8, "0")}`
    else if (code > 0x7e && code <= 0xffff && random.chance(0.3))
      out += `\\u${code.toString(16).padStart(4, "0")}`
    else out += char
  }
  return `"${out}"`
}

/** A string on one line, in any style that can hold it there. */
export function inlineString(random: Random, value: string, inFlow: boolean, quotes: number): string {
  if (isPlain(value, inFlow) && !random.chance(quotes)) return value
  if (!UNPRINTABLE.test(value) && random.chance(0.5)) return singleQuoted(value)
  return doubleQuoted(random, value)
}

/** Numbers, booleans, nulls, dates: spelled plainly, to be resolved by the reader. */
export function typedPlain(random: Random): string {
  switch (random.below(16)) {
    case 0:
      return random.pick(["true", "false", "True", "FALSE"])
    case 1:
      return random.pick(["null", "~", "Null", "NULL"])
    case 2:
      return String(random.between(-100000, 100000))
    case 3:
      return random.pick([
        "0x1F",
        "0xff",
        "0o17",
        "0755",
        "0b1011",
        "1_000",
        "+7",
        "-0",
        "00",
        "0",
        "-17",
        "089",
        "-0x1",
      ])
    case 4:
      return `${random.below(1000)}.${random.below(1000)}`
    case 5:
      return random.pick([
        "1e3",
        "1E+2",
        "-1.5e-7",
        "1e21",
        "1e-07",
        ".5",
        "5.",
        "0.0001",
        "123456.7",
        "1e+06",
        "2.0",
        "1_0.5",
      ])
    case 6:
      return random.pick([".inf", "-.inf", ".nan", ".Inf", "+.inf", ".NAN"])
    case 7:
      return `20${random.between(10, 39)}-0${random.between(1, 9)}-${random.between(10, 28)}`
    case 8:
      return random.pick([
        "2001-12-14T21:59:43.1-05:00",
        "2001-12-14t21:59:43Z",
        "2001-12-14 21:59:43.10",
        "2001-12-14 21:59:43",
        "2001-1-2",
        "2020-02-30",
        "2001-12-15T02:59:43.123456789Z",
        "2001-12-14 21:59:43.10 -5",
        "0001-01-01",
      ])
    case 9:
      return random.pick(["12:30", "190:20:30", "1:30", "20:30:40.5"])
    case 10:
      return random.pick(["yes", "no", "on", "off", "y", "n", "Y", "No", "ON"])
    case 11:
      return random.pick(["9223372036854775807", "-9223372036854775808", "9007199254740993", "4294967296"])
    case 12:
      return String((random.below(2000000) - 1000000) / 10 ** random.below(9))
    case 13:
      return `${random.below(10)}e${random.pick(["", "+", "-"])}${random.below(25)}`
    default:
      return random.pick([
        "1__0",
        "0x_1",
        "-0o7",
        "_1",
        "1e",
        ".e1",
        "0b12",
        "0o8",
        "+.5",
        "1.5_0",
        "1e400",
        "0.1",
      ])
  }
}

export function tagged(random: Random): string {
  return random.pick([
    "!!str 123",
    "!!str true",
    "!!str",
    '!!int "3"',
    "!!int 0x10",
    "!!float 3",
    '!!float "1.5"',
    "!!bool 'true'",
    "!!null ''",
    "!custom x",
    "!Ref Bucket",
    "!vault 'v'",
    "!<tag:example.org,2026:x> y",
    "! 12",
    "!!binary aGVsbG8=",
    "!!binary /wD+",
    '!!str "quoted"',
    "!!timestamp 2001-12-14",
    "!!str 2001-12-14",
    "!env 12",
    "!!int -5",
    "!!str 0x1F",
  ])
}

/** A quoted or plain string over several lines. */
export function foldedOverLines(random: Random, column: number): Spelled {
  const words = random.times(random.between(2, 4), () =>
    random.pick(["alpha", "beta 2", "gamma's", "d: e", "zeta", "é"]),
  )
  const pad = " ".repeat(column + random.between(1, 4))
  const style = random.below(3)
  const gap = random.chance(0.2) ? [""] : []
  const [head = "", ...tail] = words
  if (style === 0)
    return { first: head, rest: [...gap, ...tail.map((word) => pad + word.replace(": ", "-"))] }
  const quote = style === 1 ? "'" : '"'
  const join = style === 2 && random.chance(0.4) ? "\\" : ""
  const inner = style === 1 ? words.map((word) => word.replaceAll("'", "''")) : words
  const rest = inner.slice(1).map((word, index) => `${pad}${word}${index < inner.length - 2 ? join : quote}`)
  return { first: `${quote}${inner[0] ?? ""}${join}`, rest: [...(join === "" ? gap : []), ...rest] }
}

/** A literal or folded block; `column` is that of the key or dash it belongs to. */
export function block(random: Random, column: number): Spelled {
  const lines = blockLines(random)
  const step = random.pick([1, 2, 2, 2, 4, 4])
  const needsDigit = /^[ \t]|^$/.test(lines[0] ?? "")
  const digit = needsDigit || random.chance(0.1) ? String(step) : ""
  const chomp = random.pick(["", "", "-", "+"])
  const indicators = random.chance(0.5) ? `${digit}${chomp}` : `${chomp}${digit}`
  const pad = " ".repeat(column + step)
  const rest = lines.map((content) => (content === "" && random.chance(0.9) ? "" : pad + content))
  const blanks = random.chance(0.25) ? random.between(1, 2) : 0
  return {
    first: `${random.pick(["|", "|", ">"])}${indicators}`,
    rest: [...rest, ...random.times(blanks, () => "")],
  }
}

function blockLines(random: Random): string[] {
  if (random.chance(0.2)) return ["-----BEGIN KEY-----", "AAAA", "BBBB==", "-----END KEY-----"]
  return random.times(random.between(1, 5), () => {
    const kind = random.below(8)
    if (kind === 0) return ""
    if (kind === 1) return `  ${line(random)}`
    if (kind === 2) return `# ${line(random)}`
    if (kind === 3) return `key: ${line(random)}`
    return line(random)
  })
}

/** Any scalar that fits on one line. */
export function inlineScalar(random: Random, inFlow: boolean, quotes: number): string {
  const kind = random.below(20)
  if (kind < 7) {
    const typed = typedPlain(random)
    return inFlow && typed.includes(":") ? singleQuoted(typed) : typed
  }
  if (kind === 7 && !inFlow) return tagged(random)
  return inlineString(random, text(random), inFlow, quotes)
}
