/**
 * The outer shape of an age file (age spec, "Encrypted file format", v1):
 *
 *     age-encryption.org/v1
 *     -> <type> <argument>…
 *     <body, base64 without padding, 64 columns, the last line shorter>
 *     --- <MAC, base64 without padding>
 *     <payload, binary>
 *
 * Parsed as strictly as Go's `internal/format`. No cryptography here: the MAC
 * is read, not checked.
 */

import { concat, fromAscii, toUtf8 } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import { decodeRaw, encodeRaw } from "./strict-base64.ts"

const VERSION_LINE = "age-encryption.org/v1"
const MAC_SIZE = 32
const BYTES_PER_LINE = 48
const COLUMNS = 64
const LINE_FEED = 0x0a

/** The file key, wrapped in one way for one recipient. */
export type Stanza = {
  /** `X25519`, `mlkem768x25519`, `scrypt`, `ssh-ed25519`, … */
  readonly type: string
  /** What follows the type on its line. */
  readonly args: readonly string[]
  readonly body: Uint8Array
}

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

function parseStanza(line: string, next: () => string): Stanza {
  const [arrow, type, ...args] = line.split(" ")
  if (arrow !== "->" || type === undefined || [type, ...args].some((word) => !/^[!-~]+$/.test(word))) {
    throw malformed("a stanza line of an age header is malformed")
  }
  const parts: Uint8Array[] = []
  for (;;) {
    const text = next()
    const part = text.length > COLUMNS ? null : decodeRaw(text)
    if (part === null) throw malformed("the body of an age stanza is malformed")
    parts.push(part)
    if (part.length < BYTES_PER_LINE) return { type, args, body: concat(...parts) }
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
  const lines = [VERSION_LINE]
  for (const { type, args, body } of stanzas) {
    lines.push(["->", type, ...args].join(" "))
    // One more round than there are full lines: the last one is short, perhaps empty.
    for (let at = 0; at <= body.length; at += BYTES_PER_LINE) {
      lines.push(encodeRaw(body.subarray(at, at + BYTES_PER_LINE)))
    }
  }
  lines.push("---")
  return toUtf8(lines.join("\n"))
}

/** The MAC line's rest, to go right behind {@link encodeHeader}. */
export function encodeMac(mac: Uint8Array): Uint8Array {
  return toUtf8(` ${encodeRaw(mac)}\n`)
}

function malformed(message: string): ConclaveError<"malformed"> {
  return new ConclaveError("malformed", message, { at: "age header" })
}
