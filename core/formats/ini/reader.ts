/**
 * What the steps of INI parsing share: the text, the place in it, the comment
 * that waits for its section or key, and how to refuse.
 */

import type { ConclaveError } from "../../errors.ts"
import type { Span } from "../../sops/tree.ts"
import { syntaxError } from "../refusal.ts"
import { firstRawByte } from "../source-text.ts"
import { trim } from "./space.ts"

/** A stretch of the source that belongs to a comment, from its `#` or `;` on. */
type CommentPart = { readonly start: number; readonly end: number }

export type Reader = {
  readonly text: string
  /** Refuse what ini.v1 would drop or change without a word. */
  readonly strict: boolean
  /** Whether offsets mean something outside, so that spans are given. */
  readonly exact: boolean
  /** Offset of the next line. */
  at: number
  /** Comment lines and a comment behind a value, until something takes them. */
  comment: CommentPart[]
}

/** A comment's text without its first marker. */
export type CommentText = { readonly text: string; readonly span?: Span }

export function fail(reader: Reader, offset: number, message: string): ConclaveError {
  return syntaxError("ini", reader.text, offset, message)
}

/** Throws in strict reading only: ini.v1 goes on with less than the source says. */
export function refuse(reader: Reader, offset: number, message: string): void {
  if (reader.strict) throw fail(reader, offset, message)
}

export function refuseRawBytes(reader: Reader, start: number, end: number, what: string): void {
  if (reader.exact) return
  const at = firstRawByte(reader.text.slice(start, end))
  if (at >= 0) throw fail(reader, start + at, `a ${what} that is not UTF-8`)
}

/** A span, where spans are given. */
export function spanOf(reader: Reader, start: number, end: number): { span?: Span } {
  return reader.exact ? { span: { start, end } } : {}
}

/** The end of the line at `start`, its line break included. */
export function endOfLine(text: string, start: number): number {
  const lineFeed = text.indexOf("\n", start)
  return lineFeed < 0 ? text.length : lineFeed + 1
}

/** The first `#` or `;` in `[start, end)`, -1 when there is none. */
export function findCommentMark(text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 0x23 || unit === 0x3b) return at
  }
  return -1
}

/**
 * Takes what has gathered as one comment; `null` when it says nothing.
 *
 * As in SOPS the first line loses its markers and blanks, the further lines
 * keep theirs. Unlike SOPS, lines of markers alone at the head are dropped: a
 * comment that starts with an empty line makes SOPS crash when it prints it.
 */
export function takeComment(reader: Reader): CommentText | null {
  const parts = reader.comment
  const [first] = parts
  if (first === undefined) return null
  reader.comment = []
  for (const part of parts) refuseRawBytes(reader, part.start, part.end, "comment")
  const whole = trim(parts.map(({ start, end }) => reader.text.slice(start, end)).join(""))
  let text = stripMarker(whole)
  while (text.startsWith("\n")) text = stripMarker(text.slice(1))
  if (text === "") return null
  const end = first.start + whole.length
  if (!reader.exact || reader.text.slice(first.start, end) !== whole) return { text }
  return { text, span: { start: first.start, end } }
}

function stripMarker(comment: string): string {
  const marker = comment.charAt(0)
  if (marker !== ";" && marker !== "#") return comment
  let at = 0
  while (comment[at] === marker || comment[at] === " ") at++
  return comment.slice(at)
}
