/**
 * JSON numbers as SOPS 3.13.2 takes them: integer literals of 64 bits are
 * `int`, all others `float`.
 *
 * Refused with `unsupported-value`: what overflows a float (as in SOPS), and an
 * integer of more than 64 bits whose digits SOPS would change. SOPS takes it
 * for a float and writes the shortest digits that give the same float.
 */

import { formatPlainFloat, MAX_INT, MIN_INT, type Scalar } from "../../sops/scalar.ts"
import { type Cursor, failSyntax, failValue } from "./cursor.ts"

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
/** Digits and sign of the longest 64-bit integer; BigInt is not asked about longer ones. */
const INT_LENGTH = 20

/** Reads the number at the cursor; leaves the cursor behind it. */
export function readNumber(cursor: Cursor): Scalar {
  const start = cursor.at
  NUMBER.lastIndex = start
  const match = NUMBER.exec(cursor.text)
  if (match === null) throw failSyntax(cursor, "not a number")
  const [literal, fraction, exponent] = match
  cursor.at = start + literal.length
  if (fraction === undefined && exponent === undefined) return integer(cursor, start, literal)
  const value = Number(literal)
  if (!Number.isFinite(value)) throw failValue(cursor, start, "a number above the range of a float")
  return { kind: "float", value }
}

function integer(cursor: Cursor, start: number, literal: string): Scalar {
  if (literal.length <= INT_LENGTH) {
    const value = BigInt(literal)
    if (value >= MIN_INT && value <= MAX_INT) return { kind: "int", value }
  }
  const value = Number(literal)
  if (!Number.isFinite(value)) throw failValue(cursor, start, "a number above the range of a float")
  if (formatPlainFloat(value) !== literal) {
    throw failValue(cursor, start, "an integer that SOPS could not read back exactly; quote it")
  }
  return { kind: "float", value }
}
