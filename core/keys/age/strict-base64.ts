/**
 * Base64 as age reads it: canonical only, so that no two texts stand for the
 * same bytes. No line breaks, no stray bits in the last character.
 */

import { fromBase64, toBase64 } from "../../bytes.ts"

/** Bytes of padded base64; `null` unless it is the one way to write them. */
export function decodePadded(text: string): Uint8Array | null {
  let bytes: Uint8Array
  try {
    bytes = fromBase64(text, "base64")
  } catch {
    return null
  }
  return toBase64(bytes) === text ? bytes : null
}

/** Bytes of base64 without padding; `null` unless it is the one way to write them. */
export function decodeRaw(text: string): Uint8Array | null {
  if (text.endsWith("=") || text.length % 4 === 1) return null
  return decodePadded(text + "=".repeat((4 - (text.length % 4)) % 4))
}

/** Base64 without padding. */
export function encodeRaw(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/=+$/, "")
}
