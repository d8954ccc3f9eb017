/**
 * A stanza of age (age spec, "Encrypted file format"): a file key wrapped in
 * one way, or a message between age and a plugin, which has the same form.
 *
 *     -> <type> <argument>…
 *     <body, base64 without padding, 64 columns, the last line shorter>
 *
 * Read as strictly as Go's `internal/format` does.
 */

import { concat, fromAscii, toUtf8 } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import { decodeRaw, encodeRaw } from "./strict-base64.ts"

const BYTES_PER_LINE = 48
const COLUMNS = 64
const LINE_FEED = 0x0a
const WORD = /^[!-~]+$/

export type Stanza = {
  /** `X25519`, `mlkem768x25519`, `scrypt`, `ssh-ed25519`, … */
  readonly type: string
  /** What follows the type on its line. */
  readonly args: readonly string[]
  readonly body: Uint8Array
}

/** The lines of a stanza, each without its end. */
export function stanzaLines({ type, args, body }: Stanza): string[] {
  const lines = [["->", type, ...args].join(" ")]
  // One more round than there are full lines: the last one is short, perhaps empty.
  for (let at = 0; at <= body.length; at += BYTES_PER_LINE) {
    lines.push(encodeRaw(body.subarray(at, at + BYTES_PER_LINE)))
  }
  return lines
}

/** A stanza as it is sent to a plugin, its last line ended too. */
export function encodeStanza(stanza: Stanza): Uint8Array {
  return toUtf8(`${stanzaLines(stanza).join("\n")}\n`)
}

/**
 * Takes the stanza that begins with `line`.
 *
 * @param next - The next line, without its end.
 * @throws {@link ConclaveError} `malformed`
 */
export function parseStanza(line: string, next: () => string): Stanza {
  const { type, args } = parseStanzaLine(line)
  const parts: Uint8Array[] = []
  for (;;) {
    const part = parseBodyLine(next())
    parts.push(part)
    if (part.length < BYTES_PER_LINE) return { type, args, body: concat(...parts) }
  }
}

function parseStanzaLine(line: string): Pick<Stanza, "type" | "args"> {
  const [arrow, type, ...args] = line.split(" ")
  if (arrow !== "->" || type === undefined || [type, ...args].some((word) => !WORD.test(word))) {
    throw malformed("a stanza line is malformed")
  }
  return { type, args }
}

function parseBodyLine(line: string): Uint8Array {
  const part = line.length > COLUMNS ? null : decodeRaw(line)
  if (part === null) throw malformed("the body of a stanza is malformed")
  return part
}

/** Takes stanzas from a stream, in whatever pieces it comes. */
export type StanzaReader = {
  /**
   * @returns The stanzas that are complete with this piece.
   * @throws {@link ConclaveError} `malformed`; `too-large` above the limit.
   */
  push(piece: Uint8Array): Stanza[]
}

/** @param limit - Of the whole stream, in bytes. */
export function createStanzaReader(limit: number): StanzaReader {
  let size = 0
  let line = ""
  let open: (Pick<Stanza, "type" | "args"> & { readonly parts: Uint8Array[] }) | null = null

  function endLine(): Stanza | null {
    const text = line
    line = ""
    if (open === null) {
      open = { ...parseStanzaLine(text), parts: [] }
      return null
    }
    const part = parseBodyLine(text)
    open.parts.push(part)
    if (part.length === BYTES_PER_LINE) return null
    const { type, args, parts } = open
    open = null
    return { type, args, body: concat(...parts) }
  }

  return {
    push(piece) {
      size += piece.length
      if (size > limit) throw new ConclaveError("too-large", "more stanzas than can be read", { size, limit })
      const stanzas: Stanza[] = []
      let start = 0
      for (;;) {
        const end = piece.indexOf(LINE_FEED, start)
        const bytes = piece.subarray(start, end < 0 ? piece.length : end)
        if (!bytes.every(isPrintable)) throw malformed("a stanza is not plain text")
        line += fromAscii(bytes)
        if (end < 0) return stanzas
        const stanza = endLine()
        if (stanza !== null) stanzas.push(stanza)
        start = end + 1
      }
    },
  }
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e
}

function malformed(message: string): ConclaveError<"malformed"> {
  return new ConclaveError("malformed", message, { at: "age stanza" })
}
