/**
 * The outer shape of an age file (age spec, "Encrypted file format", v1):
 *
 *     age-encryption.org/v1
 *     <stanza>…
 *     --- <MAC, base64 without padding>
 *     <payload, binary>
 *
 * Parsed as strictly as Go's `internal/format`. No cryptography here: the MAC
 * is read, not checked.
 */

import { fromAscii, toUtf8 } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import { parseStanza, type Stanza, stanzaLines } from "./stanza.ts"
import { decodeRaw, encodeRaw } from "./strict-base64.ts"

const VERSION_LINE = "age-encryption.org/v1"
const MAC_SIZE = 32
const LINE_FEED = 0x0a

export type AgeFile = {
  readonly bytes: Uint8Array
  readonly stanzas: readonly Stanza[]
  /** The header up to and with `---`, which the MAC is over. */
  readonly signed: Uint8Array
  /** 32 bytes. */
  readonly mac: Uint8Array
  /** 16 bytes of nonce, then the chunks. */
  readonly payload: Uint8Array
}

/**
 * Takes an age file, not armored, apart without copying it.
 *
 * @throws {@link ConclaveError} `malformed` if its header is.
 */
export function parseAgeFile(bytes: Uint8Array): AgeFile {
  const lines = headerLines(bytes)
  if (lines.next() !== VERSION_LINE) throw malformed("the file does not begin as an age file of version 1")
  const stanzas: Stanza[] = []
  for (;;) {
    const start = lines.offset()
    const line = lines.next()
    if (line.startsWith("---")) {
      const mac = line.startsWith("--- ") ? decodeRaw(line.slice(4)) : null
      if (mac?.length !== MAC_SIZE) throw malformed("the MAC line of an age header is malformed")
      const signed = bytes.subarray(0, start + 3)
      return { bytes, stanzas, signed, mac, payload: bytes.subarray(lines.offset()) }
    }
    stanzas.push(parseStanza(line, lines.next))
  }
}

/** Reads lines of printable ASCII; a header has no other, and its last line ends too. */
function headerLines(bytes: Uint8Array): { next: () => string; offset: () => number } {
  let offset = 0
  const next = (): string => {
    const end = bytes.indexOf(LINE_FEED, offset)
    if (end < 0) throw malformed("the age header is cut")
    const line = bytes.subarray(offset, end)
    if (line.some((byte) => byte < 0x20 || byte > 0x7e)) throw malformed("the age header is not plain text")
    offset = end + 1
    return fromAscii(line)
  }
  return { next, offset: () => offset }
}

/** The header of `stanzas` up to and with `---`: what a MAC is made over. */
export function encodeHeader(stanzas: readonly Stanza[]): Uint8Array {
  return toUtf8([VERSION_LINE, ...stanzas.flatMap(stanzaLines), "---"].join("\n"))
}

/** The MAC line's rest, to go right behind {@link encodeHeader}. */
export function encodeMac(mac: Uint8Array): Uint8Array {
  return toUtf8(` ${encodeRaw(mac)}\n`)
}

function malformed(message: string): ConclaveError<"malformed"> {
  return new ConclaveError("malformed", message, { at: "age header" })
}
