/**
 * Scans the directives `%YAML` and `%TAG`, each with the line it takes.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `scannerc.go`
 * (yaml_parser_scan_directive and its parts).
 */

import { DOT, HASH, isBlank, isBreak, isBreakOrEnd, isDigit, isSpaceOrEnd, ZERO } from "./characters.ts"
import type { Mark } from "./event.ts"
import type { Cursor } from "./scanner-cursor.ts"
import { syntaxError } from "./scanner-error.ts"
import { scanTagHandle, scanTagUri, scanWord, TAG_DIRECTIVE } from "./scanner-tag.ts"
import type { TagDirectiveToken, VersionDirectiveToken } from "./token.ts"

const DIRECTIVE = "while scanning a directive"
const MAX_NUMBER_LENGTH = 2

/**
 * The cursor must stand on the `%`; it ends in the next line. A comment behind
 * the directive is dropped, as in yaml.v3.
 *
 * @throws {@link ConclaveError} `syntax` for any other directive and broken ones
 */
export function scanDirective(cursor: Cursor): VersionDirectiveToken | TagDirectiveToken {
  const start = cursor.mark()
  cursor.skip(1)
  const name = scanWord(cursor)
  if (name === "") {
    throw syntaxError("could not find expected directive name", cursor.mark(), DIRECTIVE, start)
  }
  if (!isSpaceOrEnd(cursor.code())) {
    throw syntaxError("found unexpected non-alphabetical character", cursor.mark(), DIRECTIVE, start)
  }
  let token: VersionDirectiveToken | TagDirectiveToken
  if (name === "YAML") token = scanVersion(cursor, start)
  else if (name === "TAG") token = scanTagDirective(cursor, start)
  else throw syntaxError("found unknown directive name", cursor.mark(), DIRECTIVE, start)

  cursor.skipBlanks()
  if (cursor.code() === HASH) cursor.readLine()
  if (!isBreakOrEnd(cursor.code())) {
    throw syntaxError("did not find expected comment or line break", cursor.mark(), DIRECTIVE, start)
  }
  if (isBreak(cursor.code())) cursor.skipBreak()
  return token
}

function scanVersion(cursor: Cursor, start: Mark): VersionDirectiveToken {
  cursor.skipBlanks()
  const major = scanVersionNumber(cursor, start)
  if (cursor.code() !== DOT) {
    throw brokenVersion("did not find expected digit or '.' character", cursor, start)
  }
  cursor.skip(1)
  const minor = scanVersionNumber(cursor, start)
  return { type: "version-directive", start, end: cursor.mark(), major, minor }
}

function scanVersionNumber(cursor: Cursor, start: Mark): number {
  let value = 0
  let length = 0
  for (;;) {
    const code = cursor.code()
    if (!isDigit(code)) break
    length++
    if (length > MAX_NUMBER_LENGTH) {
      throw brokenVersion("found extremely long version number", cursor, start)
    }
    value = value * 10 + code - ZERO
    cursor.skip(1)
  }
  if (length === 0) throw brokenVersion("did not find expected version number", cursor, start)
  return value
}

function scanTagDirective(cursor: Cursor, start: Mark): TagDirectiveToken {
  cursor.skipBlanks()
  const handle = scanTagHandle(cursor, TAG_DIRECTIVE, start)
  if (!isBlank(cursor.code())) {
    throw syntaxError("did not find expected whitespace", cursor.mark(), TAG_LINE, start)
  }
  cursor.skipBlanks()
  const prefix = scanTagUri(cursor, TAG_DIRECTIVE, "", start)
  if (!isSpaceOrEnd(cursor.code())) {
    throw syntaxError("did not find expected whitespace or line break", cursor.mark(), TAG_LINE, start)
  }
  return { type: "tag-directive", start, end: cursor.mark(), handle, prefix }
}

const TAG_LINE = "while scanning a %TAG directive"

function brokenVersion(problem: string, cursor: Cursor, start: Mark): Error {
  return syntaxError(problem, cursor.mark(), "while scanning a %YAML directive", start)
}
