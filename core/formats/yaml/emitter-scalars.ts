/**
 * Writing of scalars in the five styles, never folded for width.
 *
 * ported from go.yaml.in/yaml/v3 (libyaml, MIT / Apache-2.0), see NOTICE:
 * `yaml_emitter_write_*_scalar` of `emitterc.go`. Block scalars differ where
 * yaml.v3 could not read its own text, or read another value: the digit behind
 * `|` and `>` is the indentation really used, not the configured one, which is
 * another below a list item; it also stands when the text begins with a tab;
 * and a comment of several lines stays on the line of the indicator.
 */

import { BACKSLASH, DOUBLE_QUOTE, isBlank, isBreak, isSpaceOrEnd, LF } from "./characters.ts"
import { isPrintable } from "./emitter-analysis.ts"
import { processLineComment } from "./emitter-comments.ts"
import {
  type Emitter,
  endText,
  put,
  putBreak,
  putBreakOf,
  putSpace,
  writeIndent,
  writeIndicator,
} from "./emitter-output.ts"
import type { ScalarStyle } from "./node.ts"

const BOM = "\ufeff"

/** Writes the event's scalar in a style that its text allows. */
export function writeScalar(emitter: Emitter, style: ScalarStyle): void {
  switch (style) {
    case "plain":
      writePlain(emitter)
      break
    case "single":
      writeSingleQuoted(emitter)
      break
    case "double":
      writeDoubleQuoted(emitter)
      break
    case "literal":
      writeLiteral(emitter)
      break
    case "folded":
      writeFolded(emitter)
      break
  }
}

function writePlain(emitter: Emitter): void {
  if (emitter.value !== "") {
    putSpace(emitter)
    put(emitter, emitter.value)
    emitter.whitespace = false
  }
  emitter.indention = false
}

function writeSingleQuoted(emitter: Emitter): void {
  const { value } = emitter
  writeIndicator(emitter, "'", { spaced: true })
  let afterBreak = false
  for (let i = 0; i < value.length; ) {
    const code = value.charCodeAt(i)
    if (isBreak(code)) {
      // A single line feed would fold into a space.
      if (!afterBreak && code === LF) putBreak(emitter)
      putBreakOf(emitter, value, i++)
      afterBreak = true
      continue
    }
    if (afterBreak) writeIndent(emitter)
    const start = i
    i = endOfLine(value, i)
    put(emitter, value.slice(start, i).replaceAll("'", "''"))
    emitter.indention = false
    afterBreak = false
  }
  writeIndicator(emitter, "'")
  endText(emitter)
}

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x00, "\\0"],
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0b, "\\v"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [0x1b, "\\e"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
  [0x85, "\\N"],
  [0xa0, "\\_"],
  [0x2028, "\\L"],
  [0x2029, "\\P"],
])

function writeDoubleQuoted(emitter: Emitter): void {
  const { value } = emitter
  // libyaml looks for a BOM at the start of the text, not where it stands: such a text is escaped throughout.
  const escapesAll = value.startsWith(BOM)
  writeIndicator(emitter, '"', { spaced: true })
  let start = 0
  for (let i = 0; i < value.length; ) {
    const code = value.charCodeAt(i)
    const isClean = isPrintable(value, i) && code !== DOUBLE_QUOTE && code !== BACKSLASH && !isBreak(code)
    if (isClean && !escapesAll) {
      i++
      continue
    }
    if (i > start) put(emitter, value.slice(start, i))
    const point = value.codePointAt(i) ?? code
    put(emitter, ESCAPES.get(point) ?? escapeHex(point))
    i += point > 0xffff ? 2 : 1
    start = i
  }
  if (start < value.length) put(emitter, start === 0 ? value : value.slice(start))
  writeIndicator(emitter, '"')
  endText(emitter)
}

function escapeHex(point: number): string {
  const hex = point.toString(16).toUpperCase()
  if (point <= 0xff) return `\\x${hex.padStart(2, "0")}`
  if (point <= 0xffff) return `\\u${hex.padStart(4, "0")}`
  return `\\U${hex.padStart(8, "0")}`
}

function writeLiteral(emitter: Emitter): void {
  const { value } = emitter
  startBlock(emitter, "|")
  let afterBreak = true
  for (let i = 0; i < value.length; ) {
    if (isBreak(value.charCodeAt(i))) {
      putBreakOf(emitter, value, i++)
      afterBreak = true
      continue
    }
    if (afterBreak) writeIndent(emitter)
    const start = i
    i = endOfLine(value, i)
    put(emitter, value.slice(start, i))
    emitter.indention = false
    afterBreak = false
  }
}

function writeFolded(emitter: Emitter): void {
  const { value } = emitter
  startBlock(emitter, ">")
  // As in libyaml, which asks for the first line of the text each time, not for the next one.
  const firstLine = startOfLine(value)
  const startsBlank = isSpaceOrEnd(value.charCodeAt(firstLine))
  let afterBreak = true
  let leadingSpaces = true
  for (let i = 0; i < value.length; ) {
    const code = value.charCodeAt(i)
    if (isBreak(code)) {
      if (!afterBreak && !leadingSpaces && code === LF && !startsBlank) putBreak(emitter)
      putBreakOf(emitter, value, i++)
      afterBreak = true
      continue
    }
    if (afterBreak) {
      writeIndent(emitter)
      leadingSpaces = isBlank(code)
    }
    const start = i
    i = endOfLine(value, i)
    put(emitter, value.slice(start, i))
    emitter.indention = false
    afterBreak = false
  }
}

const BREAKS = /[\n\r\u0085\u2028\u2029]+/g

/** Writes the indicator with its hints and whatever comment stands behind it, and ends the line. */
function startBlock(emitter: Emitter, indicator: string): void {
  writeIndicator(emitter, indicator, { spaced: true })
  writeBlockHints(emitter)
  // On a line of its own, a second comment line would be the text's first line.
  emitter.lineComment = emitter.lineComment.replace(BREAKS, " ")
  if (!processLineComment(emitter)) putBreak(emitter)
  emitter.whitespace = true
}

function writeBlockHints(emitter: Emitter): void {
  const { value } = emitter
  const first = value.charCodeAt(0)
  if (isBlank(first) || isBreak(first)) {
    writeIndicator(emitter, String(blockIndent(emitter)))
  }
  const { length } = value
  if (!isBreak(value.charCodeAt(length - 1))) writeIndicator(emitter, "-")
  else if (length === 1 || isBreak(value.charCodeAt(length - 2))) writeIndicator(emitter, "+")
}

function blockIndent(emitter: Emitter): number {
  const { value, indents, indent, bestIndent } = emitter
  // Without a line of text any digit is right, so yaml.v3's is.
  if (startOfLine(value) === value.length) return bestIndent
  return indent - Math.max(indents.at(-1) ?? 0, 0)
}

function endOfLine(value: string, index: number): number {
  let end = index
  while (end < value.length && !isBreak(value.charCodeAt(end))) end++
  return end
}

function startOfLine(value: string): number {
  let start = 0
  while (start < value.length && isBreak(value.charCodeAt(start))) start++
  return start
}
