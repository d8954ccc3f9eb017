/**
 * dotenv documents, as SOPS' `stores/dotenv`: `KEY=value` lines taken as they
 * are (no quotes, no trimming, no `export`), `\n` in a value for a line break,
 * lines with `#` in the first column as comments, blank lines dropped. The
 * metadata stands flat behind the data, each name with `sops_` before it.
 *
 * A CR before a line break belongs to the value, as in SOPS. Only an encrypted
 * file in which *every* line ends in CRLF is read without them: git made that
 * on checkout, and SOPS cannot read it.
 *
 * SOPS does not escape the backslash: a value that holds the two characters
 * `\n` is printed in plaintext as SOPS does, and refused in an encrypted file,
 * where it would read back as another value.
 *
 * A leaf's span is its value behind the `=`, a comment's the line with its `#`;
 * there are none when the source is not UTF-8.
 */

import { ConclaveError } from "../errors.ts"
import type { Comment, Entry, Leaf, MapNode, Null, Span, Tree } from "../sops/tree.ts"
import { type FlatEntry, flattenMetadata, unflattenMetadata } from "./flatten.ts"
import type { Format } from "./format.ts"
import { malformedAt, metadataMissing, notRepresentable, syntaxError } from "./refusal.ts"
import { encodeText, firstRawByte, readSource, type SourceText, stringLeaf } from "./source-text.ts"
import { toText } from "./text-value.ts"

const METADATA_PREFIX = "sops_"
const ESCAPED_BREAK = "\\n"
const CR = 0x0d

export const dotenv: Format = {
  name: "dotenv",

  parsePlain(source) {
    return [{ kind: "map", items: parseLines(readSource(source), false) }]
  },

  parseEncrypted(source) {
    const decoded = readSource(source)
    const items = parseLines(decoded, everyLineEndsInCrlf(decoded.text))
    const metadata = items.filter(isMetadata).map(flatEntry)
    if (metadata.length === 0) throw metadataMissing("dotenv")
    const tree: Tree = [{ kind: "map", items: items.filter((item) => !isMetadata(item)) }]
    return { tree, metadata: unflattenMetadata(metadata) }
  },

  printPlain(tree) {
    return encodeText(onlyBranch(tree).items.map(printItem).join(""))
  },

  printEncrypted(tree, metadata) {
    const { items } = onlyBranch(tree)
    for (const item of items) if (item.kind === "entry") refuseUnreadable(item)
    const lines = flattenMetadata(metadata).map(({ key, value }) => {
      const entry: Entry = { kind: "entry", key: METADATA_PREFIX + key, value }
      refuseEscapedBreak(entry)
      return printItem(entry)
    })
    return encodeText(items.map(printItem).join("") + lines.join(""))
  },

  reservedKey(tree) {
    for (const { items } of tree) {
      const reserved = items.find(isMetadata)
      if (reserved !== undefined) return reserved.key
    }
    return null
  },
}

function parseLines(source: SourceText, crlf: boolean): readonly (Entry | Comment)[] {
  const { text } = source
  const items: (Entry | Comment)[] = []
  let start = 0
  while (start < text.length) {
    const lineFeed = text.indexOf("\n", start)
    const next = lineFeed < 0 ? text.length : lineFeed
    const end = crlf && lineFeed >= 0 ? lineFeed - 1 : next
    if (end > start)
      items.push(text[start] === "#" ? readComment(source, start, end) : readEntry(source, start, end))
    start = next + 1
  }
  return items
}

function everyLineEndsInCrlf(text: string): boolean {
  let at = text.indexOf("\n")
  if (at < 0) return false
  for (; at >= 0; at = text.indexOf("\n", at + 1)) if (text.charCodeAt(at - 1) !== CR) return false
  return true
}

function readComment({ text, exact }: SourceText, start: number, end: number): Comment {
  const comment = text.slice(start + 1, end)
  if (!exact) refuseRawBytes(text, comment, start + 1, "comment")
  return { kind: "comment", text: comment, ...spanOf(exact, start, end) }
}

function readEntry({ text, exact }: SourceText, start: number, end: number): Entry {
  const line = text.slice(start, end)
  const equals = line.indexOf("=")
  if (equals < 0) throw syntaxError("dotenv", text, start, "a line without an equals sign that is no comment")
  const key = line.slice(0, equals)
  if (!exact) refuseRawBytes(text, key, start, "key")
  const value = stringLeaf(line.slice(equals + 1).replaceAll(ESCAPED_BREAK, "\n"))
  return {
    kind: "entry",
    key,
    value: { ...value, ...spanOf(exact, start + equals + 1, end) },
    ...(exact ? { keySpan: { start, end: start + equals } } : {}),
  }
}

function spanOf(exact: boolean, start: number, end: number): { span?: Span } {
  return exact ? { span: { start, end } } : {}
}

function refuseRawBytes(text: string, piece: string, start: number, what: string): void {
  const at = firstRawByte(piece)
  if (at >= 0) throw syntaxError("dotenv", text, start + at, `a ${what} that is not UTF-8`)
}

function printItem(item: Entry | Comment): string {
  if (item.kind === "comment") {
    if (item.text.includes("\n")) throw notRepresentable("dotenv", [], "a comment of several lines")
    return `#${item.text}\n`
  }
  const { key } = item
  if (key.includes("\n") || key.includes("=") || key.startsWith("#")) {
    throw notRepresentable("dotenv", [key], "not a key that reads back")
  }
  return `${key}=${toText(simpleValue(item)).replaceAll("\n", ESCAPED_BREAK)}\n`
}

function simpleValue({ key, value }: Entry): Leaf | Null {
  if (value.kind !== "map" && value.kind !== "list") return value
  throw notRepresentable("dotenv", [key], "is a map or a list, and dotenv holds single values only")
}

function refuseUnreadable(entry: Entry): void {
  if (isMetadata(entry)) {
    throw new ConclaveError("reserved-key", `dotenv: the key ${entry.key} is reserved`, { key: entry.key })
  }
  refuseEscapedBreak(entry)
}

function refuseEscapedBreak(entry: Entry): void {
  if (toText(simpleValue(entry)).includes(ESCAPED_BREAK)) {
    throw notRepresentable("dotenv", [entry.key], "a backslash before an n, which reads back as a line break")
  }
}

function onlyBranch(tree: Tree): MapNode {
  const [branch] = tree
  if (branch !== undefined && tree.length === 1) return branch
  throw notRepresentable("dotenv", [], `holds one document, not ${tree.length}`)
}

function isMetadata(item: Entry | Comment): item is Entry {
  return item.kind === "entry" && item.key.startsWith(METADATA_PREFIX)
}

function flatEntry({ key, value }: Entry): FlatEntry {
  if (value.kind === "map" || value.kind === "list") throw malformedAt(key, "not a single value")
  return { key: key.slice(METADATA_PREFIX.length), value }
}
