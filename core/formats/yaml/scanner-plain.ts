/**
 * Scans a plain scalar: up to `: `, ` #`, an indicator of a flow collection, a
 * document indicator or a lesser indentation, with its line breaks folded.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `scannerc.go`
 * (yaml_parser_scan_plain_scalar).
 */

import {
  COLON,
  COMMA,
  HASH,
  isBlank,
  isBreak,
  isLowSurrogate,
  isSpaceOrEnd,
  LEFT_BRACE,
  LEFT_BRACKET,
  QUESTION,
  RIGHT_BRACE,
  RIGHT_BRACKET,
  TAB,
} from "./characters.ts"
import type { Cursor } from "./scanner-cursor.ts"
import { syntaxError } from "./scanner-error.ts"
import type { ScalarToken } from "./token.ts"

/**
 * The cursor must stand on the first character. `indent` is the least column
 * of continuation lines in block context. When the cursor ends in a later line
 * than the token, a simple key may follow.
 *
 * @throws {@link ConclaveError} `syntax` for a tab within the indentation
 */
export function scanPlainScalar(cursor: Cursor, indent: number, inFlow: boolean): ScalarToken {
  const { source } = cursor
  const start = cursor.mark()
  let value = ""
  // The current line's text is the slice from `from` to `to`, blanks between its words included.
  let from = cursor.pos
  let to = from
  let endLine = start.line
  let endColumn = start.column
  let fold = ""
  let onNewLine = false
  for (;;) {
    if (cursor.atDocumentIndicator() || cursor.code() === HASH) break
    const pos = endOfRun(cursor, inFlow)
    if (pos > cursor.pos) {
      if (onNewLine) {
        value += source.slice(from, to) + fold
        from = cursor.pos
        onNewLine = false
      }
      cursor.pos = pos
      cursor.newlines = 0
      to = pos
      endLine = cursor.line
      endColumn = cursor.column
    }
    const code = source.charCodeAt(pos)
    if (!isBlank(code) && !isBreak(code)) break

    let leading = ""
    let trailing = ""
    for (;;) {
      const white = cursor.code()
      if (isBlank(white)) {
        if (white === TAB && onNewLine && cursor.column < indent) {
          const problem = "found a tab character that violates indentation"
          throw syntaxError(problem, cursor.mark(), "while scanning a plain scalar", start)
        }
        cursor.pos++
      } else if (!isBreak(white)) {
        break
      } else if (onNewLine) {
        trailing += cursor.readBreak()
      } else {
        leading = cursor.readBreak()
        onNewLine = true
      }
    }
    if (onNewLine) fold = leading === "\n" ? trailing || " " : leading + trailing
    if (!inFlow && cursor.column < indent) break
  }
  value += source.slice(from, to)
  const end = { offset: to, line: endLine, column: endColumn }
  return { type: "scalar", start, end, value, style: "plain" }
}

function endOfRun(cursor: Cursor, inFlow: boolean): number {
  const { source } = cursor
  let { pos } = cursor
  for (;;) {
    const code = source.charCodeAt(pos)
    if (isSpaceOrEnd(code)) return pos
    if (code === COLON && isSpaceOrEnd(source.charCodeAt(pos + 1))) return pos
    if (inFlow && isFlowIndicator(code)) return pos
    if (isLowSurrogate(code)) cursor.passPair()
    pos++
  }
}

function isFlowIndicator(code: number): boolean {
  switch (code) {
    case COMMA:
    case QUESTION:
    case LEFT_BRACKET:
    case RIGHT_BRACKET:
    case LEFT_BRACE:
    case RIGHT_BRACE:
      return true
    default:
      return false
  }
}
