/**
 * The string of the top-level key `data` in a JSON text of bytes, found
 * without decoding it: only quotes and brackets are looked at. What is left
 * when the literal is taken out must still be parsed, which shows whether this
 * reading was the right one.
 */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const OPEN = new Set([0x5b, 0x7b])
const CLOSE = new Set([0x5d, 0x7d])
const KEY = [0x64, 0x61, 0x74, 0x61]

/** A range of bytes between two quotes. */
export type ByteRange = { readonly start: number; readonly end: number }

/** The contents of the first such literal; `null` when there is none, or when it has escapes or line breaks. */
export function findDataLiteral(source: Uint8Array): ByteRange | null {
  let depth = 0
  let at = 0
  while (at < source.length) {
    const byte = source[at] as number
    if (byte === QUOTE) {
      const string = stringAt(source, at)
      if (string === null) return null
      at = string.end + 1
      if (depth !== 1 || !isDataKey(source, string)) continue
      const colon = skipSpace(source, at)
      if (source[colon] === COLON) return plainStringAt(source, skipSpace(source, colon + 1))
    } else {
      if (OPEN.has(byte)) depth++
      else if (CLOSE.has(byte)) depth--
      at++
    }
  }
  return null
}

/** Whether the bytes can stand in a JSON string as SOPS prints it without any escape. */
export function isCleanLiteral(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    // Controls, `"`, `&`, `<`, `>`, `\`, and all that is not ASCII.
    if (byte < 0x20 || byte > 0x7e) return false
    if (byte === QUOTE || byte === 0x26 || byte === 0x3c || byte === 0x3e || byte === BACKSLASH) return false
  }
  return true
}

function stringAt(source: Uint8Array, quote: number): ByteRange | null {
  const start = quote + 1
  for (let end = source.indexOf(QUOTE, start); end >= 0; end = source.indexOf(QUOTE, end + 1)) {
    let escapes = end
    while (escapes > start && source[escapes - 1] === BACKSLASH) escapes--
    if ((end - escapes) % 2 === 0) return { start, end }
  }
  return null
}

function plainStringAt(source: Uint8Array, quote: number): ByteRange | null {
  const string = source[quote] === QUOTE ? stringAt(source, quote) : null
  if (string === null) return null
  const bytes = source.subarray(string.start, string.end)
  const plain = !bytes.includes(BACKSLASH) && !bytes.includes(LINE_FEED) && !bytes.includes(CARRIAGE_RETURN)
  return plain ? string : null
}

function isDataKey(source: Uint8Array, { start, end }: ByteRange): boolean {
  return end - start === KEY.length && KEY.every((byte, i) => source[start + i] === byte)
}

function skipSpace(source: Uint8Array, start: number): number {
  let at = start
  while (
    source[at] === 0x20 ||
    source[at] === LINE_FEED ||
    source[at] === CARRIAGE_RETURN ||
    source[at] === 0x09
  )
    at++
  return at
}
