/**
 * The reader: the bytes of a YAML file into text, as UTF-8 or, by its byte
 * order mark, UTF-16; refuses what is neither and the characters YAML forbids.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `readerc.go`.
 */

import { fromUtf8 } from "../../bytes.ts"
import { CR, isBreak, LF } from "./characters.ts"
import type { Mark } from "./event.ts"
import { syntaxError } from "./scanner-error.ts"

const BOM = 0xfeff

/**
 * Text of a YAML file, without its byte order mark; line breaks stay as they
 * are. A second byte order mark is refused: yaml.v3 would lose the first
 * character of each line behind it.
 *
 * @throws {@link ConclaveError} `syntax` with the place of the first octet or
 * character that is not allowed: control characters but tab, LF, CR and NEL,
 * U+FFFE, U+FFFF, lone surrogates
 */
export function decodeSource(bytes: Uint8Array): string {
  const source = decode(bytes)
  const refused = findRefused(source)
  if (refused >= 0) throw syntaxError("control characters are not allowed", markAt(source, refused))
  if (source.charCodeAt(0) === BOM) throw syntaxError("found a second byte order mark", markAt(source, 0))
  return source
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeUtf16(bytes, 0)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeUtf16(bytes, 1)
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const content = isMarked ? bytes.subarray(3) : bytes
  const source = fromUtf8(content)
  if (source === null) throw invalidUtf8(content)
  return source
}

const CHUNK = 0x2000

/** Little endian when `low` is 0, big endian when it is 1: where in a unit the low octet is. */
function decodeUtf16(bytes: Uint8Array, low: 0 | 1): string {
  const units = new Uint16Array((bytes.length - 2) >> 1)
  for (let i = 0; i < units.length; i++) {
    const at = 2 + 2 * i
    units[i] = (bytes[at + low] as number) | ((bytes[at + 1 - low] as number) << 8)
  }
  const parts: string[] = []
  for (let i = 0; i < units.length; i += CHUNK) {
    parts.push(String.fromCharCode(...units.subarray(i, i + CHUNK)))
  }
  const source = parts.join("")
  for (let i = 0; i < source.length; i++) {
    const code = source.charCodeAt(i)
    if ((code & 0xf800) !== 0xd800) continue
    if (code >= 0xdc00) throw syntaxError("unexpected low surrogate area", markAt(source, i))
    const next = source.charCodeAt(++i)
    if (Number.isNaN(next)) throw syntaxError("incomplete UTF-16 surrogate pair", markAt(source, i - 1))
    if ((next & 0xfc00) !== 0xdc00) throw syntaxError("expected low surrogate area", markAt(source, i - 1))
  }
  if (bytes.length % 2 === 1) throw syntaxError("incomplete UTF-16 character", markAt(source, source.length))
  return source
}

/** Offset of the first character that YAML forbids; -1 when there is none. */
function findRefused(source: string): number {
  for (let i = 0; i < source.length; i++) {
    const code = source.charCodeAt(i)
    if (code >= 0x20 && code <= 0x7e) continue
    if (code >= 0xa0 ? code < 0xfffe : code === LF || code === CR || code === 0x09 || code === 0x85) continue
    return i
  }
  return -1
}

function invalidUtf8(bytes: Uint8Array): Error {
  const before = fromUtf8(bytes.subarray(0, validPrefix(bytes))) ?? ""
  const refused = findRefused(before)
  if (refused >= 0) return syntaxError("control characters are not allowed", markAt(before, refused))
  return syntaxError("invalid UTF-8 octet sequence", markAt(before, before.length))
}

function validPrefix(bytes: Uint8Array): number {
  let pos = 0
  for (;;) {
    const width = sequenceWidth(bytes[pos] ?? 0, bytes[pos + 1] ?? 0)
    if (width === 0 || pos + width > bytes.length) return pos
    for (let i = 2; i < width; i++) {
      if (((bytes[pos + i] as number) & 0xc0) !== 0x80) return pos
    }
    pos += width
  }
}

/** Octets of the sequence with these two first octets, by RFC 3629; 0 when there is none. */
function sequenceWidth(first: number, second: number): number {
  if (first < 0x80) return 1
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (first < 0xc2 || first > 0xf4 || second < least || second > most) return 0
  if (first < 0xe0) return 2
  return first < 0xf0 ? 3 : 4
}

function markAt(source: string, offset: number): Mark {
  let line = 0
  let lineStart = 0
  for (let i = 0; i < offset; i++) {
    const code = source.charCodeAt(i)
    if ((code & 0xfc00) === 0xdc00) lineStart++
    if (!isBreak(code) || (code === CR && source.charCodeAt(i + 1) === LF)) continue
    line++
    lineStart = i + 1
  }
  return { offset, line, column: offset - lineStart }
}
