/**
 * JSON objects as text: any white space, every escape, numbers in all their
 * spellings, duplicate keys, text behind the closing brace. Left out are
 * integers beyond 64 bits, which conclave refuses and sops rounds.
 */

import { type Random, seeded } from "./random.ts"
import { name, text } from "./words.ts"

type Layout = {
  readonly indent: string
  readonly newline: string
  readonly colon: string
  readonly maxDepth: number
}

export function jsonDocument(seed: number): Uint8Array {
  const random = seeded(seed)
  const layout = {
    indent: random.pick(["", "  ", "    ", "\t", "  "]),
    newline: random.pick(["\n", "\n", "\n", "", " ", "\r\n"]),
    colon: random.pick([": ", ":", " : ", ":\n"]),
    maxDepth: random.pick([1, 2, 3, 5]),
  }
  const before = random.chance(0.1) ? random.pick([" ", "\n", "\r\n\t"]) : ""
  const after = random.pick(["\n", "", "\n", " \n\n"])
  return Buffer.from(`${before}${object(random, layout, 0)}${after}`)
}

function object(random: Random, layout: Layout, depth: number): string {
  const keys = random.times(random.below(depth === 0 ? 9 : 5), () =>
    random.chance(0.85) ? name(random) : text(random),
  )
  // Twice the same name is valid JSON, and both are kept.
  const used = new Set<string>(depth === 0 ? ["sops"] : [])
  const entries: string[] = []
  for (const key of keys) {
    if (used.has(key) && !(key !== "sops" && random.chance(0.1))) continue
    used.add(key)
    entries.push(`${quoted(random, key)}${layout.colon}${value(random, layout, depth)}`)
  }
  return collection(layout, depth, "{", entries, "}")
}

function array(random: Random, layout: Layout, depth: number): string {
  const items = random.times(random.below(5), () => value(random, layout, depth))
  return collection(layout, depth, "[", items, "]")
}

function collection(
  layout: Layout,
  depth: number,
  open: string,
  items: readonly string[],
  close: string,
): string {
  if (items.length === 0) return open + close
  const pad = layout.newline + layout.indent.repeat(depth + 1)
  return `${open}${pad}${items.join(`,${pad}`)}${layout.newline}${layout.indent.repeat(depth)}${close}`
}

function value(random: Random, layout: Layout, depth: number): string {
  const kind = random.below(20)
  if (depth < layout.maxDepth && kind < 4) return object(random, layout, depth + 1)
  if (depth < layout.maxDepth && kind < 7) return array(random, layout, depth + 1)
  if (kind < 11) return number(random)
  if (kind < 13) return random.pick(["true", "false"])
  if (kind === 13) return "null"
  if (kind === 14) return random.pick(["{}", "[]", '""', "{ }", "[\n]"])
  return quoted(random, text(random))
}

const NUMBERS = (
  "0 -0 -0.0 1 -1 0.0 1.0 2.50 1e3 1E+2 1e21 1e-7 123456789012345680000.0 9223372036854775807 -9223372036854775808 " +
  "9007199254740993 4.9e-324 1.7976931348623157e308 0.1 100 1e2 3.0e0 1e-10 123456.7 1e20 0.000001 0.0000001 -1.5e-9"
).split(" ")

function number(random: Random): string {
  if (random.chance(0.6)) return random.pick(NUMBERS)
  const digits = random.between(-1000000, 1000000)
  return random.chance(0.5) ? String(digits) : String(digits / 10 ** random.between(1, 12))
}

const SHORT: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
])

function quoted(random: Random, content: string): string {
  if (random.chance(0.02))
    return random.pick(['"\\ud800"', '"a\\udc00b"', '"\\ud83d\\ud83d\\udd11"', '"\\/\\u002f"'])
  const escapes = random.pick([0, 0, 0.2, 1])
  let out = ""
  for (let i = 0; i < content.length; i++) {
    const unit = content.charAt(i)
    const code = unit.charCodeAt(0)
    const isHalf = code >= 0xd800 && code < 0xe000
    const short = SHORT.get(unit)
    if (short !== undefined && !random.chance(escapes / 2)) out += short
    // Both halves of a pair are escaped or neither: the two would not join otherwise.
    else if (code < 0x20 || unit === '"' || unit === "\\" || (!isHalf && random.chance(escapes)))
      out += escaped(code)
    else out += unit
  }
  return `"${out}"`
}

function escaped(code: number): string {
  return `\\u${code.toString(16).padStart(4, "0")}`
}
