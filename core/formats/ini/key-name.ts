/**
 * INI key names: reading them as gopkg.in/ini.v1 does (a port of the key part
 * of its `parser.go` and `file.go`, Copyright 2015 Unknwon, Apache-2.0), and
 * spelling them.
 */

import { fail, type Reader, refuse, refuseRawBytes } from "./reader.ts"
import { skipSpace, trim, trimEnd } from "./space.ts"

const TRIPLE_QUOTE = '"""'
const NEEDS_BACKTICKS = /["=:]/
const READS_AS_OTHER = /^[#;[\ufeff]/

/** A name, where it stands with its quotes, and where the value begins. */
export type KeyName = {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly valueStart: number
}

/** Reads the name at the start of `[start, end)`, a line without blanks before it. */
export function readKeyName(reader: Reader, start: number, end: number): KeyName {
  const quote = quoteAt(reader.text, start, end)
  const key = quote === null ? readPlain(reader, start, end) : readQuoted(reader, start, end, quote)
  if (key.name === "") throw fail(reader, start, "a key without a name")
  if (key.name === "-") {
    throw fail(
      reader,
      start,
      "the key - is numbered when it is read and lost when it is written; give it a name",
    )
  }
  if (!canSpellKey(key.name)) refuse(reader, start, "a key that cannot be written back")
  refuseRawBytes(reader, start, key.end, "key")
  return key
}

function quoteAt(text: string, start: number, end: number): string | null {
  const first = text.charAt(start)
  if (first === "`") return first
  if (first !== '"') return null
  return end - start > 2 * TRIPLE_QUOTE.length && text.startsWith(TRIPLE_QUOTE, start) ? TRIPLE_QUOTE : first
}

function readPlain(reader: Reader, start: number, end: number): KeyName {
  const delimiter = findDelimiter(reader.text, start, end)
  if (delimiter < 0)
    throw fail(reader, start, "a line that is neither a key with a value, a section nor a comment")
  const nameEnd = trimEnd(reader.text, start, delimiter)
  return { name: reader.text.slice(start, nameEnd), start, end: nameEnd, valueStart: delimiter + 1 }
}

function readQuoted(reader: Reader, start: number, end: number, quote: string): KeyName {
  const { text } = reader
  const inner = start + quote.length
  const close = text.slice(inner, end).indexOf(quote)
  if (close < 0) throw fail(reader, start, "a key without its closing quote")
  const behind = inner + close + quote.length
  const delimiter = findDelimiter(text, behind, end)
  if (delimiter < 0) throw fail(reader, start, "a key without a value")
  const rest = skipSpace(text, behind, delimiter)
  if (rest < delimiter) refuse(reader, rest, "text between a key's closing quote and its value")
  const written = text.slice(inner, inner + close)
  const name = trim(written)
  if (name !== written) refuse(reader, inner, "blanks at the ends of a key would be lost")
  return { name, start, end: behind, valueStart: delimiter + 1 }
}

function findDelimiter(text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 0x3d || unit === 0x3a) return at
  }
  return -1
}

/** A key as ini.v1 writes it: in backticks or `"""` where it holds quotes or delimiters. */
export function spellKey(name: string): string {
  if (NEEDS_BACKTICKS.test(name)) return `\`${name}\``
  return name.includes("`") ? TRIPLE_QUOTE + name + TRIPLE_QUOTE : name
}

/** Whether {@link spellKey} gives something that reads back as the name. */
export function canSpellKey(name: string): boolean {
  if (name === "" || name === "-" || name.includes("\n") || trim(name) !== name) return false
  if (NEEDS_BACKTICKS.test(name)) return !name.includes("`")
  return !READS_AS_OTHER.test(name)
}
