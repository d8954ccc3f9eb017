/**
 * INI in its own layout: blank lines, order, quotes and blanks around `=` stay.
 * A ciphertext stands in the quotes of its value, and behind the signs of its
 * comment. A comment that INI gathers from several places is encrypted in the
 * first of them; the others go.
 */

import { toUtf8 } from "../../bytes.ts"
import { formatKeyPath } from "../../sops/key-path.ts"
import type { Comment, KeyPath, Leaf, MapNode, Node, Tree } from "../../sops/tree.ts"
import { canSpellKey, spellKey } from "../ini/key-name.ts"
import { ini as iniFormat } from "../ini.ts"
import { notRepresentable } from "../refusal.ts"
import { toText } from "../text-value.ts"
import { forEachChange, sealedText } from "./changes.ts"
import {
  applyEdits,
  type Edit,
  LineCounter,
  lacksFinalBreak,
  lineBreakOf,
  lineEndAt,
  lineStartAt,
  nextLineAt,
} from "./edits.ts"
import { addMetadata, removeMetadata, replaceMetadata } from "./ini/metadata-section.ts"
import { commentItems, type Item, outlineOf, type Section } from "./ini/outline.ts"
import { quotesOf, spellIn } from "./ini/spelling.ts"
import { entriesOf } from "./metadata-fields.ts"
import { placeOf, placeOfExisting } from "./place.ts"
import type { Layout, LayoutNotice, Rewritten } from "./rewrite.ts"

export const iniLayout: Layout = {
  parse: (source) => iniFormat.parsePlain(toUtf8(source)),

  encrypt(source, plain, encrypted, metadata, previous) {
    const edits: Edit[] = []
    const notices: LayoutNotice[] = []
    const lines = new LineCounter(source)
    const items = new CommentItems(source, plain)
    const scattered: Item[] = []
    forEachChange(plain, encrypted, ({ before, after, at }) => {
      const { span } = before
      if (before.kind === "comment") {
        if (span !== undefined && !isUnsafe(source, span.start)) {
          edits.push(sealedCommentEdit(source, before, sealedText(after)))
          if (signsOf(source, before).includes("\n")) {
            notices.push({ code: "respelled", line: lines.lineAt(span.start), at: at() })
          }
        } else {
          const item = items.itemOf(before)
          joinParts(item, sealedText(after), edits, source)
          scattered.push(item)
        }
      } else if (span !== undefined) {
        const token = source.slice(span.start, span.end)
        const quotes = quotesOf(token)
        edits.push({ ...span, text: quotes + sealedText(after) + quotes })
        if (token === spellIn(quotes, toText(before))) return
        notices.push({ code: "respelled", line: lines.lineAt(span.start), at: at() })
      }
    })
    for (const { entry, comments } of scattered) {
      const line = lines.lineAt(comments[0]?.start ?? 0)
      notices.push({ code: "respelled", line, at: formatKeyPath([entry.key]) })
    }
    edits.push(addMetadata(source, metadata, previous?.source ?? null))
    return { text: applyEdits(source, edits), notices }
  },

  decrypt(source, encrypted, plain) {
    const edits = removeMetadata(source)
    const notices: LayoutNotice[] = []
    const lines = new LineCounter(source)
    forEachChange(encrypted, plain, ({ before, after, at }) => {
      const { span } = before
      if (span === undefined) return
      if (before.kind === "comment") {
        if (after.kind === "comment")
          edits.push(commentEdit(source, before, withSigns(after.text, lineBreakOf(source))))
        return
      }
      const quotes = quotesOf(source.slice(span.start, span.end))
      const text = after.kind === "comment" ? null : spellIn(quotes, toText(after))
      if (text === null) throw notRepresentable("ini", [], `no quotes can hold the value of ${at()}`)
      edits.push({ ...span, text })
      if (quotesOf(text) !== quotes && quotes !== "") {
        notices.push({ code: "respelled", line: lines.lineAt(span.start), at: at() })
      }
    })
    return { text: applyEdits(source, edits), notices }
  },

  replaceMetadata,

  set(source, tree, path, value) {
    const place = placeOf(onlyRoot(tree), path, value)
    if (place.kind === "missing") return added(source, tree, path, value)
    const { node } = place
    if (node.kind === "map" || node.kind === "list" || node.kind === "null" || node.span === undefined) {
      throw noSingleValue(path)
    }
    const { start, end } = node.span
    const text = spell(quotesOf(source.slice(start, end)), value, path)
    return rewritten(source, [{ start, end, text }, ...commentAbove(source, start, end, text)])
  },

  unset(source, tree, path) {
    placeOfExisting(onlyRoot(tree), path)
    const [name, key] = path
    const section = outlineOf(source, onlyRoot(tree)).find(({ entry }) => entry.key === name)
    if (section === undefined) return rewritten(source, [])
    if (key === undefined) return rewritten(source, sectionLines(source, section))
    const item = section.keys.find(({ entry }) => entry.key === key)
    return rewritten(source, item === undefined ? [] : itemLines(source, item))
  },
}

