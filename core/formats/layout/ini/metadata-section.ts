/** The section `[sops]` of an INI text: added at its end, taken away, or changed line by line. */

import { toUtf8 } from "../../../bytes.ts"
import type { MapNode } from "../../../sops/tree.ts"
import { flattenMetadata } from "../../flatten.ts"
import { type IniKey, type IniSection, parseIni } from "../../ini/parser.ts"
import { printIni } from "../../ini/printer.ts"
import { ini } from "../../ini.ts"
import { toText } from "../../text-value.ts"
import {
  applyEdits,
  applyWithin,
  type Edit,
  lacksFinalBreak,
  lineBreakOf,
  lineStartAt,
  nextLineAt,
} from "../edits.ts"
import { changedFlatFields } from "../metadata-fields.ts"

const METADATA_SECTION = "sops"
const ESCAPED_BREAK = "\\n"

/** Puts the section at the end, behind a blank line; as the file before had it, with what differs changed. */
export function addMetadata(source: string, metadata: MapNode, previous: string | null): Edit {
  const lineBreak = lineBreakOf(source)
  const old = previous === null ? null : sectionRange(previous)
  const text =
    previous === null || old === null
      ? printSection(metadata).replaceAll("\n", lineBreak)
      : applyWithin(previous, old.start, old.end, replacements(previous, metadata))
  const { length } = source
  if (source === "") return { start: 0, end: 0, text: withBreak(text, lineBreak) }
  const block = lacksFinalBreak(source) ? lineBreak + trimBreak(text) : withBreak(text, lineBreak)
  return { start: length, end: length, text: lineBreak + block }
}

function trimBreak(text: string): string {
  return text.replace(/\r?\n$/, "")
}

function withBreak(text: string, lineBreak: string): string {
  return text.endsWith("\n") ? text : text + lineBreak
}

/** The plaintext of an encrypted source in which everything else is plaintext already. */
export function removeMetadata(source: string): Edit[] {
  const range = sectionRange(source)
  if (range === null) return []
  const { start, end } = range
  const blank = start > 0 ? lineStartAt(source, start - 1) : start
  const from = source.slice(blank, start).trim() === "" ? blank : start
  // Where the section is not ended, the text before it was not.
  const isOpen = end === source.length && lacksFinalBreak(source) && from > 0
  return [{ start: isOpen ? from - (source[from - 2] === "\r" ? 2 : 1) : from, end, text: "" }]
}

export function replaceMetadata(source: string, metadata: MapNode): string {
  return applyEdits(source, replacements(source, metadata))
}

/** From the header to behind the last key's line. */
function sectionRange(source: string): { start: number; end: number } | null {
  const section = sectionOf(source)
  if (section?.nameSpan === undefined) return null
  const last = section.keys.at(-1)
  return {
    start: lineStartAt(source, section.nameSpan.start),
    end: nextLineAt(source, last?.value.span?.end ?? section.nameSpan.end),
  }
}

function sectionOf(source: string): IniSection | undefined {
  return parseIni({ text: source, exact: true }, false).find(({ name }) => name === METADATA_SECTION)
}

function replacements(source: string, metadata: MapNode): Edit[] {
  const section = sectionOf(source)
  if (section === undefined) return []
  const lineBreak = lineBreakOf(source)
  const old = ini.parseEncrypted(toUtf8(source)).metadata
  const edits: Edit[] = []
  for (const { key, entry } of changedFlatFields(old, metadata)) {
    const line = section.keys.find(({ name }) => name === key)
    if (line === undefined) {
      if (entry !== null)
        edits.push(insertLine(source, section, key, flatText(toText(entry.value)), lineBreak))
    } else if (entry === null) {
      edits.push({ ...linesOf(source, line), text: "" })
    } else if (line.value.span !== undefined) {
      edits.push({ ...line.value.span, text: flatText(toText(entry.value)) })
    }
  }
  return edits
}

function linesOf(source: string, { nameSpan, value }: IniKey): { start: number; end: number } {
  const start = nameSpan?.start ?? 0
  return { start: lineStartAt(source, start), end: nextLineAt(source, value.span?.end ?? start) }
}

/** Before the first key that sorts behind it, with its `=` below theirs where there is room. */
function insertLine(source: string, section: IniSection, key: string, text: string, lineBreak: string): Edit {
  const next = section.keys.find(({ name }) => name > key)
  const neighbour = next ?? section.keys.at(-1)
  if (neighbour === undefined) throw new Error("a metadata section without keys")
  const { start, end } = linesOf(source, neighbour)
  const valueStart = neighbour.value.span?.start ?? end
  const sign = source.slice(neighbour.nameSpan?.end, valueStart)
  const width = valueStart - start
  const line = `${key}${sign.trim() === "=" ? ` ${sign.trim()} `.padStart(width - key.length, " ") : " = "}${text}`
  const at = next === undefined ? end : start
  const open = at === source.length && lacksFinalBreak(source)
  return { start: at, end: at, text: open ? lineBreak + line : line + lineBreak }
}

function printSection(metadata: MapNode): string {
  const keys = flattenMetadata(metadata).map(({ key, value }) => ({
    name: key,
    value: flatText(toText(value)),
    comment: "",
  }))
  return printIni([{ name: METADATA_SECTION, comment: "", keys }], "encrypted")
}

function flatText(text: string): string {
  return text.replaceAll("\n", ESCAPED_BREAK)
}
