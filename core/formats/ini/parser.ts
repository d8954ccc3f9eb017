/**
 * INI text to sections, read as gopkg.in/ini.v1 does under SOPS' options
 * (sections of the same name stay apart): a port of `parser.go` (Copyright
 * 2015 Unknwon, Apache-2.0). A comment belongs to the section or key below it,
 * or to the key before it on its line.
 *
 * Strict reading refuses what ini.v1 drops or changes in silence; the other
 * reading is ini.v1's own, for what SOPS has written.
 */

import type { Span } from "../../sops/tree.ts"
import { duplicateKey } from "../refusal.ts"
import type { SourceText } from "../source-text.ts"
import { readKeyName } from "./key-name.ts"
import {
  type CommentText,
  endOfLine,
  fail,
  findCommentMark,
  type Reader,
  refuse,
  refuseRawBytes,
  takeComment,
} from "./reader.ts"
import { skipSpace } from "./space.ts"
import { readValue, type ValueText } from "./value.ts"

export type IniKey = {
  readonly name: string
  readonly nameSpan?: Span
  readonly value: ValueText
  readonly comment: CommentText | null
}

export type IniSection = {
  readonly name: string
  readonly nameSpan?: Span
  readonly comment: CommentText | null
  readonly keys: readonly IniKey[]
}

/** The section of the keys above the first header. */
export const DEFAULT_SECTION = "DEFAULT"

/** A section while it is read: each key's place in the list. */
type OpenSection = IniSection & { readonly keys: IniKey[]; readonly places: Map<string, number> }

/**
 * The sections in order, `DEFAULT` always first.
 *
 * @throws {@link ConclaveError} `syntax`; in strict reading also `duplicate-key`.
 */
export function parseIni(source: SourceText, strict: boolean): readonly IniSection[] {
  const { text, exact } = source
  const reader: Reader = { text, strict, exact, at: text.startsWith("\ufeff") ? 1 : 0, comment: [] }
  if (/^(?:\udcfe\udcff|\udcff\udcfe)/.test(text)) throw fail(reader, 0, "UTF-16; save the file as UTF-8")
  let section: OpenSection = { name: DEFAULT_SECTION, comment: null, keys: [], places: new Map() }
  const sections = [section]
  while (reader.at < text.length) {
    const lineStart = reader.at
    const end = endOfLine(text, lineStart)
    reader.at = end
    const start = skipSpace(text, lineStart, end)
    if (start === end) continue
    const first = text[start]
    if (first === "#" || first === ";") {
      reader.comment.push({ start, end })
    } else if (first === "[") {
      section = readHeader(reader, start, end)
      sections.push(section)
    } else {
      readKey(reader, section, start, end)
    }
  }
  const [lost] = reader.comment
  if (lost !== undefined) {
    refuse(
      reader,
      lost.start,
      "a comment behind the last key would be lost; move it above a key or a section",
    )
  }
  return sections
}

function readHeader(reader: Reader, start: number, end: number): OpenSection {
  const { text } = reader
  const close = text.slice(start, end).lastIndexOf("]") + start
  if (close < start) throw fail(reader, start, "a section without its closing bracket")
  const name = text.slice(start + 1, close)
  if (name === "") throw fail(reader, start, "a section without a name")
  refuseRawBytes(reader, start, close, "section name")
  const bracket = name.indexOf("]")
  if (bracket >= 0) {
    refuse(reader, start + 1 + bracket, "a bracket in a section's name; move a comment to a line of its own")
  }
  const mark = findCommentMark(text, close + 1, end)
  const rest = skipSpace(text, close + 1, end)
  if (rest < end && rest !== mark) refuse(reader, rest, "text behind a section's name")
  if (mark >= 0) reader.comment.push({ start: mark, end })
  const comment = takeComment(reader)
  const span = reader.exact ? { nameSpan: { start: start + 1, end: close } } : {}
  return { name, ...span, comment, keys: [], places: new Map() }
}

function readKey(reader: Reader, section: OpenSection, start: number, end: number): void {
  const key = readKeyName(reader, start, end)
  const value = readValue(reader, key.valueStart, end)
  const comment = takeComment(reader)
  const span = reader.exact ? { nameSpan: { start: key.start, end: key.end } } : {}
  const entry = { name: key.name, ...span, value, comment }
  const place = section.places.get(key.name)
  if (place === undefined) {
    section.places.set(key.name, section.keys.length)
    section.keys.push(entry)
  } else {
    if (reader.strict) throw duplicateKey(reader.text, start, key.name)
    // In ini.v1 the last value wins, at the first one's place.
    section.keys[place] = entry
  }
}
