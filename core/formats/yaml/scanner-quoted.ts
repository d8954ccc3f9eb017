/**
 * Scans single and double quoted scalars, with their escapes and folded line
 * breaks.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `scannerc.go`
 * (yaml_parser_scan_flow_scalar).
 */

import {
  BACKSLASH,
  DOUBLE_QUOTE,
  hexValue,
  isBlank,
  isBreak,
  isBreakOrEnd,
  isLowSurrogate,
  SINGLE_QUOTE,
} from "./characters.ts"
import type { Mark } from "./event.ts"
import type { Cursor } from "./scanner-cursor.ts"
import { syntaxError } from "./scanner-error.ts"
import type { ScalarToken } from "./token.ts"

/**
 * The cursor must stand on the opening quote; it ends behind the closing one.
 *
 * @throws {@link ConclaveError} `syntax` for an unknown or broken escape, a
 * document indicator within, or no closing quote
 */
export function scanQuotedScalar(cursor: Cursor, style: "single" | "double"): ScalarToken {
  const start = cursor.mark()
  cursor.skip(1)
  const quote = style === "single" ? SINGLE_QUOTE : DOUBLE_QUOTE
  const parts: string[] = []
  for (;;) {
    if (cursor.atDocumentIndicator()) {
      throw syntaxError(
        "found unexpected document indicator",
        cursor.mark(),
        "while scanning a quoted scalar",
        start,
      )
    }
    if (cursor.code() === 0) {
      throw syntaxError(
        "found unexpected end of stream",
        cursor.mark(),
        "while scanning a quoted scalar",
        start,
      )
    }
    const joined = style === "single" ? scanSingleLine(cursor, parts) : scanDoubleLine(cursor, parts, start)
    if (cursor.code() === quote) break
    foldBreaks(cursor, parts, joined)
  }
  cursor.skip(1)
  const value = parts.length === 1 ? (parts[0] as string) : parts.join("")
  return { type: "scalar", start, end: cursor.mark(), value, style }
}

/** Takes the text up to the closing quote or the end of the line. */
function scanSingleLine(cursor: Cursor, parts: string[]): boolean {
  const { source } = cursor
  let from = cursor.pos
  let pos = from
  for (;;) {
    const code = source.charCodeAt(pos)
    if (code === SINGLE_QUOTE) {
      if (source.charCodeAt(pos + 1) !== SINGLE_QUOTE) break
      parts.push(source.slice(from, pos + 1))
      pos += 2
      from = pos
      continue
    }
    if (isBreakOrEnd(code)) break
    if (isLowSurrogate(code)) cursor.passPair()
    pos++
  }
  pushText(cursor, parts, from, pos)
  return false
}

/** As {@link scanSingleLine}, and stops behind an escaped line break, which it tells. */
function scanDoubleLine(cursor: Cursor, parts: string[], start: Mark): boolean {
  const { source } = cursor
  let from = cursor.pos
  let pos = from
  for (;;) {
    const code = source.charCodeAt(pos)
    if (code === BACKSLASH) {
      if (pos > from) parts.push(source.slice(from, pos))
      cursor.pos = pos
      if (isBreak(source.charCodeAt(pos + 1))) {
        cursor.skip(1)
        cursor.skipBreak()
        return true
      }
      parts.push(scanEscape(cursor, start))
      pos = cursor.pos
      from = pos
      continue
    }
    if (code === DOUBLE_QUOTE || isBreakOrEnd(code)) break
    if (isLowSurrogate(code)) cursor.passPair()
    pos++
  }
  pushText(cursor, parts, from, pos)
  return false
}

/** Adds the text between the last escape and the cursor's new place; blanks before a break are not content. */
function pushText(cursor: Cursor, parts: string[], from: number, pos: number): void {
  const { source } = cursor
  cursor.pos = pos
  let to = pos
  if (isBreak(source.charCodeAt(pos))) {
    while (to > from && isBlank(source.charCodeAt(to - 1))) to--
  }
  if (to > from) parts.push(source.slice(from, to))
}

/** Passes breaks and blanks up to the next line with text. Of breaks behind an escaped one none is folded. */
function foldBreaks(cursor: Cursor, parts: string[], joined: boolean): void {
  let onNewLine = joined
  let leading = ""
  let trailing = ""
  for (;;) {
    const code = cursor.code()
    if (isBlank(code)) {
      cursor.pos++
    } else if (!isBreak(code)) {
      break
    } else if (onNewLine) {
      trailing += cursor.readBreak()
    } else {
      leading = cursor.readBreak()
      onNewLine = true
    }
  }
  if (leading === "\n") parts.push(trailing || " ")
  else if (leading !== "" || trailing !== "") parts.push(leading + trailing)
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\x07"],
  ["b", "\b"],
  ["t", "\t"],
  ["\t", "\t"],
  ["n", "\n"],
  ["v", "\v"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\x1b"],
  [" ", " "],
  ['"', '"'],
  ["'", "'"],
  ["\\", "\\"],
  ["N", "\x85"],
  ["_", "\xa0"],
  ["L", "\u2028"],
  ["P", "\u2029"],
])

const CODE_LENGTHS: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["u", 4],
  ["U", 8],
])

function scanEscape(cursor: Cursor, start: Mark): string {
  const letter = cursor.source.charAt(cursor.pos + 1)
  const text = ESCAPES.get(letter)
  if (text !== undefined) {
    cursor.skip(2)
    return text
  }
  const length = CODE_LENGTHS.get(letter)
  if (length === undefined) throw badEscape("found unknown escape character", cursor, start)
  cursor.skip(2)
  let value = 0
  for (let i = 0; i < length; i++) {
    const digit = hexValue(cursor.source.charCodeAt(cursor.pos + i))
    if (digit < 0) throw badEscape("did not find expected hexdecimal number", cursor, start)
    value = value * 16 + digit
  }
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) {
    throw badEscape("found invalid Unicode character escape code", cursor, start)
  }
  cursor.skip(length)
  return String.fromCodePoint(value)
}

function badEscape(problem: string, cursor: Cursor, start: Mark): Error {
  return syntaxError(problem, cursor.mark(), "while parsing a quoted scalar", start)
}
