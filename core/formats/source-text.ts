/**
 * Text of a source that may not be UTF-8, without losing a byte.
 *
 * SOPS' strings are bytes, and its dotenv and INI stores never look at the
 * encoding. Here each byte that is no part of valid UTF-8 stands in the text
 * as one lone surrogate, U+DC80 to U+DCFF (the way of Python's surrogateescape,
 * PEP 383). Valid UTF-8 never decodes to a lone surrogate, so the way back is
 * exact. Such text stays inside the formats: leaves get `bytes` instead.
 */

import { concat, fromUtf8, toUtf8 } from "../bytes.ts"
import type { Scalar } from "../sops/scalar.ts"

/** A decoded source; `exact` when it is UTF-8, so that offsets into `text` mean something outside. */
export type SourceText = { readonly text: string; readonly exact: boolean }

const RAW_BASE = 0xdc00
// In unicode mode a surrogate in a class matches only where it stands alone.
const RAW_BYTE = /[\udc80-\udcff]/u
const RAW_RUN = /([\udc80-\udcff]+)/u
const LONE_SURROGATE = /\p{Cs}/u
const LONE_SURROGATES = /\p{Cs}/gu
const CHUNK = 0x2000

/** Decodes a source, a leading BOM kept. */
export function readSource(bytes: Uint8Array): SourceText {
  const text = fromUtf8(bytes)
  return text === null ? { text: decodeLossless(bytes), exact: false } : { text, exact: true }
}

/** The offset of the first byte that is not UTF-8, as a unit of the text; -1 when there is none. */
export function firstRawByte(text: string): number {
  return text.search(RAW_BYTE)
}

/** A string leaf of a piece of a source: text where it is UTF-8, else its bytes. */
export function stringLeaf(piece: string): Scalar {
  return RAW_BYTE.test(piece) ? { kind: "bytes", bytes: encodeText(piece) } : { kind: "str", text: piece }
}

/** Text of bytes that {@link encodeText} turns back into the same bytes. */
export function textOfBytes(bytes: Uint8Array): string {
  return readSource(bytes).text
}

/** Text in which lone surrogates of a foreign tree cannot be mistaken for bytes: they become U+FFFD. */
export function wellFormed(text: string): string {
  return LONE_SURROGATE.test(text) ? text.replace(LONE_SURROGATES, "\ufffd") : text
}

/** The bytes that the text stands for. */
export function encodeText(text: string): Uint8Array {
  if (!RAW_BYTE.test(text)) return toUtf8(text)
  const parts = text.split(RAW_RUN).map((part, index) => (index % 2 === 0 ? toUtf8(part) : rawBytes(part)))
  return concat(...parts)
}

function rawBytes(run: string): Uint8Array {
  const bytes = new Uint8Array(run.length)
  for (let i = 0; i < run.length; i++) bytes[i] = run.charCodeAt(i) - RAW_BASE
  return bytes
}

function decodeLossless(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length)
  let size = 0
  let at = 0
  while (at < bytes.length) {
    const first = bytes[at] as number
    const length = sequenceLength(bytes, at, first)
    if (length === 0) {
      units[size++] = RAW_BASE + first
      at++
      continue
    }
    let point = length === 1 ? first : first & (0x7f >> length)
    for (let i = 1; i < length; i++) point = (point << 6) | ((bytes[at + i] as number) & 0x3f)
    at += length
    if (point < 0x10000) {
      units[size++] = point
    } else {
      units[size++] = 0xd800 + ((point - 0x10000) >> 10)
      units[size++] = 0xdc00 + ((point - 0x10000) & 0x3ff)
    }
  }
  const parts: string[] = []
  for (let i = 0; i < size; i += CHUNK) {
    parts.push(String.fromCharCode(...units.subarray(i, Math.min(i + CHUNK, size))))
  }
  return parts.join("")
}

/** Bytes of the well-formed sequence at `at` (Unicode table 3-7), 0 when there is none. */
function sequenceLength(bytes: Uint8Array, at: number, first: number): number {
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  if (at + length > bytes.length) return 0
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  const second = bytes[at + 1] as number
  if (second < low || second > high) return 0
  for (let i = 2; i < length; i++) if (((bytes[at + i] as number) & 0xc0) !== 0x80) return 0
  return length
}
