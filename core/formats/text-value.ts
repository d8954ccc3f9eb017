/**
 * A leaf as the text formats (dotenv, INI) spell it: what SOPS' `ValToString`
 * gives (`stores/stores.go`). Strings stay as they are; the rest occurs only
 * in documents that come from another format, and comes back as a string.
 */

import { assertNever } from "../errors.ts"
import type { Leaf, Null } from "../sops/tree.ts"
import { textOfBytes, wellFormed } from "./source-text.ts"

const FRACTION = /\.[0-9]+/
const EXPONENT = /^(.+)e([+-])([0-9]+)$/
// Go's 'G' with the shortest digits: an exponent below -4 and from 6 on.
const MIN_PLAIN_EXPONENT = -4
const MAX_PLAIN_EXPONENT = 5

/**
 * The text of a leaf. Bytes that are not UTF-8 come as `source-text.ts` writes
 * them, so the whole must go through its `encodeText`. A time is cut to whole
 * seconds and null becomes `<nil>`, as in SOPS.
 */
export function toText(value: Leaf | Null): string {
  switch (value.kind) {
    case "str":
      return wellFormed(value.text)
    case "bytes":
      return textOfBytes(value.bytes)
    case "int":
      return value.value.toString()
    case "float":
      return floatText(value.value)
    case "bool":
      return value.value ? "true" : "false"
    case "time":
      return value.text.replace(FRACTION, "")
    case "null":
      return "<nil>"
    default:
      return assertNever(value)
  }
}

/** `1.5`, `2.0`, `1E+06`, `1.25E-05`; never a text that reads as an integer. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN"
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf"
  if (Object.is(value, -0)) return "-0.0"
  const [, digits = "", sign = "+", exponent = ""] = EXPONENT.exec(value.toExponential()) ?? []
  const power = Number(sign + exponent)
  if (power < MIN_PLAIN_EXPONENT || power > MAX_PLAIN_EXPONENT) {
    return `${digits}E${sign}${exponent.padStart(2, "0")}`
  }
  const text = String(value)
  return text.includes(".") ? text : `${text}.0`
}
