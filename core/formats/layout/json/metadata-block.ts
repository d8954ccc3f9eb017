/** The member `sops` of a JSON object: added as the last one, taken away, or changed field by field. */

import type { Entry, MapNode, Node, Tree } from "../../../sops/tree.ts"
import { parseJsonText } from "../../json/parser.ts"
import { applyWithin, type Edit } from "../edits.ts"
import { changedFields, entriesOf } from "../metadata-fields.ts"
import { addMember, memberSpans, removeMembers, spanOf } from "./members.ts"
import { indentAt, type Notation, notationOf, spellNode } from "./notation.ts"

const METADATA_KEY = "sops"

export function rootOf(source: string): MapNode {
  const root = parseJsonText(source)
  if (root.kind !== "map") throw new Error("a document that is no object")
  return root
}

/** The edit that puts the metadata behind everything else. */
export function addMetadata(source: string, [root]: Tree, metadata: MapNode): Edit {
  if (root === undefined) throw new Error("a document without a root")
  return addMember(source, root, METADATA_KEY, metadata, notationOf(source, root))
}

/**
 * The same in the words and at the place of the file before: behind the same
 * member, or at the end where that is gone.
 */
export function carryMetadata(source: string, [root]: Tree, metadata: MapNode, previous: string): Edit {
  if (root === undefined) throw new Error("a document without a root")
  const old = rootOf(previous)
  const entries = entriesOf(old)
  const at = entries.findIndex(isMetadata)
  const own = entries[at]
  if (own === undefined || own.value.kind !== "map") return addMetadata(source, [root], metadata)
  const edits = metadataEdits(previous, old, own.value, metadata)
  const start = own.keySpan?.start ?? 0
  const { end } = spanOf(own.value)
  const text = applyWithin(previous, start, end, edits)
  return placeMember(source, root, entries, at, text, previous)
}

function placeMember(
  source: string,
  root: MapNode,
  entries: readonly Entry[],
  at: number,
  text: string,
  previous: string,
): Edit {
  const own = entries[at]
  const next = entries[at + 1]
  const spans = memberSpans(root)
  const follower = next === undefined ? -1 : entriesOf(root).findIndex(({ key }) => key === next.key)
  const span = spans[follower]
  if (own !== undefined && next !== undefined && span !== undefined) {
    const between = previous.slice(spanOf(own.value).end, next.keySpan?.start)
    return { start: span.start, end: span.start, text: text + between }
  }
  const last = spans.at(-1)
  const before = entries[at - 1]
  if (last === undefined || own === undefined || before === undefined) {
    const notation = notationOf(source, root)
    const { start, end } = spanOf(root)
    const { lineBreak, unit } = notation
    const outer = indentAt(source, start)
    const body = unit === null ? text : lineBreak + outer + unit + text + lineBreak + outer
    return { start: start + 1, end: end - 1, text: body }
  }
  return {
    start: last.end,
    end: last.end,
    text: previous.slice(spanOf(before.value).end, own.keySpan?.start) + text,
  }
}

export function removeMetadata(root: MapNode): Edit[] {
  const entries = entriesOf(root)
  return removeMembers(root, (index) => entries[index] !== undefined && isMetadata(entries[index]))
}

/** The edits that make the metadata of an encrypted file another. */
export function replaceMetadataEdits(source: string, metadata: MapNode): Edit[] {
  const root = rootOf(source)
  const own = entriesOf(root).find(isMetadata)
  if (own?.value.kind !== "map") throw new Error("a file without metadata")
  return metadataEdits(source, root, own.value, metadata)
}

function metadataEdits(source: string, root: MapNode, block: MapNode, metadata: MapNode): Edit[] {
  const notation = notationOf(source, root)
  const edits: Edit[] = []
  const removed = new Set<Entry>()
  for (const change of changedFields(block, metadata)) {
    if (change.kind === "removed") removed.add(change.old)
    else if (change.kind === "changed")
      edits.push(replaceValue(source, change.old.value, change.value, notation))
    else edits.push(insertField(source, block, change.entry, change.before, notation))
  }
  const entries = entriesOf(block)
  return [...edits, ...removeMembers(block, (index) => removed.has(entries[index] as Entry))]
}

/** Another value in the place of one. */
export function replaceValue(source: string, old: Node, value: Node, notation: Notation): Edit {
  const { start, end } = spanOf(old)
  return { start, end, text: spellNode(value, notation, indentAt(source, start)) }
}

function insertField(
  source: string,
  block: MapNode,
  field: Entry,
  before: Entry | null,
  notation: Notation,
): Edit {
  const start = before?.keySpan?.start
  if (start === undefined) return addMember(source, block, field.key, field.value, notation)
  const indent = indentAt(source, start)
  const { lineBreak, unit, comma, colon } = notation
  const separator = unit === null ? comma : `,${lineBreak}${indent}`
  const text = `"${field.key}"${colon}${spellNode(field.value, notation, indent)}${separator}`
  return { start, end: start, text }
}

function isMetadata({ key }: Entry): boolean {
  return key === METADATA_KEY
}
