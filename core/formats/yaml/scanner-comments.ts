/**
 * Scans comments and decides, as far as the scanner can, whether each is a
 * head, a line comment or a foot; keeps them until the parser takes them.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `scannerc.go`
 * (yaml_parser_scan_line_comment, yaml_parser_scan_comments, the search in
 * yaml_parser_unroll_indent). What looks odd in here is how yaml.v3 is: SOPS'
 * comments and their AAD follow it, so it is kept, wrong lines in CRLF files
 * and all.
 */

import { HASH, isBlank, isBreak, isBreakOrEnd, RIGHT_BRACE, RIGHT_BRACKET } from "./characters.ts"
import type { Mark } from "./event.ts"
import type { CommentLine } from "./node.ts"
import type { Cursor } from "./scanner-cursor.ts"
import type { ScannedComment, Token } from "./token.ts"

/** How far yaml.v3 looks ahead for the next `#`. */
const LOOK_AHEAD = 512
/** Taken comments are cut off the queue in lots, so that taking stays cheap. */
const LOT = 1024
/** The rest of a break of several UTF-8 bytes, which yaml.v3 meets byte by byte. */
const CONTINUATION = -1

const NOWHERE: Mark = { offset: 0, line: 0, column: 0 }
const NO_LINES: readonly CommentLine[] = []

/** Comments that no token has taken yet, oldest first. */
export class CommentQueue {
  #comments: ScannedComment[] = []
  #head = 0

  get first(): ScannedComment | undefined {
    return this.#comments[this.#head]
  }

  get last(): ScannedComment | undefined {
    return this.#head < this.#comments.length ? this.#comments[this.#comments.length - 1] : undefined
  }

  push(comment: ScannedComment): void {
    this.#comments.push(comment)
  }

  take(): void {
    if (this.#head === this.#comments.length) throw new Error("no comment to take")
    this.#head++
    if (this.#head < LOT) return
    this.#comments = this.#comments.slice(this.#head)
    this.#head = 0
  }

  /**
   * The comments that follow each other up to the last one with nothing in
   * between: for each column where one of them starts, the first such start.
   */
  trail(): ReadonlyMap<number, Mark> {
    const starts = new Map<number, Mark>()
    let stop = Number.NEGATIVE_INFINITY
    for (let i = this.#comments.length - 1; i >= this.#head; i--) {
      const comment = this.#comments[i] as ScannedComment
      if (comment.end.offset < stop) break
      starts.set(comment.start.column, comment.start)
      stop = comment.scan.offset
    }
    return starts
  }
}

/**
 * Takes a comment on the cursor's line, if blanks alone are before it, as line
 * comment of the token that starts at `token`.
 */
export function scanLineComment(cursor: Cursor, token: Mark, comments: CommentQueue): void {
  if (cursor.newlines > 0) return
  const { source, pos } = cursor
  let peek = 0
  while (peek < LOOK_AHEAD && isBlank(source.charCodeAt(pos + peek))) peek++
  if (peek === LOOK_AHEAD || source.charCodeAt(pos + peek) !== HASH) return
  cursor.pos += peek
  const start = cursor.mark()
  const line = [{ text: cursor.readLine(), start: start.offset }]
  comments.push({ scan: NOWHERE, token, start, end: NOWHERE, head: NO_LINES, line, foot: NO_LINES })
}

/** What decides about comments besides the characters. */
type CommentContext = {
  /** The scanner's indentation; -1 at the root. */
  readonly indent: number
  readonly inFlow: boolean
  /** The token before the comments. */
  readonly previous: Token
}

/**
 * Takes the comment lines from the cursor, which must stand on a `#`, up to
 * the next token, as one or more feet of what was before and at most one head
 * of what follows. `scan` is where the white space before them began.
 */
export function scanComments(
  cursor: Cursor,
  scan: Mark,
  context: CommentContext,
  comments: CommentQueue,
): void {
  const { source } = cursor
  const { inFlow, previous } = context
  const nextIndent = Math.max(context.indent, 0)
  const firstLine = cursor.line
  let scanned = scan
  let token = previous.start
  let start = NOWHERE
  let lines: CommentLine[] = []
  let recentEmpty = false
  let firstEmpty = cursor.newlines <= 1
  let line = firstLine
  let column = cursor.column
  // Where a comment must start to still be a foot: the line below the content before it.
  let footLine = -1
  if (scan.line > 0) {
    footLine = firstLine - cursor.newlines + 1
    if (cursor.newlines === 0 && cursor.column > 1) footLine++
  }

  const pushFoot = (end: Mark): void => {
    comments.push({ scan: scanned, token, start, end, head: NO_LINES, line: NO_LINES, foot: lines })
    scanned = end
    token = end
    lines = []
  }

  let peek = 0
  let behindBreak = false
  for (; peek < LOOK_AHEAD; peek++) {
    const at = cursor.pos + peek
    const code = behindBreak ? CONTINUATION : source.charCodeAt(at)
    column++
    if (isBlank(code)) continue

    const closesFlow = inFlow && (code === RIGHT_BRACKET || code === RIGHT_BRACE)
    if (closesFlow || isBreakOrEnd(code)) {
      if (closesFlow || !recentEmpty) {
        const dedented = start.column - 1 < nextIndent
        const isFoot = firstEmpty && ((start.line === footLine && previous.type !== "value") || dedented)
        if (closesFlow || isFoot) {
          // Before the first empty line or a closing bracket: it belongs to what was before.
          if (lines.length > 0) {
            if (dedented) token = start
            pushFoot({ offset: at, line, column })
          }
        } else if (lines.length > 0 && code !== 0) {
          lines.push({ text: "", start: at })
        }
      }
      if (!isBreak(code)) break
      firstEmpty = false
      recentEmpty = true
      column = 0
      line++
      behindBreak = isWideBreak(code)
      continue
    }

    // Another indentation: a foot of what was before, not a head of what comes.
    if (lines.length > 0 && column - 1 < nextIndent && column !== start.column) {
      pushFoot({ offset: at, line, column })
    }
    if (code !== HASH) break

    if (lines.length === 0) start = { offset: at, line, column }
    recentEmpty = false
    while (cursor.pos < at) {
      if (isBreak(cursor.code())) cursor.skipBreak()
      else cursor.pos++
    }
    lines.push({ text: cursor.readLine(), start: at })
    // yaml.v3 goes on behind the break that it has not passed: its next line number is one too small.
    peek = 0
    column = 0
    line = cursor.line
    behindBreak = isWideBreak(cursor.code())
  }

  if (lines.length > 0) {
    const end = { offset: cursor.pos + peek - 1, line, column }
    comments.push({ scan: scanned, token: start, start, end, head: lines, line: NO_LINES, foot: NO_LINES })
  }
}

function isWideBreak(code: number): boolean {
  return code >= 0x80 && isBreak(code)
}
