/**
 * Scans anchors, aliases and tags: `&name`, `*name`, `!suffix`,
 * `!handle!suffix`, `!<uri>`.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `scannerc.go`
 * (yaml_parser_scan_anchor, _tag, _tag_handle, _tag_uri, _uri_escapes).
 */

import {
  AT,
  COLON,
  COMMA,
  EXCLAMATION,
  GRAVE,
  GREATER,
  hexValue,
  isSpaceOrEnd,
  isWord,
  LESS,
  PERCENT,
  QUESTION,
  RIGHT_BRACE,
  RIGHT_BRACKET,
} from "./characters.ts"
import type { Mark } from "./event.ts"
import type { Cursor } from "./scanner-cursor.ts"
import { syntaxError } from "./scanner-error.ts"
import type { AliasToken, AnchorToken, TagToken } from "./token.ts"

/** The cursor must stand on the indicator. @throws {@link ConclaveError} `syntax` */
export function scanAnchor(cursor: Cursor, type: "alias" | "anchor"): AliasToken | AnchorToken {
  const start = cursor.mark()
  cursor.skip(1)
  const value = scanWord(cursor)
  if (value === "" || !endsAnchor(cursor.code())) {
    const context = type === "anchor" ? "while scanning an anchor" : "while scanning an alias"
    throw syntaxError("did not find expected alphabetic or numeric character", cursor.mark(), context, start)
  }
  return { type, start, end: cursor.mark(), value }
}

/** The cursor must stand on the `!`. @throws {@link ConclaveError} `syntax` */
export function scanTag(cursor: Cursor): TagToken {
  const start = cursor.mark()
  let handle = ""
  let suffix: string
  if (cursor.next() === LESS) {
    cursor.skip(2)
    suffix = scanTagUri(cursor, TAG, "", start)
    if (cursor.code() !== GREATER) throw broken("did not find the expected '>'", cursor, start)
    cursor.skip(1)
  } else {
    handle = scanTagHandle(cursor, TAG, start)
    if (handle.length > 1 && handle.endsWith("!")) {
      suffix = scanTagUri(cursor, TAG, "", start)
    } else {
      // No handle after all: what was read begins the suffix. A lone `!` is a suffix without handle.
      suffix = scanTagUri(cursor, TAG, handle, start)
      handle = suffix === "" ? "" : "!"
      if (suffix === "") suffix = "!"
    }
  }
  if (!isSpaceOrEnd(cursor.code())) {
    throw broken("did not find expected whitespace or line break", cursor, start)
  }
  return { type: "tag", start, end: cursor.mark(), handle, suffix }
}

/** What a handle or an URI is read for: the words of the error. */
export const TAG = "while parsing a tag"
export const TAG_DIRECTIVE = "while parsing a %TAG directive"
type TagContext = typeof TAG | typeof TAG_DIRECTIVE

/** `!`, `!word!`, and for a tag also `!word`. @throws {@link ConclaveError} `syntax` */
export function scanTagHandle(cursor: Cursor, context: TagContext, start: Mark): string {
  if (cursor.code() !== EXCLAMATION)
    throw syntaxError("did not find expected '!'", cursor.mark(), context, start)
  cursor.skip(1)
  const word = scanWord(cursor)
  if (cursor.code() === EXCLAMATION) {
    cursor.skip(1)
    return `!${word}!`
  }
  if (context === TAG_DIRECTIVE && word !== "") {
    throw syntaxError("did not find expected '!'", cursor.mark(), context, start)
  }
  return `!${word}`
}

/**
 * The URI that starts here, its escapes decoded; `head` is a handle that was
 * none, the URI's begin with a `!` before it.
 *
 * @throws {@link ConclaveError} `syntax` when it is empty or an escape is broken
 */
export function scanTagUri(cursor: Cursor, context: TagContext, head: string, start: Mark): string {
  const { source } = cursor
  let uri = head.slice(1)
  let from = cursor.pos
  let found = head !== ""
  for (;;) {
    const code = source.charCodeAt(cursor.pos)
    if (code === PERCENT) {
      uri += source.slice(from, cursor.pos) + scanUriEscape(cursor, context, start)
      from = cursor.pos
    } else if (isUri(code)) {
      cursor.skip(1)
    } else {
      break
    }
    found = true
  }
  if (!found) throw syntaxError("did not find expected tag URI", cursor.mark(), context, start)
  return uri + source.slice(from, cursor.pos)
}

/** The escapes `%xx` of one UTF-8 character. */
function scanUriEscape(cursor: Cursor, context: TagContext, start: Mark): string {
  const first = scanOctet(cursor, context, start)
  const width = utf8Width(first)
  if (width === 0) {
    throw syntaxError("found an incorrect leading UTF-8 octet", cursor.mark(), context, start)
  }
  cursor.skip(3)
  let value = width === 1 ? first : first & (0xff >> (width + 1))
  for (let i = 1; i < width; i++) {
    const octet = scanOctet(cursor, context, start)
    if ((octet & 0xc0) !== 0x80) {
      throw syntaxError("found an incorrect trailing UTF-8 octet", cursor.mark(), context, start)
    }
    cursor.skip(3)
    value = (value << 6) | (octet & 0x3f)
  }
  // yaml.v3 passes overlong and surrogate octets on; a string of ours cannot hold them.
  const isSurrogate = value >= 0xd800 && value <= 0xdfff
  const isOverlong = value < (LEAST_OF_WIDTH[width] as number)
  return isSurrogate || isOverlong || value > 0x10ffff ? "\ufffd" : String.fromCodePoint(value)
}

const LEAST_OF_WIDTH = [0, 0, 0x80, 0x800, 0x10000]

function scanOctet(cursor: Cursor, context: TagContext, start: Mark): number {
  const { source, pos } = cursor
  const high = hexValue(source.charCodeAt(pos + 1))
  const low = high < 0 ? -1 : hexValue(source.charCodeAt(pos + 2))
  if (source.charCodeAt(pos) !== PERCENT || low < 0) {
    throw syntaxError("did not find URI escaped octet", cursor.mark(), context, start)
  }
  return high * 16 + low
}

function utf8Width(octet: number): number {
  if (octet < 0x80) return 1
  if ((octet & 0xe0) === 0xc0) return 2
  if ((octet & 0xf0) === 0xe0) return 3
  return (octet & 0xf8) === 0xf0 ? 4 : 0
}

/** The letters, digits, `-` and `_` that start here. */
export function scanWord(cursor: Cursor): string {
  const { source, pos: start } = cursor
  let pos = start
  while (isWord(source.charCodeAt(pos))) pos++
  if (pos > start) cursor.skip(pos - start)
  return source.slice(start, pos)
}

const URI_MARKS = ";/?:@&=+$,.!~*'()[]"
const IS_URI = new Uint8Array(0x80)
for (let code = 0; code < IS_URI.length; code++) {
  if (isWord(code) || URI_MARKS.includes(String.fromCharCode(code))) IS_URI[code] = 1
}

function isUri(code: number): boolean {
  return code < IS_URI.length && IS_URI[code] === 1
}

function endsAnchor(code: number): boolean {
  switch (code) {
    case QUESTION:
    case COLON:
    case COMMA:
    case RIGHT_BRACKET:
    case RIGHT_BRACE:
    case PERCENT:
    case AT:
    case GRAVE:
      return true
    default:
      return isSpaceOrEnd(code)
  }
}

function broken(problem: string, cursor: Cursor, start: Mark): Error {
  return syntaxError(problem, cursor.mark(), "while scanning a tag", start)
}
