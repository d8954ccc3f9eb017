/**
 * JSON text to nodes: in order, duplicate keys kept, integers exact, with the
 * span of every key and value (a literal with its quotes, a container with its
 * braces).
 *
 * Strict RFC 8259: no comments, no BOM, nothing behind the value. Recursion is
 * bounded by MAX_DEPTH.
 */

import type { Entry, MapNode, Node } from "../../sops/tree.ts"
import { MAX_DEPTH } from "../format.ts"
import { tooDeep } from "../refusal.ts"
import { type Cursor, failSyntax, skipSpace } from "./cursor.ts"
import { readNumber } from "./number.ts"
import { readString } from "./string.ts"

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_MAP = 0x7b
const CLOSE_MAP = 0x7d

const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39

/**
 * The one value of a text.
 *
 * @throws {@link ConclaveError} `syntax`, `unsupported-value`, `too-deep`.
 */
export function parseJsonText(text: string): Node {
  const cursor: Cursor = { text, at: 0, path: [] }
  if (text.startsWith("\ufeff")) throw failSyntax(cursor, "byte order mark; save the file without it")
  const node = readValue(cursor, 0)
  if (!Number.isNaN(skipSpace(cursor))) throw failSyntax(cursor, "text behind the value")
  return node
}

function readValue(cursor: Cursor, depth: number): Node {
  const unit = skipSpace(cursor)
  const start = cursor.at
  if (unit === QUOTE) {
    const text = readString(cursor)
    return { kind: "str", text, span: { start, end: cursor.at } }
  }
  if (unit === OPEN_MAP) return readMap(cursor, depth)
  if (unit === OPEN_LIST) return readList(cursor, depth)
  if (unit === MINUS || (unit >= ZERO && unit <= NINE)) {
    const scalar = readNumber(cursor)
    return { ...scalar, span: { start, end: cursor.at } }
  }
  return readWord(cursor)
}

function readWord(cursor: Cursor): Node {
  const start = cursor.at
  const { text } = cursor
  const word = text.startsWith("true", start)
    ? "true"
    : text.startsWith("false", start)
      ? "false"
      : text.startsWith("null", start)
        ? "null"
        : null
  if (word === null) throw failSyntax(cursor, "not a JSON value")
  cursor.at += word.length
  const span = { start, end: cursor.at }
  return word === "null" ? { kind: "null", span } : { kind: "bool", value: word === "true", span }
}

function readMap(cursor: Cursor, depth: number): MapNode {
  if (depth >= MAX_DEPTH) throw tooDeep("json")
  const start = cursor.at++
  const items: Entry[] = []
  if (skipSpace(cursor) === CLOSE_MAP) {
    cursor.at++
    return { kind: "map", items, span: { start, end: cursor.at } }
  }
  for (;;) {
    items.push(readEntry(cursor, depth))
    const unit = skipSpace(cursor)
    if (unit !== COMMA && unit !== CLOSE_MAP) throw failSyntax(cursor, "expected a comma or a closing brace")
    cursor.at++
    if (unit === CLOSE_MAP) return { kind: "map", items, span: { start, end: cursor.at } }
  }
}

function readEntry(cursor: Cursor, depth: number): Entry {
  if (skipSpace(cursor) !== QUOTE) throw failSyntax(cursor, "expected a key in double quotes")
  const start = cursor.at
  const key = readString(cursor)
  const keySpan = { start, end: cursor.at }
  if (skipSpace(cursor) !== COLON) throw failSyntax(cursor, "expected a colon")
  cursor.at++
  cursor.path.push(key)
  const value = readValue(cursor, depth + 1)
  cursor.path.pop()
  return { kind: "entry", key, value, keySpan }
}

function readList(cursor: Cursor, depth: number): Node {
  if (depth >= MAX_DEPTH) throw tooDeep("json")
  const start = cursor.at++
  const items: Node[] = []
  if (skipSpace(cursor) === CLOSE_LIST) {
    cursor.at++
    return { kind: "list", items, span: { start, end: cursor.at } }
  }
  for (;;) {
    cursor.path.push(items.length)
    items.push(readValue(cursor, depth + 1))
    cursor.path.pop()
    const unit = skipSpace(cursor)
    if (unit !== COMMA && unit !== CLOSE_LIST)
      throw failSyntax(cursor, "expected a comma or a closing bracket")
    cursor.at++
    if (unit === CLOSE_LIST) return { kind: "list", items, span: { start, end: cursor.at } }
  }
}
