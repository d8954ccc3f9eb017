/** Where the JSON parser stands: the text, the offset, and the key path for its errors. */

import type { ConclaveError } from "../../errors.ts"
import { formatKeyPath } from "../../sops/key-path.ts"
import { syntaxError, unsupportedValue } from "../refusal.ts"

export type Cursor = {
  readonly text: string
  /** Offset of the next unit to read. */
  at: number
  readonly path: (string | number)[]
}

export function failSyntax(cursor: Cursor, message: string, offset = cursor.at): ConclaveError {
  return syntaxError("json", cursor.text, offset, message)
}

export function failValue(cursor: Cursor, offset: number, message: string): ConclaveError {
  return unsupportedValue(cursor.text, offset, formatKeyPath(cursor.path), message)
}

/** Moves behind white space and gives the unit found there, NaN at the end. */
export function skipSpace(cursor: Cursor): number {
  const { text } = cursor
  let at = cursor.at
  let unit = text.charCodeAt(at)
  while (unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09) unit = text.charCodeAt(++at)
  cursor.at = at
  return unit
}
