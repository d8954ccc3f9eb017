/**
 * Literal and folded block scalars in the source: the body is taken out and
 * another put in; header, indentation, and the blank lines behind that are no
 * part of the value stay as they are.
 */

import { LF } from "../../yaml/characters.ts"
import type { ScalarNode } from "../../yaml/node.ts"
import { type Edit, lineEndAt, nextLineAt } from "../edits.ts"

export type BlockToken = {
  readonly start: number
  /** Style, digit and chomping, as written: `|`, `>-`, `|2+`. */
  readonly indicators: string
  readonly bodyStart: number
  /** Behind the last character of the last line that has text. */
  readonly contentEnd: number
  readonly end: number
  /** Of the body. */
  readonly indent: number
}

export function isBlock({ style }: ScalarNode): boolean {
  return style === "literal" || style === "folded"
}

const INDICATORS = /[|>][-+0-9]*/y
const LEADING_SPACES = /^ */
const FIRST_TEXT = /[^ \n]/

/** `null` when no line has a visible character: then nothing tells the indentation. */
export function readBlock(source: string, node: ScalarNode): BlockToken | null {
  const { start, end, value } = node
  const bodyStart = nextLineAt(source, start)
  const valueFirst = value.search(FIRST_TEXT)
  if (valueFirst < 0) return null
  for (let line = bodyStart; line < end; line = nextLineAt(source, line)) {
    const text = source.slice(line, lineEndAt(source, line))
    const spaces = LEADING_SPACES.exec(text)?.[0].length ?? 0
    if (spaces === text.length) continue
    // What the value has of these spaces is no indentation.
    const indent = spaces - (valueFirst - (value.lastIndexOf("\n", valueFirst) + 1))
    const contentEnd = endOfContent(source, bodyStart, end, indent)
    return { start, indicators: indicatorsAt(source, start), bodyStart, contentEnd, end, indent }
  }
  return null
}

export function indicatorsAt(source: string, start: number): string {
  INDICATORS.lastIndex = start
  return INDICATORS.exec(source)?.[0] ?? ""
}

/** In a text that ends without a line break its value has none either; for lines behind it the header must say so. */
export function closeBlock(source: string, { start }: ScalarNode): Edit[] {
  const indicators = indicatorsAt(source, start)
  if (indicators.includes("-")) return []
  return [{ start, end: start + indicators.length, text: `${indicators.replace("+", "")}-` }]
}

function endOfContent(source: string, bodyStart: number, end: number, indent: number): number {
  let content = bodyStart
  for (let line = bodyStart; line < end; line = nextLineAt(source, line)) {
    const lineEnd = lineEndAt(source, line)
    const text = source.slice(line, lineEnd)
    if (text.length > indent || text.trim() !== "") content = lineEnd
  }
  return content
}

/** Puts a ciphertext in the place of the body. */
export function sealBlock(token: BlockToken, sealed: string): Edit {
  return { start: token.bodyStart, end: token.contentEnd, text: " ".repeat(token.indent) + sealed }
}

