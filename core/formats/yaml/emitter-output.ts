/**
 * The emitter's memory and its output: text, column, indentation, and the
 * comments that wait for their place.
 *
 * ported from go.yaml.in/yaml/v3 (libyaml, MIT / Apache-2.0), see NOTICE:
 * `yaml_emitter_t` and the lowest writers of `emitterc.go`. What its Encoder
 * never switches on is left out: canonical form, directives, other encodings
 * and line breaks, a line width, compact sequences, and `...` at the end.
 */

import type { ScalarAnalysis } from "./emitter-analysis.ts"
import type { YamlEvent } from "./event.ts"

export type EmitterState =
  | "stream-start"
  | "first-document-start"
  | "document-start"
  | "document-content"
  | "document-end"
  | "flow-sequence-first-item"
  | "flow-sequence-trail-item"
  | "flow-sequence-item"
  | "flow-mapping-first-key"
  | "flow-mapping-trail-key"
  | "flow-mapping-key"
  | "flow-mapping-simple-value"
  | "flow-mapping-value"
  | "block-sequence-first-item"
  | "block-sequence-item"
  | "block-mapping-first-key"
  | "block-mapping-key"
  | "block-mapping-simple-value"
  | "block-mapping-value"
  | "end"

export type Emitter = {
  out: string
  readonly bestIndent: number

  state: EmitterState
  readonly states: EmitterState[]
  indent: number
  readonly indents: number[]
  flowLevel: number

  /** Events not yet written: a collection's start waits until it is known whether it is empty. */
  readonly events: YamlEvent[]
  eventsHead: number

  column: number
  /** The last character was whitespace. */
  whitespace: boolean
  /** Only indentation and indicators stand on the line so far. */
  indention: boolean
  /** Where the last foot comment stood, -1 for nowhere: an empty line keeps it from what follows. */
  footIndent: number

  /** Set by events and emptied when written; one that finds no place is written at the next. */
  headComment: string
  lineComment: string
  footComment: string
  tailComment: string
  keyLineComment: string

  /** Of the event being written. */
  anchor: string
  tagHandle: string
  tagSuffix: string
  value: string
  analysis: ScalarAnalysis
}

const SPACES = " ".repeat(64)

/** Writes characters without a line break. */
export function put(emitter: Emitter, text: string): void {
  emitter.out += text
  emitter.column += text.length
}

export function putBreak(emitter: Emitter): void {
  emitter.out += "\n"
  emitter.column = 0
  emitter.indention = true
}

/** Writes a line break of the text as it is: LF, LS or PS. */
export function putBreakOf(emitter: Emitter, text: string, index: number): void {
  emitter.out += text.charAt(index)
  emitter.column = 0
  emitter.indention = true
}

/** Starts a new line if anything but indentation stands on this one, and goes to the indentation. */
export function writeIndent(emitter: Emitter): void {
  const indent = Math.max(emitter.indent, 0)
  const { column, indention, whitespace } = emitter
  if (!indention || column > indent || (column === indent && !whitespace)) putBreak(emitter)
  if (emitter.footIndent === indent) putBreak(emitter)
  for (let missing = indent - emitter.column; missing > 0; missing -= SPACES.length) {
    put(emitter, missing < SPACES.length ? SPACES.slice(0, missing) : SPACES)
  }
  emitter.whitespace = true
  emitter.footIndent = -1
}

export type IndicatorSpacing = {
  /** A space must stand before it. */
  readonly spaced?: boolean
  /** It counts as whitespace for what follows. */
  readonly whitespace?: boolean
  /** It counts as indentation (`- `, `? `, `: `). */
  readonly indention?: boolean
}

export function writeIndicator(emitter: Emitter, indicator: string, spacing: IndicatorSpacing = {}): void {
  if (spacing.spaced) putSpace(emitter)
  put(emitter, indicator)
  emitter.whitespace = spacing.whitespace ?? false
  emitter.indention &&= spacing.indention ?? false
}

/** Writes a space unless the last character was one. */
export function putSpace(emitter: Emitter): void {
  if (!emitter.whitespace) put(emitter, " ")
}

/** Says that text has been written. */
export function endText(emitter: Emitter): void {
  emitter.whitespace = false
  emitter.indention = false
}
