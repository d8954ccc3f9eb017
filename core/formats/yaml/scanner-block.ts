/**
 * Scans literal and folded block scalars with their indentation and chomping
 * indicators.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `scannerc.go`
 * (yaml_parser_scan_block_scalar and its breaks).
 */

import { HASH, isBlank, isBreak, isBreakOrEnd, isDigit, MINUS, PLUS, SPACE, TAB, ZERO } from "./characters.ts"
import type { Mark } from "./event.ts"
import { type CommentQueue, scanLineComment } from "./scanner-comments.ts"
import type { Cursor } from "./scanner-cursor.ts"
import { syntaxError } from "./scanner-error.ts"
import type { ScalarToken } from "./token.ts"

type Chomping = "strip" | "clip" | "keep"

/**
 * The cursor must stand on `|` or `>`; it ends at the first line that does not
 * belong to the scalar. `parentIndent` is the scanner's indentation, -1 at the
 * root. A comment in the header goes to `comments`.
 *
 * @throws {@link ConclaveError} `syntax` for a broken header or a tab within
 * the indentation
 */
export function scanBlockScalar(
  cursor: Cursor,
  style: "literal" | "folded",
  parentIndent: number,
  comments: CommentQueue,
): ScalarToken {
  const start = cursor.mark()
  cursor.skip(1)
  const { chomping, increment } = scanHeader(cursor, start, comments)
  const wanted = increment === 0 ? 0 : Math.max(parentIndent, 0) + increment

  const parts: string[] = []
  const first = scanBreaks(cursor, wanted, parentIndent, start)
  const { indent } = first
  let { breaks, end } = first
  let leadingBreak = ""
  let leadingBlank = false
  while (cursor.column === indent && cursor.code() !== 0) {
    const blank = isBlank(cursor.code())
    const folds = style === "folded" && !leadingBlank && !blank && leadingBreak === "\n"
    if (!folds) parts.push(leadingBreak, breaks)
    else parts.push(breaks === "" ? " " : breaks)
    leadingBlank = blank
    parts.push(cursor.readLine())
    leadingBreak = isBreak(cursor.code()) ? cursor.readBreak() : ""
    ;({ breaks, end } = scanBreaks(cursor, indent, parentIndent, start))
  }
  if (chomping !== "strip") parts.push(leadingBreak)
  if (chomping === "keep") parts.push(breaks)
  return { type: "scalar", start, end, value: parts.join(""), style }
}

function scanHeader(
  cursor: Cursor,
  start: Mark,
  comments: CommentQueue,
): { chomping: Chomping; increment: number } {
  let chomping = scanChomping(cursor)
  const increment = scanIncrement(cursor, start)
  if (chomping === null && increment > 0) chomping = scanChomping(cursor)

  cursor.skipBlanks()
  if (cursor.code() === HASH) {
    scanLineComment(cursor, start, comments)
    cursor.readLine()
  }
  if (!isBreakOrEnd(cursor.code())) {
    throw broken("did not find expected comment or line break", cursor, start)
  }
  if (isBreak(cursor.code())) cursor.skipBreak()
  return { chomping: chomping ?? "clip", increment }
}

function scanChomping(cursor: Cursor): Chomping | null {
  const code = cursor.code()
  if (code !== PLUS && code !== MINUS) return null
  cursor.skip(1)
  return code === PLUS ? "keep" : "strip"
}

function scanIncrement(cursor: Cursor, start: Mark): number {
  const code = cursor.code()
  if (!isDigit(code)) return 0
  if (code === ZERO) throw broken("found an indentation indicator equal to 0", cursor, start)
  cursor.skip(1)
  return code - ZERO
}

/**
 * Passes the indentation and empty lines before the next line with text.
 * `indent` 0 means that this line decides it; `end` is behind the last break.
 */
function scanBreaks(
  cursor: Cursor,
  indent: number,
  parentIndent: number,
  start: Mark,
): { breaks: string; end: Mark; indent: number } {
  const limit = indent === 0 ? Number.POSITIVE_INFINITY : indent
  let breaks = ""
  let end = cursor.mark()
  let deepest = 0
  for (;;) {
    while (cursor.column < limit && cursor.code() === SPACE) cursor.pos++
    if (cursor.column > deepest) deepest = cursor.column
    if (cursor.column < limit && cursor.code() === TAB) {
      throw broken("found a tab character where an indentation space is expected", cursor, start)
    }
    if (!isBreak(cursor.code())) break
    breaks += cursor.readBreak()
    end = cursor.mark()
  }
  return { breaks, end, indent: indent === 0 ? Math.max(deepest, parentIndent + 1, 1) : indent }
}

function broken(problem: string, cursor: Cursor, start: Mark): Error {
  return syntaxError(problem, cursor.mark(), "while scanning a block scalar", start)
}
