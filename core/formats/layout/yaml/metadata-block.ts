/**
 * The metadata of a YAML file, the map `sops` at the end of every document:
 * added, taken away, carried over from an older version of the file. In a
 * document in flow style it is one more member.
 */

import type { MapNode } from "../../../sops/tree.ts"
import type { DocumentNode, MappingNode, YamlNode } from "../../yaml/node.ts"
import { applyWithin, type Edit, lacksFinalBreak, lineEndAt, lineStartAt } from "../edits.ts"
import { indented } from "./block-scalar.ts"
import { endOfDocument, isFirstOnLine, lineBehind } from "./extent.ts"
import { addToFlow, removeFromFlow } from "./flow-metadata.ts"
import { fieldEdits } from "./metadata-fields.ts"
import type { Notation } from "./notation.ts"
import { columnAt, isMetadataKey, METADATA_KEY } from "./pairing.ts"
import { printBlock, printFlow } from "./printed-node.ts"

/** A file's text and nodes, of which the metadata is part. */
export type Parsed = { readonly source: string; readonly documents: readonly DocumentNode[] }

type Block = { readonly root: MappingNode; readonly index: number; readonly value: YamlNode }

export function blockOf(document: DocumentNode | undefined): Block | null {
  const root = document?.content[0]
  if (root?.kind !== "mapping") return null
  const index = root.content.findIndex((key, i) => i % 2 === 0 && isMetadataKey(key))
  const value = root.content[index + 1]
  return index < 0 || value === undefined ? null : { root, index, value }
}

/** A stretch of the source. */
export type Range = { readonly start: number; readonly end: number }

/** The lines of a block; comments between them go with it. */
function rangeOf(source: string, { root, index, value }: Block): Range {
  const key = root.content[index]
  return { start: lineStartAt(source, key?.start ?? root.start), end: lineBehind(source, value) }
}

/**
 * @param previous - The file before, whose words and place the metadata keeps.
 * @param isClosed - Whether the text gets a line break at its end in any case.
 */
export function addMetadata(
  source: string,
  documents: readonly DocumentNode[],
  metadata: MapNode,
  notation: Notation,
  previous: Parsed | null,
  isClosed = false,
): Edit[] {
  return documents.flatMap((document, i) => {
    const [root] = document.content
    const isOwnLine = isNothing(root) && !isExplicit(source, document) && isFirstOnLine(source, root.start)
    if (root?.kind === "mapping" && root.flow && !isOwnLine)
      return addToFlow(source, root, metadata, notation.lineBreak)
    const column = root?.kind === "mapping" ? columnAt(source, root.start) : 0
    const nothing = root?.kind === "scalar" ? removeNull(root) : []
    const old = previous === null ? null : carried(previous, i, metadata, column)
    const lines = old?.text ?? printed(metadata, column, notation)
    if (isOwnLine) return [{ start: root.start, end: root.end, text: withoutFinalBreak(lines).trimStart() }]
    const follower = old === null || old.follower === null ? null : placeBefore(source, root, old.follower)
    const at = follower ?? endOfDocument(source, document)
    const isBehindNull = nothing[0]?.end === source.length && isFirstOnLine(source, nothing[0].start)
    if (isBehindNull) return nothing.map((edit) => ({ ...edit, text: lines }))
    return [...nothing, insertLines(source, at, lines, notation.lineBreak, isClosed)]
  })
}

/** `{}`, or null in so many words: in the place of it the metadata can stand. */
function isNothing(root: YamlNode | undefined): root is YamlNode {
  if (root?.kind === "mapping") return root.flow && root.end - root.start === "{}".length
  return root?.kind === "scalar" && root.start < root.end
}

function printed(metadata: MapNode, column: number, { step, lineBreak }: Notation): string {
  const entry = { kind: "entry", key: METADATA_KEY, value: metadata } as const
  return indented(printBlock({ kind: "map", items: [entry] }, step), column, lineBreak) + lineBreak
}

/** Whole lines at the start of a line. Behind a last line that is not ended they are not ended either. */
function insertLines(source: string, at: number, lines: string, lineBreak: string, isClosed: boolean): Edit {
  const isOpen = at > 0 && source[at - 1] !== "\n"
  const text = isOpen ? lineBreak + lines : lines
  const isLast = at === source.length && lacksFinalBreak(source) && !isClosed
  return { start: at, end: at, text: isLast ? withoutFinalBreak(text) : text }
}

