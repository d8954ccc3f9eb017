/**
 * Bytes and the texts that stand for them: UTF-8, base64 as Go reads it, and
 * the few operations on secrets that every room needs (random, compare, wipe).
 */

import { ConclaveError } from "./errors.ts"

const encoder = new TextEncoder()
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** UTF-8 of `text`; a lone surrogate becomes U+FFFD, as in every encoder of the platform. */
export function toUtf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Text of `bytes`, a leading BOM kept; `null` when they are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return strictDecoder.decode(bytes)
  } catch {
    return null
  }
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let size = 0
  for (const part of parts) size += part.length
  const whole = new Uint8Array(size)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const PADDING = 0x3d
/** The digit with value 0: stands in for padding while bits are collected. */
const ZERO = 0x41

const ENCODE = encoder.encode(ALPHABET)
const DECODE = new Int8Array(256).fill(-1)
for (let value = 0; value < ENCODE.length; value++) DECODE[ENCODE[value] as number] = value

/** Standard base64 with padding, as ASCII bytes: for values too long to be a string. */
export function toBase64Bytes(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(4 * Math.ceil(bytes.length / 3))
  let at = 0
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] as number
    const b = bytes[i + 1] ?? 0
    const c = bytes[i + 2] ?? 0
    out[at++] = ENCODE[a >> 2] as number
    out[at++] = ENCODE[((a & 3) << 4) | (b >> 4)] as number
    out[at++] = i + 1 < bytes.length ? (ENCODE[((b & 15) << 2) | (c >> 6)] as number) : PADDING
    out[at++] = i + 2 < bytes.length ? (ENCODE[c & 63] as number) : PADDING
  }
  return out
}

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return fromAscii(toBase64Bytes(bytes))
}

/**
 * Bytes of standard base64 with padding, as Go's `encoding/base64` reads it:
 * CR and LF are skipped, everything else outside the alphabet is refused, and
 * so are missing padding and text behind it.
 *
 * @throws {@link ConclaveError} `malformed`, with `at` as given.
 */
export function fromBase64(text: string | Uint8Array, at: string): Uint8Array {
  const bytes = decodeBase64(text)
  if (bytes === null) throw new ConclaveError("malformed", `${at} is not base64`, { at })
  return bytes
}

/** As {@link fromBase64}, but `null` where that one throws: for callers that name the place only when needed. */
export function decodeBase64(text: string | Uint8Array): Uint8Array | null {
  return decodeQuads(text) ?? decodeLenient(typeof text === "string" ? encoder.encode(text) : text)
}

/** The common form: whole quads, padding at the very end, nothing to skip. `null` for any other, good or bad. */
function decodeQuads(text: string | Uint8Array): Uint8Array | null {
  const size = text.length
  if (size === 0 || (size & 3) !== 0) return null
  const quads = typeof text === "string" ? quadsOfText(text) : quadsOfBytes(text)
  if (quads === null) return null
  const last = (at: number) => (typeof text === "string" ? text.charCodeAt(at) : text[at]) === PADDING
  const padding = last(size - 1) ? (last(size - 2) ? 2 : 1) : 0
  return quads.subarray(0, quads.length - padding)
}

// Two loops, not one over an accessor: this is the hottest code of a large document.
function quadsOfText(text: string): Uint8Array | null {
  const size = text.length
  const out = new Uint8Array((size >> 2) * 3)
  let written = 0
  for (let i = 0; i < size; i += 4) {
    const quad = quadOf(
      text.charCodeAt(i),
      text.charCodeAt(i + 1),
      text.charCodeAt(i + 2),
      text.charCodeAt(i + 3),
      i + 4 === size,
    )
    if (quad < 0) return null
    out[written++] = quad >> 16
    out[written++] = (quad >> 8) & 0xff
    out[written++] = quad & 0xff
  }
  return out
}

function quadsOfBytes(bytes: Uint8Array): Uint8Array | null {
  const size = bytes.length
  const out = new Uint8Array((size >> 2) * 3)
  let written = 0
  for (let i = 0; i < size; i += 4) {
    const quad = quadOf(
      bytes[i] as number,
      bytes[i + 1] as number,
      bytes[i + 2] as number,
      bytes[i + 3] as number,
      i + 4 === size,
    )
    if (quad < 0) return null
    out[written++] = quad >> 16
    out[written++] = (quad >> 8) & 0xff
    out[written++] = quad & 0xff
  }
  return out
}

/** Four units as 24 bits; negative if one is not of the alphabet. Only the last quad may be padded. */
function quadOf(a: number, b: number, c: number, d: number, isLast: boolean): number {
  if (isLast && d === PADDING) return quadOf(a, b, c === PADDING ? ZERO : c, ZERO, false)
  if ((a | b | c | d) > 0xff) return -1
  const va = DECODE[a] as number
  const vb = DECODE[b] as number
  const vc = DECODE[c] as number
  const vd = DECODE[d] as number
  return (va | vb | vc | vd) < 0 ? -1 : (va << 18) | (vb << 12) | (vc << 6) | vd
}

/** Every form that Go reads: line breaks anywhere, and then the verdict on what is wrong. */
function decodeLenient(source: Uint8Array): Uint8Array | null {
  const out = new Uint8Array(Math.ceil((source.length * 3) / 4))
  let written = 0
  let quad = 0
  let filled = 0
  let padding = 0
  for (const unit of source) {
    if (unit === 0x0a || unit === 0x0d) continue
    if (unit === PADDING) {
      padding++
      if (filled < 2 || filled + padding > 4) return null
      continue
    }
    const value = DECODE[unit] as number
    if (value < 0 || padding > 0) return null
    quad = (quad << 6) | value
    if (++filled < 4) continue
    out[written++] = quad >> 16
    out[written++] = (quad >> 8) & 0xff
    out[written++] = quad & 0xff
    quad = 0
    filled = 0
  }
  if (filled === 0 ? padding > 0 : filled + padding !== 4) return null
  if (filled === 3) {
    out[written++] = quad >> 10
    out[written++] = (quad >> 2) & 0xff
  } else if (filled === 2) {
    out[written++] = quad >> 4
  }
  return out.subarray(0, written)
}

const CHUNK = 0x8000

/** Text of bytes that are known to be ASCII. */
export function fromAscii(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK) return String.fromCharCode.apply(null, bytes as unknown as number[])
  const parts: string[] = []
  for (let i = 0; i < bytes.length; i += CHUNK) {
    parts.push(String.fromCharCode.apply(null, bytes.subarray(i, i + CHUNK) as unknown as number[]))
  }
  return parts.join("")
}

/** `size` bytes from the platform's generator. Not injectable, on purpose. */
export function randomBytes(size: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(size))
}

/** Compares without telling by its time where the first difference is. Lengths are not secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number)
  return difference === 0
}

/** Overwrites a secret. The engine may have moved copies: this narrows the window, no more. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0)
}
