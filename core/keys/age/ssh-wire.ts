/**
 * The data types of SSH (RFC 4251, section 5) that keys are made of: a length
 * of four bytes and as many bytes; whole numbers, big-endian in two's
 * complement, in their one shortest form.
 */

import { concat, fromAscii, toUtf8 } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"

const LENGTH_SIZE = 4

export type SshReader = {
  /** A number of four bytes. */
  uint32(): number
  string(): Uint8Array
  /** A string that must be plain text. */
  text(): string
  /** The magnitude of a positive number, without leading zeros. */
  mpint(): Uint8Array
  rest(): Uint8Array
}

/** Each step throws {@link ConclaveError} `malformed` if it finds something else. Nothing is copied. */
export function readSsh(bytes: Uint8Array): SshReader {
  let offset = 0

  function take(size: number): Uint8Array {
    if (size > bytes.length - offset) throw malformedKey("is cut")
    offset += size
    return bytes.subarray(offset - size, offset)
  }
  function uint32(): number {
    return take(LENGTH_SIZE).reduce((value, byte) => value * 256 + byte, 0)
  }
  const string = () => take(uint32())

  return {
    uint32,
    string,
    text() {
      const found = string()
      if (found.some((byte) => byte < 0x20 || byte > 0x7e)) throw malformedKey("has a name that is not text")
      return fromAscii(found)
    },
    mpint() {
      const found = string()
      const [first = 0, second = 0] = found
      if (found.length === 0 || first > 0x7f || (first === 0 && second < 0x80)) {
        throw malformedKey("has a number that is not positive, or not in its shortest form")
      }
      return first === 0 ? found.subarray(1) : found
    },
    rest: () => take(bytes.length - offset),
  }
}

export function writeString(bytes: Uint8Array | string): Uint8Array {
  const content = typeof bytes === "string" ? toUtf8(bytes) : bytes
  const { length } = content
  return concat(Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length), content)
}

/** @param magnitude - Of a positive number; leading zeros are left out. */
export function writeMpint(magnitude: Uint8Array): Uint8Array {
  const start = magnitude.findIndex((byte) => byte !== 0)
  const shortest = start < 0 ? new Uint8Array(0) : magnitude.subarray(start)
  const isNegative = (shortest[0] ?? 0) > 0x7f
  return writeString(isNegative ? concat(Uint8Array.of(0), shortest) : shortest)
}

export function malformedKey(fault: string): ConclaveError<"malformed"> {
  return new ConclaveError("malformed", `an SSH key ${fault}`, { at: "ssh key" })
}
