/**
 * The scanner's place in the source: offset, line and column, moved as yaml.v3
 * moves its `mark` and `newlines`. Columns count code points; offsets are
 * UTF-16 units of the source.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `scannerc.go`
 * (skip, skip_line, read, read_line).
 */

import {
  CR,
  DOT,
  isBlank,
  isBreakOrEnd,
  isLowSurrogate,
  isSpaceOrEnd,
  LF,
  LINE_SEPARATOR,
  MINUS,
} from "./characters.ts"
import type { Mark } from "./event.ts"

/** So that looking ahead needs no bounds check: 0 is the end, as in libyaml's buffer. */
const END = "\0\0\0\0"

export class Cursor {
  /** The source with NULs behind its end. */
  readonly source: string
  pos = 0
  line = 0
  /** What to subtract from `pos` to have the column: start of the line, and its surrogate pairs. */
  lineStart = 0
  /** Surrogate pairs passed so far. */
  pairs = 0
  /** Line breaks since the last character that is neither break nor blank. */
  newlines = 0

  constructor(source: string) {
    this.source = source + END
  }

  get column(): number {
    return this.pos - this.lineStart
  }

  /** Code points passed so far (yaml.v3's `mark.index`). */
  get index(): number {
    return this.pos - this.pairs
  }

  mark(): Mark {
    return { offset: this.pos, line: this.line, column: this.pos - this.lineStart }
  }

  code(): number {
    return this.source.charCodeAt(this.pos)
  }

  next(): number {
    return this.source.charCodeAt(this.pos + 1)
  }

  /** Passes characters that are neither blanks nor breaks nor surrogates. */
  skip(count: number): void {
    this.pos += count
    this.newlines = 0
  }

  skipBlanks(): void {
    while (isBlank(this.source.charCodeAt(this.pos))) this.pos++
  }

  /** Passes a line break, CRLF as one; must stand on a break. */
  skipBreak(): void {
    const wide = this.code() === CR && this.next() === LF
    this.pos += wide ? 2 : 1
    this.lineStart = this.pos
    this.line++
    this.newlines++
  }

  /** Passes a line break and gives it as scalars hold it: LS and PS stay, the rest is LF. */
  readBreak(): string {
    const code = this.code()
    this.skipBreak()
    return code < LINE_SEPARATOR ? "\n" : String.fromCharCode(code)
  }

  /** Passes and gives everything up to the next break or the end. */
  readLine(): string {
    const { source, pos: start } = this
    let pos = start
    let blank = true
    for (;;) {
      const code = source.charCodeAt(pos)
      if (isBreakOrEnd(code)) break
      if (isLowSurrogate(code)) this.passPair()
      else if (blank && !isBlank(code)) blank = false
      pos++
    }
    if (!blank) this.newlines = 0
    this.pos = pos
    return source.slice(start, pos)
  }

  /** To be called for each second half of a surrogate pair. */
  passPair(): void {
    this.pairs++
    this.lineStart++
  }

  /** Whether `---` or `...` stands here, at the start of a line and followed by white space or the end. */
  atDocumentIndicator(): boolean {
    const { source, pos } = this
    if (pos !== this.lineStart) return false
    const code = source.charCodeAt(pos)
    return (
      (code === MINUS || code === DOT) &&
      source.charCodeAt(pos + 1) === code &&
      source.charCodeAt(pos + 2) === code &&
      isSpaceOrEnd(source.charCodeAt(pos + 3))
    )
  }
}