/** What a text needs to be written as a block scalar; `null` when it cannot be. */
export type BlockText = {
  /** Without indentation, the breaks at the end left out. */
  readonly lines: readonly string[]
  /** Line breaks at the end of the text. */
  readonly breaks: number
  /** Whether only a digit tells where the first line starts. */
  readonly needsDigit: boolean
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNWRITABLE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/u

export function blockText(text: string, folded: boolean): BlockText | null {
  if (UNWRITABLE.test(text)) return null
  let end = text.length
  while (text.charCodeAt(end - 1) === LF) end--
  const breaks = text.length - end
  const body = text.slice(0, end)
  if (body.trim() === "") return null
  const lines = body.split("\n")
  return { lines: folded ? unfolded(lines) : lines, breaks, needsDigit: /^\n*[ \t]/.test(text) }
}

/** Between two lines of text a folded scalar has one break more than its value; not beside one that starts with a blank. */
function unfolded(lines: readonly string[]): string[] {
  const written: string[] = []
  let last: string | null = null
  for (const line of lines) {
    if (line !== "") {
      if (last !== null && !startsBlank(last) && !startsBlank(line)) written.push("")
      last = line
    }
    written.push(line)
  }
  return written
}

function startsBlank(line: string): boolean {
  return line.startsWith(" ") || line.startsWith("\t")
}

/** Whether a chomping indicator, "" for none, gives a text with this many breaks at its end. */
function fits(chomping: string, breaks: number): boolean {
  if (chomping === "-") return breaks === 0
  return chomping === "+" ? breaks > 0 : breaks === 1
}

function chompingFor(breaks: number): string {
  return breaks === 0 ? "-" : breaks === 1 ? "" : "+"
}

/**
 * The edits that put a text into a block scalar; `null` when it has no place
 * there. The header changes only as far as the text demands.
 *
 * @param column - Of the collection around.
 */
export function openBlock(
  source: string,
  token: BlockToken,
  text: string,
  column: number,
  lineBreak: string,
): Edit[] | null {
  const { indicators, bodyStart, contentEnd, end, indent, start } = token
  const content = blockText(text, indicators.startsWith(">"))
  if (content === null) return null
  const { breaks, needsDigit } = content
  const [, digit = ""] = /([0-9])/.exec(indicators) ?? []
  const [, written = ""] = /([-+])/.exec(indicators) ?? []
  const chomping = fits(written, breaks) ? written : chompingFor(breaks)
  const edits: Edit[] = []
  if (chomping !== written || (needsDigit && digit === "")) {
    const wanted = digit === "" && needsDigit ? digitFor(indent, column) : digit
    if (wanted === null) return null
    edits.push({ start, end: start + indicators.length, text: indicators.charAt(0) + wanted + chomping })
  }
  edits.push({ start: bodyStart, end: contentEnd, text: indented(content.lines, indent, lineBreak) })
  const behind = source.slice(contentEnd, end)
  const present = behind.split("\n").length - 1
  if (chomping === "+" && present !== breaks)
    edits.push({ start: contentEnd, end, text: lineBreak.repeat(breaks) })
  else if (chomping === "" && present === 0) edits.push({ start: contentEnd, end, text: lineBreak })
  return edits
}

/**
 * What a block scalar of this text needs beside the one line of its ciphertext,
 * to come back in the style of `indicators`: its header, and blank lines below.
 */
export function sealedBlock(
  text: string,
  indicators: string,
  indent: number,
  column: number,
): { readonly header: string; readonly blanks: number } | null {
  const content = blockText(text, false)
  const digit = content?.needsDigit === true ? digitFor(indent, column) : ""
  if (content === null || digit === null) return null
  const { breaks } = content
  const chomping = /[-+]/.exec(indicators)?.[0] ?? ""
  return {
    header: indicators.charAt(0) + digit + (fits(chomping, breaks) ? chomping : chompingFor(breaks)),
    blanks: Math.max(breaks - 1, 0),
  }
}

function digitFor(indent: number, column: number): string | null {
  const digit = indent - Math.max(column, 0)
  return digit >= 1 && digit <= 9 ? String(digit) : null
}

/**
 * Whether a block scalar that is put where none was would take in the lines
 * behind it: comments as far to the right, and if it is kept, blank lines.
 *
 * @param lineEnd - Where the line of its header ends.
 */
export function swallowsNext(source: string, lineEnd: number, header: string, indent: number): boolean {
  for (let line = nextLineAt(source, lineEnd); line < source.length; line = nextLineAt(source, line)) {
    const text = source.slice(line, lineEndAt(source, line))
    const spaces = LEADING_SPACES.exec(text)?.[0].length ?? 0
    if (text.trim() !== "") return spaces >= indent && text.startsWith("#", spaces)
    if (header.includes("+") || spaces > indent) return true
  }
  return false
}

/** Lines one below the other; empty ones stay empty. */
export function indented(lines: readonly string[], indent: number, lineBreak: string): string {
  const pad = " ".repeat(indent)
  return lines.map((line) => (line === "" ? "" : pad + line)).join(lineBreak)
}

/** A new literal: the header, and what is put behind its line. */
export function newLiteral(
  text: string,
  indent: number,
  column: number,
  lineBreak: string,
): { readonly header: string; readonly below: string } | null {
  const content = blockText(text, false)
  // As libyaml: blanks at the end of a line are seen only in quotes.
  if (content === null || /[ \t](?:\n|$)/.test(text)) return null
  const digit = content.needsDigit ? digitFor(indent, column) : ""
  if (digit === null) return null
  const blanks = lineBreak.repeat(Math.max(content.breaks - 1, 0))
  return {
    header: `|${digit}${chompingFor(content.breaks)}`,
    below: lineBreak + indented(content.lines, indent, lineBreak) + blanks,
  }
}