function withoutFinalBreak(text: string): string {
  return text.replace(/\r?\n$/, "")
}

/** A document that is null in so many words cannot get an entry. */
function removeNull(root: YamlNode): Edit[] {
  return root.start < root.end ? [{ start: root.start, end: root.end, text: "" }] : []
}

type Carried = {
  readonly text: string
  /** The key that comes next, and how many lines before it the block ends. */
  readonly follower: { readonly key: string; readonly lines: number } | null
}

/** The block of the same document, or of the first; `null` when it cannot be taken over. */
function carried(
  { source, documents }: Parsed,
  i: number,
  metadata: MapNode,
  column: number,
): Carried | null {
  const block = blockOf(documents[i]) ?? blockOf(documents[0])
  if (block === null || block.root.flow || columnAt(source, block.root.start) !== column) return null
  const edits = fieldEdits(source, documents, block.value, metadata)
  if (edits === null) return null
  const { start, end } = rangeOf(source, block)
  const text = applyWithin(source, start, end, edits)
  const next = block.root.content[block.index + 2]
  const ended = text.endsWith("\n") ? text : `${text}\n`
  if (next?.kind !== "scalar") return { text: ended, follower: null }
  const between = source.slice(end, lineStartAt(source, next.start))
  return { text: ended, follower: { key: next.value, lines: between.split("\n").length - 1 } }
}

/** So many lines before the key, as far as those are blank or comments; `null` when there is no such key. */
function placeBefore(
  source: string,
  root: YamlNode | undefined,
  { key, lines }: { readonly key: string; readonly lines: number },
): number | null {
  if (root?.kind !== "mapping") return null
  const node = root.content.find((child, i) => i % 2 === 0 && child.kind === "scalar" && child.value === key)
  if (node === undefined) return null
  let at = lineStartAt(source, node.start)
  for (let i = 0; i < lines && at > 0; i++) {
    const above = lineStartAt(source, at - 1)
    if (!/^[ \t]*(?:#|$)/.test(source.slice(above, lineEndAt(source, above)))) break
    at = above
  }
  return at
}

export type Removal = {
  readonly edits: readonly Edit[]
  readonly ranges: readonly Range[]
  /** Whether the text before the last block was not ended by a line break. */
  readonly isOpen: boolean
}

export function removeMetadata(source: string, documents: readonly DocumentNode[]): Removal {
  const edits: Edit[] = []
  const ranges: Range[] = []
  let isOpen = false
  for (const document of documents) {
    const block = blockOf(document)
    if (block === null) continue
    if (block.root.flow) {
      for (const range of removeFromFlow(source, block.root, block.index)) {
        ranges.push(range)
        edits.push({ ...range, text: "" })
      }
      continue
    }
    const range = rangeOf(source, block)
    isOpen = range.end === source.length && lacksFinalBreak(source)
    ranges.push(range)
    // Between two `---` nothing is a document too.
    const isAlone = block.root.content.length === 2 && !isExplicit(source, document)
    edits.push({ ...range, text: isAlone ? braces(source, range) : "" })
    if (isAlone) isOpen = false
  }
  return { edits, ranges, isOpen }
}

function isExplicit(source: string, { start }: DocumentNode): boolean {
  return source.startsWith("---", start)
}

/** `{}` at the place of the block, with the end of its last line. */
function braces(source: string, { start, end }: Range): string {
  const lineBreak = /\r?\n$/.exec(source.slice(start, end))?.[0] ?? ""
  return `${/^ */.exec(source.slice(start, end))?.[0] ?? ""}{}${lineBreak}`
}

/** The edits that make the metadata of every document another. */
export function replaceMetadata(
  { source, documents }: Parsed,
  metadata: MapNode,
  notation: Notation,
): Edit[] {
  return documents.flatMap((document) => {
    const block = blockOf(document)
    if (block === null) return []
    const edits = fieldEdits(source, documents, block.value, metadata)
    if (edits !== null) return edits
    const { start, end } = block.value
    if (block.root.flow || (block.value.kind === "mapping" && block.value.flow)) {
      return [{ start, end, text: printFlow(metadata) }]
    }
    const range = rangeOf(source, block)
    return [{ ...range, text: printed(metadata, columnAt(source, block.root.start), notation) }]
  })
}
