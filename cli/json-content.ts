/** A result as part of a JSON document: text where it is text, base64 where it is not. */

import { fromUtf8, toBase64 } from "#core/bytes.ts"

export function toJsonContent(bytes: Uint8Array): { encoding: "utf-8" | "base64"; content: string } {
  const text = fromUtf8(bytes)
  return text === null
    ? { encoding: "base64", content: toBase64(bytes) }
    : { encoding: "utf-8", content: text }
}
