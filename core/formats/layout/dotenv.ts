/**
 * dotenv in its own layout: blank lines, order and whatever stands before the
 * `=` stay. The metadata are the lines `sops_…` behind everything else.
 *
 * An encrypted file that git has checked out with CRLF is decrypted to lines
 * that end in LF: its plaintext would hold the CR in every value.
 */

import { toUtf8 } from "../../bytes.ts"
import type { KeyPath, Leaf, MapNode, Node, Null, Tree } from "../../sops/tree.ts"
import { dotenv as dotenvFormat } from "../dotenv.ts"
import { type FlatEntry, flattenMetadata } from "../flatten.ts"
import { notRepresentable } from "../refusal.ts"
import { toText } from "../text-value.ts"
import { forEachChange, sealedText } from "./changes.ts"
import { applyEdits, type Edit, lacksFinalBreak, lineEndAt, lineStartAt, nextLineAt } from "./edits.ts"
import { changedFlatFields, entriesOf } from "./metadata-fields.ts"
import { placeOf, placeOfExisting } from "./place.ts"
import type { Layout } from "./rewrite.ts"

const METADATA_PREFIX = "sops_"
const ESCAPED_BREAK = "\\n"

export const dotenvLayout: Layout = {
  parse: (source) => dotenvFormat.parsePlain(toUtf8(source)),

  encrypt(source, plain, encrypted, metadata, previous) {
    const edits: Edit[] = []
    forEachChange(plain, encrypted, ({ before, after }) => {
      if (before.span === undefined) return
      const mark = before.kind === "comment" ? "#" : ""
      edits.push({ ...before.span, text: mark + sealedText(after) })
    })
    const old = previous === undefined ? "" : withoutReturns(metadataLines(previous.source).join("\n"))
    const block = old === "" ? freshLines(metadata) : renewed(`${old}\n`, metadata)
    edits.push({
      start: source.length,
      end: source.length,
      text: lacksFinalBreak(source) ? `\n${block.slice(0, -1)}` : block,
    })
    return { text: applyEdits(source, edits), notices: [] }
  },

  decrypt(source, encrypted, plain) {
    const edits: Edit[] = []
    forEachChange(encrypted, plain, ({ before, after }) => {
      if (before.span === undefined) return
      edits.push({ ...before.span, text: after.kind === "comment" ? `#${after.text}` : spell(after) })
    })
    const crlf = everyLineEndsInCrlf(source)
    let openEnd = false
    for (let start = 0; start < source.length; start = nextLineAt(source, start)) {
      const next = nextLineAt(source, start)
      if (source.startsWith(METADATA_PREFIX, start)) {
        edits.push({ start, end: next, text: "" })
        openEnd = !source.endsWith("\n") && next === source.length
      } else if (crlf && next > start) {
        edits.push({ start: next - 2, end: next - 1, text: "" })
      }
    }
    const text = applyEdits(source, edits)
    return { text: openEnd && text.endsWith("\n") ? text.slice(0, -1) : text, notices: [] }
  },

  replaceMetadata: (source, metadata) => renewed(source, metadata),

  set(source, tree, path, value) {
    const place = placeOf(onlyRoot(tree), path, value)
    if (place.kind === "present") {
      const { span } = place.node
      if (place.parent === null || span === undefined) throw noSingleValue(path)
      return { text: applyEdits(source, [{ ...span, text: spellNode(value, path) }]), notices: [] }
    }
    const line = `${spellKey(place.step, path)}=${spellNode(place.value, path)}\n`
    return { text: source + (lacksFinalBreak(source) ? `\n${line.slice(0, -1)}` : line), notices: [] }
  },

  unset(source, tree, path) {
    const { index } = placeOfExisting(onlyRoot(tree), path)
    const start = entriesOf(onlyRoot(tree))[index]?.keySpan?.start ?? 0
    return { text: applyEdits(source, [{ start, end: nextLineAt(source, start), text: "" }]), notices: [] }
  },
}