function rewritten(source: string, edits: readonly Edit[]): Rewritten {
  return { text: applyEdits(source, edits), notices: [] }
}

/** Keeps the signs and blanks before the text. */
function commentEdit(source: string, comment: Comment, text: string): Edit {
  const { start, end } = comment.span ?? { start: 0, end: 0 }
  return { start: start + signsOf(source, comment).length, end, text }
}

/**
 * The same for a ciphertext. Lines at its head that hold a sign alone go: they
 * are no part of the comment's text, but sops reads them with it, and then
 * takes the ciphertext for a comment in clear.
 */
function sealedCommentEdit(source: string, comment: Comment, text: string): Edit {
  const { start, end } = comment.span ?? { start: 0, end: 0 }
  const lastLine = signsOf(source, comment).split("\n").at(-1) ?? ""
  return { start, end, text: lastLine.trimStart() + text }
}

/** What stands before a comment's text: signs and blanks, of several lines where the first ones are empty. */
function signsOf(source: string, comment: Comment): string {
  const { start, end } = comment.span ?? { start: 0, end: 0 }
  return source.slice(start, end - comment.text.length)
}

/** Lines behind the first need a sign of their own. */
function withSigns(text: string, lineBreak: string): string {
  return text.replace(/\r?\n(?![ \t]*[#;])/g, `${lineBreak}; `)
}

/** Which key or header each comment belongs to; found out once, and only if it is asked for. */
class CommentItems {
  readonly #source: string
  readonly #plain: Tree
  #items: ReadonlyMap<Comment, Item> | null = null

  constructor(source: string, plain: Tree) {
    this.#source = source
    this.#plain = plain
  }

  itemOf(comment: Comment): Item {
    this.#items ??= commentItems(outlineOf(this.#source, onlyRoot(this.#plain)))
    const item = this.#items.get(comment)
    if (item === undefined) throw new Error("a comment that is nowhere in the source")
    return item
  }
}

/** Whether a ciphertext cannot stand here: its brackets would end the name of a section, or it would not be read. */
function isUnsafe(source: string, start: number): boolean {
  return (
    source.slice(lineStartAt(source, start), start).trimStart().startsWith("[") ||
    isBehindQuote(source, start)
  )
}

/** INI reads a comment behind a closing quote if the value has several lines, which a ciphertext has not. */
function isBehindQuote(source: string, start: number): boolean {
  return /(?:"""|`)\s*$/.test(source.slice(lineStartAt(source, start), start))
}

/** Moves the comment behind a value above its key, if the new value would hide it. */
function commentAbove(source: string, start: number, end: number, text: string): Edit[] {
  const lineEnd = lineEndAt(source, end)
  const comment = source.slice(end, lineEnd).trim()
  if (comment === "" || text.includes("\n") || !isBehindQuote(text, text.length)) return []
  const above = lineStartAt(source, start)
  return [
    { start: above, end: above, text: comment + lineBreakOf(source) },
    { start: end, end: lineEnd, text: "" },
  ]
}

/** The text in the place of an item's first comment, which must be above it; the others go. */
function joinParts({ comments, start: itemStart }: Item, text: string, edits: Edit[], source: string): void {
  const [first] = comments
  if (first === undefined) return
  const sign = /^([#;])(?:\1| )*/.exec(source.slice(first.start, first.end))?.[0] ?? "; "
  const isAbove = first.start < itemStart
  if (isAbove) edits.push({ ...first, text: sign + text })
  else edits.push({ start: itemStart, end: itemStart, text: sign + text + lineBreakOf(source) })
  for (const { start, end } of isAbove ? comments.slice(1) : comments)
    edits.push(wholeLine(source, start, end))
}

/** The line of a comment that stands alone; else the comment and the blanks before it. */
function wholeLine(source: string, start: number, end: number): Edit {
  const line = lineStartAt(source, start)
  const before = source.slice(line, start)
  if (before.trim() === "") return { start: line, end: nextLineAt(source, start), text: "" }
  return { start: line + before.trimEnd().length, end, text: "" }
}

/** An item's lines with those of its comments: in INI they belong to it. */
function itemLines(source: string, { comments, start, end }: Item): Edit[] {
  const above = comments.filter((comment) => comment.start < start)
  return [...above.map((comment) => wholeLine(source, comment.start, comment.end)), { start, end, text: "" }]
}

function sectionLines(source: string, section: Section): Edit[] {
  return [section.header, ...section.keys].flatMap((item) => itemLines(source, item))
}

function added(source: string, tree: Tree, path: KeyPath, value: Node): Rewritten {
  const [name, key] = path
  const lineBreak = lineBreakOf(source)
  const section = outlineOf(source, onlyRoot(tree)).find(({ entry }) => entry.key === name)
  if (section !== undefined && typeof key === "string" && path.length === 2) {
    const last = section.keys.at(-1)
    const sign = last === undefined ? " = " : signOf(source, last)
    const at = last?.end ?? section.header.end
    const line = `${spellName(key, path)}${sign}${spell("", value, path)}`
    return rewritten(source, [newLines(source, at, [line], lineBreak)])
  }
  if (section !== undefined || typeof name !== "string") throw noSingleValue(path)
  const keys = keysOf(path, value).map(([own, leaf]) => `${spellName(own, path)} = ${spell("", leaf, path)}`)
  const lines = [`[${name}]`, ...keys]
  return rewritten(source, [
    newLines(source, source.length, source === "" ? lines : ["", ...lines], lineBreak),
  ])
}

function keysOf(path: KeyPath, value: Node): (readonly [string, Node])[] {
  const [, key] = path
  if (typeof key === "string" && path.length === 2) return [[key, value]]
  if (path.length === 1 && value.kind === "map")
    return entriesOf(value).map((entry) => [entry.key, entry.value])
  throw noSingleValue(path)
}

/** New lines at the start of a line, or at the end of a text whose last line may be open. */
function newLines(source: string, at: number, lines: readonly string[], lineBreak: string): Edit {
  const open = at === source.length && lacksFinalBreak(source)
  const text = lines.join(lineBreak)
  return { start: at, end: at, text: open ? lineBreak + text : text + lineBreak }
}

/** The `=` of a key with the blanks around it. */
function signOf(source: string, { entry: { keySpan, value } }: Item): string {
  const end = value.kind === "map" || value.kind === "list" ? undefined : value.span?.start
  const sign = source.slice(keySpan?.end, end)
  return /^ ?[=:] ?$/.test(sign) ? sign : " = "
}

function spellName(key: string, path: KeyPath): string {
  if (canSpellKey(key)) return spellKey(key)
  throw notRepresentable("ini", path, "not a key that reads back")
}

function spell(quotes: string, value: Node | Leaf, path: KeyPath): string {
  if (value.kind === "map" || value.kind === "list") throw noSingleValue(path)
  const text = spellIn(quotes, toText(value))
  if (text === null) throw notRepresentable("ini", path, "no quotes can hold this value")
  return text
}

function noSingleValue(path: KeyPath): Error {
  return notRepresentable("ini", path, "is no single value of a key in a section")
}

function onlyRoot([root]: Tree): MapNode {
  if (root === undefined) throw new Error("a document without a root")
  return root
}
