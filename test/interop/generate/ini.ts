/**
 * INI files as text: sections (also twice), both delimiters, every quoting,
 * comments above, behind and at the end. Left out is what sops loses or cannot
 * read back by its own faults: auto-numbered `-` keys.
 */

import { type Random, seeded } from "./random.ts"
import { line, name, remark } from "./words.ts"

export function iniDocument(seed: number): Uint8Array {
  const random = seeded(seed)
  const lines: string[] = []
  const comments = random.pick([0, 0.1, 0.3])
  if (random.chance(0.3)) section(random, lines, comments, "")
  for (let left = random.between(1, 4); left > 0; left--) {
    if (random.chance(comments)) remarks(random, lines)
    section(random, lines, comments, random.chance(0.05) ? "DEFAULT" : sectionName(random))
  }
  if (random.chance(comments / 5)) remarks(random, lines)
  const newline = random.chance(0.05) ? "\r\n" : "\n"
  const bom = random.chance(0.02) ? "\ufeff" : ""
  return Buffer.from(bom + lines.join(newline) + (random.chance(0.1) ? "" : newline))
}

function sectionName(random: Random): string {
  const kind = random.below(12)
  if (kind === 0) return random.pick(["a b", "a.b", "a:b", "x=y", "ümlaut", "a#b", "a;b", '"q"'])
  if (kind === 1) return `${name(random)}.child`
  return name(random)
}

function section(random: Random, lines: string[], comments: number, title: string): void {
  if (title !== "") lines.push(`[${title}]${random.chance(0.03) ? " " : ""}`)
  const used = new Set<string>()
  for (let left = random.below(6); left > 0; left--) {
    if (random.chance(0.1)) lines.push("")
    if (random.chance(comments)) remarks(random, lines)
    const key = entryKey(random)
    // Twice the same key in a section: sops keeps the last, conclave refuses.
    if (used.has(key) && random.chance(0.95)) continue
    used.add(key)
    lines.push(entry(random, key, comments))
  }
  if (random.chance(0.3)) lines.push("")
}

function remarks(random: Random, lines: string[]): void {
  for (let left = random.pick([1, 1, 2]); left > 0; left--)
    lines.push(`${random.pick([";", "#"])}${remark(random)}`)
}

function entry(random: Random, key: string, comments: number): string {
  const indent = random.chance(0.05) ? "  " : ""
  const delimiter = random.pick([" = ", "=", " : ", ":", "= ", " ="])
  const behind = random.chance(comments / 20) ? random.pick([" ; behind", " # behind", "\t;x"]) : ""
  return `${indent}${key}${delimiter}${entryValue(random)}${behind}`
}

function entryKey(random: Random): string {
  const kind = random.below(20)
  if (kind === 0)
    return random.pick(['"quoted key"', "`a=b`", "`a:b`", "key with blanks", "a#b", '"""x=y"""'])
  return name(random)
}

function entryValue(random: Random): string {
  const kind = random.below(20)
  // What cuts a value or joins lines is refused by conclave: rare, or no document would be left.
  const value = random.chance(0.02) ? line(random) : line(random).replace(/[#;]|\\+$|["'] /g, "")
  if (kind === 0) return ""
  if (kind === 1) return `"${value}"`
  if (kind === 2) return `'${value}'`
  if (kind === 3) return `\`${value.replaceAll("`", "")}\``
  if (kind === 4) return `"""${value}\nsecond\n  third"""`
  if (kind === 5) return random.pick(["a\\b", "%(other)s", "x = y", "1.0", "true"])
  return value
}
