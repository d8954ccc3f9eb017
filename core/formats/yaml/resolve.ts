/**
 * What a YAML scalar means: a plain text's tag and value, and what a tag that
 * was written makes of it.
 *
 * ported from go.yaml.in/yaml/v3 (libyaml, MIT / Apache-2.0), see NOTICE:
 * `resolve.go`, and `decode.go` for a scalar read into an untyped value, which
 * is how SOPS reads every leaf. A hybrid of YAML 1.1 and 1.2: `_` separators,
 * octal with a leading 0, timestamps, but no `yes` and no base 60.
 */

import { fromBase64 } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import { type Scalar, strOf } from "../../sops/scalar.ts"
import type { ScalarNode } from "./node.ts"
import { isRfc3339Offset, parseTimestamp } from "./timestamp.ts"

export const NULL_TAG = "!!null"
export const BOOL_TAG = "!!bool"
export const STR_TAG = "!!str"
export const INT_TAG = "!!int"
export const FLOAT_TAG = "!!float"
export const TIMESTAMP_TAG = "!!timestamp"
export const SEQ_TAG = "!!seq"
export const MAP_TAG = "!!map"
export const BINARY_TAG = "!!binary"
export const MERGE_TAG = "!!merge"

const LONG_PREFIX = "tag:yaml.org,2002:"

/** A null, or an integer of 2^63 to 2^64-1, beside what SOPS can carry. */
type Resolved = Scalar | { readonly kind: "null" } | { readonly kind: "uint"; readonly value: bigint }

type Meaning = { readonly tag: string; readonly value: Resolved }

/** `tag:yaml.org,2002:str` as `!!str`; every other tag as it is. */
export function shortTag(tag: string): string {
  return tag.startsWith(LONG_PREFIX) ? `!!${tag.slice(LONG_PREFIX.length)}` : tag
}

/** `!!str` as `tag:yaml.org,2002:str`; every other tag as it is. */
export function longTag(tag: string): string {
  return tag.startsWith("!!") ? LONG_PREFIX + tag.slice(2) : tag
}

const WORDS: ReadonlyMap<string, Meaning> = new Map([
  ...words(BOOL_TAG, { kind: "bool", value: true }, "true True TRUE"),
  ...words(BOOL_TAG, { kind: "bool", value: false }, "false False FALSE"),
  ...words(NULL_TAG, { kind: "null" }, "~ null Null NULL"),
  ["", { tag: NULL_TAG, value: { kind: "null" } }],
  ...words(FLOAT_TAG, { kind: "float", value: Number.NaN }, ".nan .NaN .NAN"),
  ...words(FLOAT_TAG, { kind: "float", value: Number.POSITIVE_INFINITY }, ".inf .Inf .INF +.inf +.Inf +.INF"),
  ...words(FLOAT_TAG, { kind: "float", value: Number.NEGATIVE_INFINITY }, "-.inf -.Inf -.INF"),
])

function words(tag: string, value: Resolved, list: string): [string, Meaning][] {
  return list.split(" ").map((word) => [word, { tag, value }])
}

// Only a text that starts like this can be anything but a string.
const WORD_START = /^(?:$|[yYnNtTfFoO~])/
const NUMBER_START = /^[-+0-9]/

// What begins with a point goes to Go's ParseFloat as it is: a `_` must stand between digits.
const FRACTION = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/

const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/

/**
 * The short tag and the value of a scalar's text. With the empty tag the text
 * is taken as plain; with a tag, the text is read as that tag or refused. A
 * tag that YAML does not define leaves the text a string.
 *
 * @throws {@link ConclaveError} `syntax`, without a position, when the text is
 * not of the tag's type. Never for the empty tag.
 */
export function resolve(tag: string, text: string): Meaning {
  const wanted = shortTag(tag)
  switch (wanted) {
    case "":
      return resolvePlain(text, true)
    case STR_TAG:
      return { tag: STR_TAG, value: { kind: "str", text } }
    case BOOL_TAG:
    case INT_TAG:
    case FLOAT_TAG:
    case NULL_TAG:
    case TIMESTAMP_TAG: {
      const meaning = resolvePlain(text, wanted === TIMESTAMP_TAG)
      if (meaning.tag === wanted) return meaning
      if (wanted === FLOAT_TAG && meaning.value.kind === "int") {
        return { tag: FLOAT_TAG, value: { kind: "float", value: Number(meaning.value.value) } }
      }
      throw mismatch(wanted, 0, 0)
    }
    default:
      return { tag: wanted, value: { kind: "str", text } }
  }
}

function resolvePlain(text: string, timestamps: boolean): Meaning {
  if (WORD_START.test(text)) return WORDS.get(text) ?? string(text)
  if (text.startsWith(".")) {
    return WORDS.get(text) ?? (FRACTION.test(text) ? float(text.replaceAll("_", "")) : null) ?? string(text)
  }
  if (!NUMBER_START.test(text)) return string(text)
  const word = WORDS.get(text)
  if (word !== undefined) return word
  if (timestamps) {
    const timestamp = parseTimestamp(text)
    if (timestamp !== null) return { tag: TIMESTAMP_TAG, value: { kind: "time", text: timestamp } }
  }
  const digits = text.includes("_") ? text.replaceAll("_", "") : text
  return int(readInteger(digits)) ?? float(digits) ?? int(readSignedBits(digits)) ?? string(text)
}