function spell(value: Leaf | Null): string {
  return toText(value).replaceAll("\n", ESCAPED_BREAK)
}

function spellNode(value: Node, path: KeyPath): string {
  if (value.kind === "map" || value.kind === "list") throw noSingleValue(path)
  if (!toText(value).includes(ESCAPED_BREAK)) return spell(value)
  throw notRepresentable("dotenv", path, "a backslash before an n, which reads back as a line break")
}

function spellKey(key: string | number, path: KeyPath): string {
  const text = String(key)
  if (!/^#|[=\n]/.test(text) && text !== "") return text
  throw notRepresentable("dotenv", path, "not a key that reads back")
}

function noSingleValue(path: KeyPath): Error {
  return notRepresentable("dotenv", path, "is a map or a list, and dotenv holds single values only")
}

function freshLines(metadata: MapNode): string {
  return flattenMetadata(metadata).map(lineOf).join("")
}

function lineOf({ key, value }: FlatEntry): string {
  return `${METADATA_PREFIX}${key}=${spell(value)}\n`
}

function metadataLines(source: string): string[] {
  return source.split("\n").filter((line) => line.startsWith(METADATA_PREFIX))
}

/** The text, a whole file or its metadata alone, with the lines changed that differ. */
function renewed(source: string, metadata: MapNode): string {
  const old = dotenvFormat.parseEncrypted(toUtf8(source)).metadata
  const lineBreak = everyLineEndsInCrlf(source) ? "\r\n" : "\n"
  const places = linePlaces(source)
  const last = Math.max(...places.values())
  const edits: Edit[] = []
  for (const { key, entry } of changedFlatFields(old, metadata)) {
    const start = places.get(key)
    if (entry === null) {
      if (start !== undefined) edits.push(removeLine(source, start))
    } else if (start !== undefined) {
      edits.push({ start, end: metadataLineEnd(source, start, lineBreak), text: lineOf(entry).slice(0, -1) })
    } else {
      const next = [...places].find(([name]) => name > key)?.[1]
      edits.push(insertLine(source, next ?? nextLineAt(source, last), lineOf(entry).slice(0, -1), lineBreak))
    }
  }
  return applyEdits(source, edits)
}

/** A last line that is not ended goes with the line break before it. */
function removeLine(source: string, start: number): Edit {
  const end = nextLineAt(source, start)
  if (source.endsWith("\n") || end < source.length) return { start, end, text: "" }
  return { start: source[start - 2] === "\r" ? start - 2 : Math.max(start - 1, 0), end, text: "" }
}

function insertLine(source: string, at: number, line: string, lineBreak: string): Edit {
  const isOpen = at === source.length && lacksFinalBreak(source)
  return { start: at, end: at, text: isOpen ? lineBreak + line : line + lineBreak }
}

function metadataLineEnd(source: string, start: number, lineBreak: string): number {
  return lineBreak === "\n"
    ? nextLineAt(source, start) - (source[nextLineAt(source, start) - 1] === "\n" ? 1 : 0)
    : lineEndAt(source, start)
}

/** Where the line of each metadata field starts, by its flat name. */
function linePlaces(source: string): Map<string, number> {
  const places = new Map<string, number>()
  for (let at = source.indexOf(METADATA_PREFIX); at >= 0; at = source.indexOf(METADATA_PREFIX, at + 1)) {
    if (lineStartAt(source, at) !== at) continue
    const line = source.slice(at, lineEndAt(source, at))
    const equals = line.indexOf("=")
    if (equals >= 0) places.set(line.slice(METADATA_PREFIX.length, equals), at)
  }
  return places
}

function everyLineEndsInCrlf(source: string): boolean {
  return source.includes("\r\n") && !/(?<!\r)\n/.test(source)
}

function withoutReturns(text: string): string {
  return everyLineEndsInCrlf(`${text}\n`) ? text.replaceAll("\r\n", "\n").replace(/\r$/, "") : text
}

function onlyRoot([root]: Tree): MapNode {
  if (root === undefined) throw new Error("a document without a root")
  return root
}
