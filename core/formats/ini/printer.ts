/**
 * Sections to INI text, as gopkg.in/ini.v1 writes them: a port of `file.go`
 * (Copyright 2017 Unknwon, Apache-2.0). Keys are aligned in each section, a
 * blank line stands between sections, comments above what they belong to.
 *
 * ini.v1 writes some values in a form that it reads back as another value:
 * `"a"` loses its quotes, a backslash at the end joins the next line. The uses
 * differ in how they spell those.
 */

import { toUtf8 } from "../../bytes.ts"
import { notRepresentable } from "../refusal.ts"
import { canSpellKey, spellKey } from "./key-name.ts"
import { DEFAULT_SECTION } from "./parser.ts"
import { trim } from "./space.ts"
import { readsBackAs } from "./value.ts"

/** What is printed of a section. A comment may have several lines. */
export type PrintedSection = {
  readonly name: string
  readonly comment: string
  readonly keys: readonly { readonly name: string; readonly value: string; readonly comment: string }[]
}

/**
 * What the text is for. `plain`: as SOPS prints it, except for a value that
 * would swallow the lines behind it. `encrypted`: every value reads back in
 * SOPS. `editor`: every value reads back, and strict reading refuses none.
 */
export type PrintUse = "plain" | "encrypted" | "editor"

const TRIPLE_QUOTE = '"""'
const CIPHERTEXT = /^ENC\[[A-Za-z0-9+/=:,_]*\]$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const ASCII = /^[\x00-\x7f]*$/

/** @throws {@link ConclaveError} `not-representable` for names that do not read back. */
export function printIni(sections: readonly PrintedSection[], use: PrintUse): string {
  const parts: string[] = []
  for (const [index, section] of sections.entries()) {
    pushComment(parts, section.comment, false)
    if (index > 0 || !isDefaultName(section.name)) parts.push(`[${sectionName(section.name)}]\n`)
    else if (section.keys.length === 0) continue
    pushKeys(parts, section, use)
    if (index < sections.length - 1) parts.push("\n")
  }
  return parts.join("")
}

/** Whether ini.v1 leaves the header out, at the top of a file. */
function isDefaultName(name: string): boolean {
  if (name === DEFAULT_SECTION) return true
  if (name.toUpperCase() !== DEFAULT_SECTION) return false
  throw notRepresentable("ini", [name], `reads back as ${DEFAULT_SECTION} at the top of a file`)
}

function sectionName(name: string): string {
  if (name !== "" && !name.includes("\n")) return name
  throw notRepresentable("ini", [name], "not a name of a section")
}

function pushKeys(parts: string[], section: PrintedSection, use: PrintUse): void {
  const seen = new Set<string>()
  const spellings = section.keys.map(({ name }) => {
    if (seen.has(name)) throw notRepresentable("ini", [section.name, name], "occurs twice in its section")
    if (!canSpellKey(name)) throw notRepresentable("ini", [section.name, name], "not a key that reads back")
    seen.add(name)
    return spellKey(name)
  })
  const widths = spellings.map(byteLength)
  const width = widths.reduce((a, b) => Math.max(a, b), 0)
  for (const [i, { name, value, comment }] of section.keys.entries()) {
    pushComment(parts, comment, true)
    const spelling = spellValue(value, use)
    if (spelling === null)
      throw notRepresentable("ini", [section.name, name], "no quotes can hold this value")
    parts.push(spellings[i] as string, " ".repeat(width - (widths[i] as number)), " = ", spelling, "\n")
  }
}

/** Bytes of UTF-8: ini.v1 aligns by them. */
function byteLength(text: string): number {
  return ASCII.test(text) ? text.length : toUtf8(text).length
}

function pushComment(parts: string[], comment: string, trimLines: boolean): void {
  if (comment === "") return
  for (const line of comment.split("\n")) {
    const marker = line.charAt(0)
    if (marker === "#" || marker === ";") parts.push(marker, " ", trim(line.slice(1)), "\n")
    else parts.push("; ", trimLines ? trim(line) : line, "\n")
  }
}

/** A value with the quotes that it needs; `null` when none can hold it. */
function spellValue(value: string, use: PrintUse): string | null {
  if (CIPHERTEXT.test(value)) return value
  const usual = usualSpelling(value)
  if (use === "plain" && !value.includes(TRIPLE_QUOTE)) return usual
  const spellings = [usual, value, `\`${value}\``, TRIPLE_QUOTE + value + TRIPLE_QUOTE]
  return spellings.find((spelling) => readsBackAs(spelling, value, use === "editor")) ?? null
}

function usualSpelling(value: string): string {
  if (/[\n`]/.test(value)) return TRIPLE_QUOTE + value + TRIPLE_QUOTE
  if (/[#;]/.test(value)) return `\`${value}\``
  return trim(value) === value ? value : `"${value}"`
}
