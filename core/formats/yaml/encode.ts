/**
 * A leaf's value as the scalar node that go.yaml.in/yaml/v3 makes of it:
 * `Node.Encode`, which prints the value alone and parses it back.
 *
 * ported from go.yaml.in/yaml/v3 (libyaml, MIT / Apache-2.0), see NOTICE:
 * `encode.go`. A text that yaml.v3 cannot read back (several lines, the first
 * beginning with a tab) SOPS turns into null; here it stays a literal block.
 */

import { toBase64 } from "../../bytes.ts"
import { assertNever } from "../../errors.ts"
import type { Scalar } from "../../sops/scalar.ts"
import { scalarNode } from "./build.ts"
import { analyzeScalar, selectStyle } from "./emitter-analysis.ts"
import type { ScalarNode, ScalarStyle } from "./node.ts"
import { BINARY_TAG, BOOL_TAG, MERGE_TAG, NULL_TAG, resolve, STR_TAG } from "./resolve.ts"

/** The node of a leaf or of a map's key; `null` stands for YAML's null. */
export function encodeScalar(scalar: Scalar | null): ScalarNode {
  if (scalar === null) return scalarNode("null", NULL_TAG, "plain")
  switch (scalar.kind) {
    case "str":
      return encodeString(scalar.text)
    case "bytes":
      return encodeBytes(scalar.bytes)
    case "int":
      return encodePlain(scalar.value.toString())
    case "float":
      return encodePlain(formatFloat(scalar.value))
    case "bool":
      return scalarNode(scalar.value ? "true" : "false", BOOL_TAG, "plain")
    case "time":
      return encodePlain(scalar.text)
    default:
      return assertNever(scalar)
  }
}

function encodePlain(text: string): ScalarNode {
  return scalarNode(text, resolve("", text).tag, "plain")
}

function encodeString(text: string): ScalarNode {
  const style = stringStyle(text)
  // Parsing back makes a merge key of it, as of every plain "<<".
  return scalarNode(text, text === "<<" ? MERGE_TAG : STR_TAG, style)
}

const AT_ROOT = { flow: false, simpleKey: false } as const

function stringStyle(text: string): ScalarStyle {
  const wanted = text.includes("\n") ? "literal" : isPlainString(text) ? "plain" : "double"
  return selectStyle(text, wanted, analyzeScalar(text), AT_ROOT)
}

/** Whether neither YAML 1.2 nor YAML 1.1 would take the text for anything but a string. */
export function isPlainString(text: string): boolean {
  return resolve("", text).tag === STR_TAG && !isBase60Float(text) && !OLD_BOOLS.has(text)
}

const OLD_BOOLS: ReadonlySet<string> = new Set("y Y yes Yes YES on On ON n N no No NO off Off OFF".split(" "))

const BASE_60_FLOAT = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/

function isBase60Float(text: string): boolean {
  return BASE_60_FLOAT.test(text)
}

const BASE64_LINE = 70

/** Base64 behind `!!binary`, in lines of 70 when it has more. */
function encodeBytes(bytes: Uint8Array): ScalarNode {
  const encoded = toBase64(bytes)
  const isMultiline = encoded.length >= BASE64_LINE
  const value = isMultiline ? encoded.replace(/.{1,70}/g, "$&\n") : encoded
  const node = scalarNode(value, BINARY_TAG, isMultiline ? "literal" : "plain")
  node.tagged = true
  return node
}

/** Go's `FormatFloat(value, 'g', -1, 64)`, with YAML's names for what is no number. */
function formatFloat(value: number): string {
  if (Number.isNaN(value)) return ".nan"
  if (value === Number.POSITIVE_INFINITY) return ".inf"
  if (value === Number.NEGATIVE_INFINITY) return "-.inf"
  if (Object.is(value, -0)) return "-0"
  const [mantissa = "", power = ""] = value.toExponential().split("e")
  const exponent = Number(power)
  // In this range the platform's own text has the same digits and no exponent.
  if (exponent >= MIN_DECIMAL_EXPONENT && exponent < MAX_DECIMAL_EXPONENT) return String(value)
  const sign = exponent < 0 ? "-" : "+"
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`
}

const MIN_DECIMAL_EXPONENT = -4
const MAX_DECIMAL_EXPONENT = 6