function string(text: string): Meaning {
  return { tag: STR_TAG, value: { kind: "str", text } }
}

function float(digits: string): Meaning | null {
  if (!FLOAT.test(digits)) return null
  const value = Number(digits)
  // Out of range is an error of Go's ParseFloat, so the text stays a string.
  return Number.isFinite(value) ? { tag: FLOAT_TAG, value: { kind: "float", value } } : null
}

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n
const UINT64_MAX = 2n ** 64n - 1n

function int(integer: Integer | null): Meaning | null {
  if (integer === null) return null
  const { value, signed } = integer
  if (value >= INT64_MIN && value <= INT64_MAX) return { tag: INT_TAG, value: { kind: "int", value } }
  // Go's ParseUint takes no sign, not even a plus.
  if (signed || value < 0n || value > UINT64_MAX) return null
  return { tag: INT_TAG, value: { kind: "uint", value } }
}

type Integer = { readonly value: bigint; readonly signed: boolean }

const INTEGER = /^([-+]?)(?:(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+)|0([0-7]*)|([1-9][0-9]*))$/

// The longest text that fits 64 bits, in binary, has 66 characters behind its
// sign; leading zeros may be more, and BigInt of a megabyte of digits is slow.
const MAX_DIGITS = 66

/** Go's `ParseInt` and `ParseUint` in base 0: prefixes, and octal after a leading zero. */
function readInteger(digits: string): Integer | null {
  const [, sign = "", prefixed, octal, decimal] = INTEGER.exec(digits) ?? []
  if (prefixed !== undefined) {
    const body = prefixed.slice(2).replace(/^0+(?=.)/, "")
    return magnitude(sign, prefixed.slice(0, 2).toLowerCase(), body)
  }
  if (octal !== undefined) return magnitude(sign, "0o", octal.replace(/^0+/, "") || "0")
  return decimal === undefined ? null : magnitude(sign, "", decimal)
}

// yaml.v3 reads the digits behind 0b and 0o once more, and there Go takes a sign.
const SIGNED_BITS = /^(?:0b([-+])([01]+)|0o([-+])([0-7]+))$/

function readSignedBits(digits: string): Integer | null {
  const [, bitSign, bits, octalSign, octal] = SIGNED_BITS.exec(digits) ?? []
  if (bitSign !== undefined && bits !== undefined) {
    return magnitude(bitSign, "0b", bits.replace(/^0+(?=.)/, ""))
  }
  if (octalSign !== undefined && octal !== undefined) {
    return magnitude(octalSign, "0o", octal.replace(/^0+(?=.)/, ""))
  }
  return null
}

function magnitude(sign: string, prefix: string, digits: string): Integer | null {
  if (digits.length > MAX_DIGITS) return null
  const value = BigInt(prefix + digits)
  return { value: sign === "-" ? -value : value, signed: sign !== "" }
}

/**
 * The value of a scalar node as SOPS reads it: quoted texts and custom tags
 * give strings, `!!binary` the decoded bytes (as text where they are UTF-8).
 *
 * @throws {@link ConclaveError} `syntax` when the text is not what its tag
 * says; `unsupported-value` for integers of 2^63 to 2^64-1 and offsets of 24
 * hours, which SOPS cannot encrypt.
 */
export function resolveScalar(node: ScalarNode): Scalar | { readonly kind: "null" } {
  const { value: text, line, column } = node
  if (isIndicatedString(node)) return { kind: "str", text }
  const { tag, value } = resolveAt(node)
  if (tag === BINARY_TAG) return readBinary(node)
  if (value.kind === "uint") {
    throw unsupported("integer above 9223372036854775807: quote it to keep it as a string", line, column)
  }
  if (value.kind === "time" && !isRfc3339Offset(value.text)) {
    throw unsupported("timestamp with an offset of 24 hours: quote it to keep it as a string", line, column)
  }
  return value
}

/** Whether tag or quotes already say that the node is a string. */
function isIndicatedString(node: ScalarNode): boolean {
  if (node.tag === "" || node.tag === "!") return node.style !== "plain"
  return shortTag(node.tag) === STR_TAG
}

function resolveAt(node: ScalarNode): Meaning {
  try {
    return resolve(node.tag, node.value)
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    throw mismatch(shortTag(node.tag), node.line, node.column)
  }
}

function readBinary(node: ScalarNode): Scalar {
  try {
    return strOf(fromBase64(node.value, BINARY_TAG))
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    throw mismatch(BINARY_TAG, node.line, node.column)
  }
}

function mismatch(tag: string, line: number, column: number): ConclaveError {
  return new ConclaveError("syntax", `value is not a valid ${tag}`, { format: "yaml", line, column })
}

function unsupported(message: string, line: number, column: number): ConclaveError {
  return new ConclaveError("unsupported-value", message, { at: `line ${line}`, line, column })
}
