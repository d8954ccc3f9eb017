/**
 * A leaf's value and its two texts: the bytes that SOPS encrypts and feeds to
 * the MAC, and back. Types as in getsops/sops `aes/cipher.go` and `ToBytes`.
 *
 * A string is the bytes it is: `str` holds text, `bytes` the same SOPS type
 * for contents that are not UTF-8 (binary files, odd dotenv values). Int and
 * float are distinct kinds, since 2 and 2.0 print differently.
 */

import { fromUtf8, toUtf8 } from "../bytes.ts"
import { assertNever, ConclaveError } from "../errors.ts"
import { canonicalTime } from "./timestamp.ts"

/** A leaf. `text` of a time is canonical RFC 3339 with up to 9 fractional digits. */
export type Scalar =
  | { readonly kind: "str"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "time"; readonly text: string }

export function str(text: string): Scalar {
  return { kind: "str", text }
}

/** Bytes of a string that may not be UTF-8: text where it is, bytes where it is not. */
export function strOf(bytes: Uint8Array): Scalar {
  const text = fromUtf8(bytes)
  return text === null ? { kind: "bytes", bytes } : { kind: "str", text }
}

/** The token behind `type:` in an encrypted value. */
export function scalarType(scalar: Scalar): string {
  return scalar.kind === "bytes" ? "str" : scalar.kind
}

/** What is encrypted and what the MAC is fed with: the canonical spelling of sops-format's types. */
export function serializeScalar(scalar: Scalar): Uint8Array {
  return scalar.kind === "bytes" ? scalar.bytes : toUtf8(serializedText(scalar))
}

function serializedText(scalar: Exclude<Scalar, { kind: "bytes" }>): string {
  switch (scalar.kind) {
    case "str":
    case "time":
      return scalar.text
    case "int":
      return scalar.value.toString()
    case "float":
      return formatPlainFloat(scalar.value)
    case "bool":
      return scalar.value ? "True" : "False"
    default:
      return assertNever(scalar)
  }
}

/** Whether SOPS leaves this value in clear although a rule encrypts it: only the empty string. */
export function isEmptyScalar(scalar: Scalar): boolean {
  return (
    (scalar.kind === "str" && scalar.text === "") || (scalar.kind === "bytes" && scalar.bytes.length === 0)
  )
}

/**
 * Shortest digits that give the same number back, never an exponent: Go's
 * `FormatFloat(x, 'f', -1, 64)`. `1e21` is 22 digits long, `-0` keeps its sign.
 */
export function formatPlainFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN"
  if (value === Number.POSITIVE_INFINITY) return "+Inf"
  if (value === Number.NEGATIVE_INFINITY) return "-Inf"
  if (Object.is(value, -0)) return "-0"
  const text = String(value)
  const e = text.indexOf("e")
  if (e < 0) return text
  const sign = text.startsWith("-") ? "-" : ""
  const mantissa = text.slice(sign.length, e)
  const exponent = Number(text.slice(e + 1))
  const [whole = "", fraction = ""] = mantissa.split(".")
  const digits = whole + fraction
  const point = whole.length + exponent
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`
  if (point >= digits.length) return `${sign}${digits}${"0".repeat(point - digits.length)}`
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

const INT = /^[+-]?[0-9]+$/
const FLOAT = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"])
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"])

/** The largest and smallest integer of SOPS (Go `int`, 64 bits). */
export const MAX_INT = 2n ** 63n - 1n
export const MIN_INT = -(2n ** 63n)

/**
 * The value that was encrypted as `type`. Comments are not scalars: the caller
 * has handled `comment`.
 *
 * @throws {@link ConclaveError} `malformed` for an unknown type or a text that
 * is no value of it.
 */
export function parseScalar(type: string, plaintext: Uint8Array, at: () => string): Scalar {
  if (type === "str" || type === "bytes") return strOf(plaintext)
  const text = fromUtf8(plaintext)
  const scalar = text === null ? null : parseTyped(type, text)
  if (scalar !== null) return scalar
  const place = at()
  throw new ConclaveError("malformed", `${place}: not a value of its type`, { at: place })
}

function parseTyped(type: string, text: string): Scalar | null {
  switch (type) {
    case "int": {
      // Longer texts are out of range, and BigInt would take its time to say so.
      if (!INT.test(text) || text.length > 40) return null
      const value = BigInt(text.startsWith("+") ? text.slice(1) : text)
      return value > MAX_INT || value < MIN_INT ? null : { kind: "int", value }
    }
    case "float": {
      const value = parseFloatText(text)
      return value === null ? null : { kind: "float", value }
    }
    case "bool":
      return TRUE.has(text)
        ? { kind: "bool", value: true }
        : FALSE.has(text)
          ? { kind: "bool", value: false }
          : null
    case "time": {
      const canonical = canonicalTime(text)
      return canonical === null ? null : { kind: "time", text: canonical }
    }
    default:
      return null
  }
}

function parseFloatText(text: string): number | null {
  if (FLOAT.test(text)) {
    const value = Number(text)
    return Number.isFinite(value) ? value : null
  }
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
  if (special === null) return null
  if (special[2]?.toLowerCase() === "nan") return special[1] === "" ? Number.NaN : null
  return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}
