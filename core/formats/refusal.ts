/**
 * What a format says when it refuses: the errors of `Format`, with the place
 * in the source or the path in the tree, and never with a value.
 */

import { ConclaveError } from "../errors.ts"
import { formatKeyPath } from "../sops/key-path.ts"
import type { KeyPath } from "../sops/tree.ts"
import { type FormatName, MAX_DEPTH } from "./format.ts"

/** Line and column of an offset, both from 1; columns in UTF-16 units. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  let line = 1
  let start = 0
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++
    start = at + 1
  }
  return { line, column: offset - start + 1 }
}

export function syntaxError(
  format: FormatName,
  text: string,
  offset: number,
  message: string,
): ConclaveError<"syntax"> {
  const position = positionAt(text, offset)
  const where = `line ${position.line}, column ${position.column}`
  return new ConclaveError("syntax", `${format}: ${message} (${where})`, { format, ...position })
}

export function duplicateKey(text: string, offset: number, key: string): ConclaveError<"duplicate-key"> {
  const position = positionAt(text, offset)
  return new ConclaveError("duplicate-key", `key ${key} occurs twice (line ${position.line})`, {
    key,
    ...position,
  })
}

export function unsupportedValue(
  text: string,
  offset: number,
  at: string,
  message: string,
): ConclaveError<"unsupported-value"> {
  const position = positionAt(text, offset)
  return new ConclaveError("unsupported-value", `${at}: ${message} (line ${position.line})`, {
    at,
    ...position,
  })
}

export function notRepresentable(
  format: FormatName,
  path: KeyPath,
  message: string,
): ConclaveError<"not-representable"> {
  const at = formatKeyPath(path)
  return new ConclaveError("not-representable", `${format}: ${at === "" ? "the document" : at}: ${message}`, {
    format,
    at,
  })
}

export function tooDeep(format: FormatName): ConclaveError<"too-deep"> {
  return new ConclaveError("too-deep", `${format}: nested deeper than ${MAX_DEPTH} levels`, {
    limit: MAX_DEPTH,
  })
}

export function metadataMissing(format: FormatName): ConclaveError<"metadata-missing"> {
  return new ConclaveError("metadata-missing", `${format}: no sops metadata`, {})
}

export function malformedAt(at: string, message: string): ConclaveError<"malformed"> {
  return new ConclaveError("malformed", `${at}: ${message}`, { at })
}
