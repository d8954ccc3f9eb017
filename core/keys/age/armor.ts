/**
 * The ASCII armor of age files (age spec, "ASCII armor"): PEM with 64 columns
 * and a closing line feed, which is how SOPS stores a wrapped data key. Read as
 * Go's `filippo.io/age/armor` reads it: white space around it and CRLF are
 * fine, everything within is strict.
 */

import { toBase64 } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import { decodePadded } from "./strict-base64.ts"

const HEADER = "-----BEGIN AGE ENCRYPTED FILE-----"
const FOOTER = "-----END AGE ENCRYPTED FILE-----"
const COLUMNS = 64
const BYTES_PER_LINE = 48
/** Of white space before the header, and of white space behind the footer. */
const MAX_WHITESPACE = 1024

const AT = "age armor"

/** The armored text of an age file. */
export function encodeArmor(file: Uint8Array): string {
  const lines = [HEADER]
  for (let at = 0; at < file.length; at += BYTES_PER_LINE) {
    lines.push(toBase64(file.subarray(at, at + BYTES_PER_LINE)))
  }
  lines.push(FOOTER, "")
  return lines.join("\n")
}

/**
 * The age file within an armored text.
 *
 * @throws {@link ConclaveError} `malformed` for anything that age refuses.
 */
export function decodeArmor(text: string): Uint8Array {
  const start = text.search(/[^ \t\r\n\v\f]/)
  // The header line itself may not be indented.
  const from = start < 0 ? text.length : text.lastIndexOf("\n", start) + 1
  if (from !== Math.max(start, 0)) throw malformed("the armor does not begin with its header line")
  if (from > MAX_WHITESPACE) throw malformed("too much white space before the armor")

  const lines = text.slice(from).split("\n").map(withoutReturn)
  if (lines[0] !== HEADER) throw malformed("the armor does not begin with its header line")
  const end = lines.indexOf(FOOTER)
  if (end < 0) throw malformed("the armor is cut: it has no footer line")
  const trailing = lines.slice(end + 1).join("\n")
  if (/[^ \t\r\n\v\f]/.test(trailing)) throw malformed("there is text behind the armor")
  if (trailing.length >= MAX_WHITESPACE) throw malformed("too much white space behind the armor")
  return decodeLines(lines.slice(1, end))
}

function decodeLines(lines: readonly string[]): Uint8Array {
  const out = new Uint8Array(lines.length * BYTES_PER_LINE)
  let size = 0
  for (const [index, line] of lines.entries()) {
    const bytes = line === "" || line.length > COLUMNS ? null : decodePadded(line)
    if (bytes === null) throw malformed(`line ${index + 2} of the armor is not base64 of at most 64 columns`)
    if (bytes.length < BYTES_PER_LINE && index < lines.length - 1) {
      throw malformed(`line ${index + 2} of the armor is short, and not the last`)
    }
    out.set(bytes, size)
    size += bytes.length
  }
  return out.subarray(0, size)
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line
}

function malformed(message: string): ConclaveError<"malformed"> {
  return new ConclaveError("malformed", message, { at: AT })
}
