/**
 * INI values, read as gopkg.in/ini.v1 does under SOPS' options: a port of the
 * value part of its `parser.go` (Copyright 2015 Unknwon, Apache-2.0), on
 * offsets instead of lines.
 *
 * Backticks and `"""` quote anything, also several lines; a pair of `'` or `"`
 * around the whole is taken off; an unquoted value ends at the first `#` or
 * `;`, and a backslash at its end joins the next line.
 */

import { hasCode } from "../../errors.ts"
import type { Span } from "../../sops/tree.ts"
import { endOfLine, fail, findCommentMark, type Reader, refuse, spanOf } from "./reader.ts"
import { isSpace, skipSpace, trimEnd } from "./space.ts"

/** A value's text; the span covers it as written, with its quotes. */
export type ValueText = { readonly text: string; readonly span?: Span }

const BACKSLASH = 0x5c
const TRIPLE_QUOTE = '"""'

/** Reads the value in `[start, end)`, the end of a line, and more lines if it goes on. */
export function readValue(reader: Reader, start: number, end: number): ValueText {
  const { text } = reader
  const from = skipSpace(text, start, end)
  if (from === end) {
    const at = text[start] === " " ? start + 1 : start
    return { text: "", ...spanOf(reader, at, at) }
  }
  const quote = quoteAt(text, from, end)
  if (quote !== null) return readQuoted(reader, from, end, quote)
  const to = trimEnd(text, from, end)
  if (text.charCodeAt(to - 1) === BACKSLASH) {
    refuse(
      reader,
      to - 1,
      "a backslash at the end of a value joins the next line; put the value into backticks",
    )
    return { text: joinLines(reader, from, to) }
  }
  return readUnquoted(reader, from, to)
}

function quoteAt(text: string, from: number, end: number): string | null {
  if (end - from > TRIPLE_QUOTE.length && text.startsWith(TRIPLE_QUOTE, from)) return TRIPLE_QUOTE
  return text[from] === "`" ? "`" : null
}

function readQuoted(reader: Reader, from: number, end: number, quote: string): ValueText {
  const { text } = reader
  const inner = from + quote.length
  const close = text.lastIndexOf(quote, end - quote.length)
  if (close < inner) return readQuotedLines(reader, from, inner, quote)
  refuseSecondQuote(reader, inner, close, quote)
  const rest = skipSpace(text, close + quote.length, end)
  if (rest < end) refuse(reader, rest, "text behind the closing quote; move it to a line of its own")
  return { text: text.slice(inner, close), ...spanOf(reader, from, close + quote.length) }
}

function readQuotedLines(reader: Reader, from: number, inner: number, quote: string): ValueText {
  const { text } = reader
  while (reader.at < text.length) {
    const start = reader.at
    const end = endOfLine(text, start)
    reader.at = end
    const close = lastIndexWithin(text, quote, start, end)
    if (close < 0) continue
    const behind = close + quote.length
    const restEnd = trimEnd(text, behind, end)
    const mark = findCommentMark(text, behind, end)
    const rest = skipSpace(text, behind, end)
    if (rest < restEnd && rest !== mark) {
      refuse(reader, rest, "text behind the closing quote; move it to a line of its own")
    }
    // A backslash behind the quote: ini.v1 takes the line, quote and all, and goes on.
    if (restEnd > behind && text.charCodeAt(restEnd - 1) === BACKSLASH) {
      refuse(reader, restEnd - 1, "a backslash behind the closing quote joins the next line")
      continue
    }
    refuseSecondQuote(reader, start, close, quote)
    if (mark >= 0) reader.comment.push({ start: mark, end: trimEnd(text, mark, end) })
    return { text: text.slice(inner, close), ...spanOf(reader, from, behind) }
  }
  throw fail(reader, from, "a value without its closing quote")
}

function refuseSecondQuote(reader: Reader, start: number, close: number, quote: string): void {
  const second = reader.strict ? reader.text.indexOf(quote, start) : -1
  // Quotes that overlap the closing ones are the value's own end.
  if (second >= 0 && second + quote.length <= close)
    refuse(reader, second, "the quote of a value inside it; use the other one")
}

function lastIndexWithin(text: string, quote: string, start: number, end: number): number {
  const index = text.slice(start, end).lastIndexOf(quote)
  return index < 0 ? -1 : start + index
}

/** The value without the backslash at its end, and the lines it continues on. */
function joinLines(reader: Reader, from: number, to: number): string {
  const { text } = reader
  let value = text.slice(from, to - 1)
  while (reader.at < text.length) {
    const end = endOfLine(text, reader.at)
    const start = skipSpace(text, reader.at, end)
    reader.at = end
    if (start === end) break
    const behind = trimEnd(text, start, end)
    if (text.charCodeAt(behind - 1) !== BACKSLASH) return value + text.slice(start, behind)
    value += text.slice(start, behind - 1)
  }
  return value
}

function readUnquoted(reader: Reader, from: number, end: number): ValueText {
  const { text } = reader
  let to = end
  const mark = findCommentMark(text, from, end)
  if (mark >= 0) {
    refuseCut(reader, from, mark)
    reader.comment.push({ start: mark, end })
    to = trimEnd(text, from, mark)
  }
  if (isSurrounded(text, from, to)) {
    if (isSurrounded(text, from + 1, to - 1)) {
      refuse(reader, from, "a value in two pairs of quotes; put it into backticks")
    }
    return { text: text.slice(from + 1, to - 1), ...spanOf(reader, from, to) }
  }
  return { text: text.slice(from, to), ...spanOf(reader, from, to) }
}

/** Refuses a comment sign that is more likely part of the value. */
function refuseCut(reader: Reader, from: number, mark: number): void {
  if (!reader.strict) return
  const { text } = reader
  const value = text.slice(from, mark)
  const open =
    value === "" ||
    !isSpace(text.charCodeAt(mark - 1)) ||
    isOdd(value, '"') ||
    isOdd(value, "`") ||
    (value.startsWith("'") && isOdd(value, "'"))
  if (!open) return
  refuse(
    reader,
    mark,
    "a comment sign that would cut the value; put the value into backticks, or a comment on its own line",
  )
}

function isOdd(value: string, quote: string): boolean {
  return value.split(quote).length % 2 === 0
}

/** Whether a pair of `'` or of `"` stands around the text and nowhere in it. */
function isSurrounded(text: string, from: number, to: number): boolean {
  if (to - from < 2) return false
  const quote = text.charAt(from)
  if ((quote !== '"' && quote !== "'") || text[to - 1] !== quote) return false
  return text.indexOf(quote, from + 1) === to - 1
}

/** Whether this spelling behind a key is read as `value` and nothing more; in strict reading, not refused. */
export function readsBackAs(spelling: string, value: string, strict: boolean): boolean {
  const text = `${spelling}\n`
  const end = text.indexOf("\n") + 1
  const reader: Reader = { text, strict, exact: false, at: end, comment: [] }
  try {
    return (
      readValue(reader, 0, end).text === value && reader.at === text.length && reader.comment.length === 0
    )
  } catch (error) {
    if (!hasCode(error, "syntax")) throw error
    return false
  }
}
