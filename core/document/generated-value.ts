/** Values that nobody has to think up: random text in the spellings that programs ask for. */

import { randomBytes, toBase64 } from "../bytes.ts"

/** `alphanumeric` counts characters; `hex` and `base64` count random bytes before they are spelled. */
export type GeneratedKind =
  | { readonly kind: "alphanumeric" | "hex" | "base64"; readonly length: number }
  | { readonly kind: "uuid" }

/** Fewer can be guessed, more is a mistake. */
export const MIN_GENERATED = 8
export const MAX_GENERATED = 4096
/** 256 bits for the spellings that count bytes. */
const DEFAULT_BYTES = 32

const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
/** The largest multiple of 62 in a byte: above it some characters would come more often. */
const UNBIASED = 248

/**
 * Reads `32` (so many letters and digits), `hex`, `hex:16`, `base64`,
 * `base64:24` (so many random bytes) and `uuid`.
 *
 * @returns `null` if it is none of these or its length is out of range.
 */
export function parseGeneratedKind(text: string): GeneratedKind | null {
  if (text === "uuid") return { kind: "uuid" }
  const match = /^(?:(hex|base64)(?::(\d{1,5}))?|(\d{1,5}))$/.exec(text)
  if (match === null) return null
  const [, spelling, bytes, characters] = match
  const length = Number(bytes ?? characters ?? DEFAULT_BYTES)
  if (length < MIN_GENERATED || length > MAX_GENERATED) return null
  return { kind: spelling === "hex" || spelling === "base64" ? spelling : "alphanumeric", length }
}

/** A new random value. */
export function generateValue(wanted: GeneratedKind): string {
  switch (wanted.kind) {
    case "hex":
      return toHex(randomBytes(wanted.length))
    case "base64":
      return toBase64(randomBytes(wanted.length))
    case "uuid":
      return generateUuid()
    default:
      return generateAlphanumeric(wanted.length)
  }
}

function generateAlphanumeric(length: number): string {
  let text = ""
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < UNBIASED && text.length < length)
        text += LETTERS_AND_DIGITS[byte % LETTERS_AND_DIGITS.length]
    }
  }
  return text
}

/** Version 4 of RFC 9562. */
function generateUuid(): string {
  const bytes = randomBytes(16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = toHex(bytes)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}
