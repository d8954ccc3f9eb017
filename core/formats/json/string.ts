/**
 * JSON string literals, read strictly (RFC 8259) and written as Go's
 * `encoding/json` does: with `<`, `>`, `&`, U+2028 and U+2029 escaped.
 *
 * An escaped lone surrogate reads as U+FFFD, as in Go and so in SOPS.
 */

import { type Cursor, failSyntax } from "./cursor.ts"

const QUOTE = 0x22
const BACKSLASH = 0x5c
const REPLACEMENT = "\ufffd"

const ESCAPES = new Map([
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ['"', '"'],
  ["/", "/"],
  ["\\", "\\"],
])

const HEX = /^[0-9a-fA-F]{4}$/

/** Reads the literal whose opening quote is at the cursor; leaves the cursor behind the closing one. */
export function readString(cursor: Cursor): string {
  const { text } = cursor
  const start = cursor.at
  let at = start + 1
  let copied = at
  let value = ""
  for (;;) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) {
      cursor.at = at + 1
      return copied === start + 1 ? text.slice(copied, at) : value + text.slice(copied, at)
    }
    if (unit === BACKSLASH) {
      value += text.slice(copied, at)
      cursor.at = at
      value += readEscape(cursor)
      at = cursor.at
      copied = at
    } else if (unit < 0x20) {
      throw failSyntax(cursor, "control character in a string", at)
    } else if (Number.isNaN(unit)) {
      throw failSyntax(cursor, "string without its closing quote", start)
    } else {
      at++
    }
  }
}

function readEscape(cursor: Cursor): string {
  const { text } = cursor
  const letter = text.charAt(cursor.at + 1)
  if (letter === "u") return readUnicodeEscape(cursor)
  const character = ESCAPES.get(letter)
  if (character === undefined) throw failSyntax(cursor, "unknown escape in a string")
  cursor.at += 2
  return character
}

function readUnicodeEscape(cursor: Cursor): string {
  const unit = hexAt(cursor.text, cursor.at + 2)
  if (unit === null) throw failSyntax(cursor, "unknown escape in a string")
  cursor.at += 6
  if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit)
  if (unit < 0xdc00 && cursor.text.startsWith("\\u", cursor.at)) {
    const low = hexAt(cursor.text, cursor.at + 2)
    if (low !== null && low >= 0xdc00 && low <= 0xdfff) {
      cursor.at += 6
      return String.fromCharCode(unit, low)
    }
  }
  return REPLACEMENT
}

function hexAt(text: string, at: number): number | null {
  const digits = text.slice(at, at + 4)
  return HEX.test(digits) ? Number.parseInt(digits, 16) : null
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the control characters are what JSON must escape
const NEEDS_ESCAPE = /["\\<>&\u0000-\u001f\u2028\u2029]|\p{Cs}/u
const NEED_ESCAPE = new RegExp(NEEDS_ESCAPE, "gu")

const SHORT_ESCAPES = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
])

/** The literal of `text`. A lone surrogate (a byte that is not UTF-8) becomes the escape `\ufffd`. */
export function quoteString(text: string): string {
  return NEEDS_ESCAPE.test(text) ? `"${text.replace(NEED_ESCAPE, escapeOf)}"` : `"${text}"`
}

function escapeOf(character: string): string {
  const unit = character.charCodeAt(0)
  if (unit >= 0xd800 && unit <= 0xdfff) return "\\ufffd"
  return SHORT_ESCAPES.get(character) ?? `\\u${unit.toString(16).padStart(4, "0")}`
}
