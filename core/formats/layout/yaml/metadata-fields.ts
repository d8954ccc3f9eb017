/** The fields of a `sops` block in YAML, changed where they stand; what is equal stays as it is written. */

import type { Leaf, MapNode, Node } from "../../../sops/tree.ts"
import type { DocumentNode, MappingNode, YamlNode } from "../../yaml/node.ts"
import { nodesToTree } from "../../yaml/nodes-to-tree.ts"
import { type Edit, lacksFinalBreak, lineBreakOf, lineStartAt } from "../edits.ts"
import { changedFields } from "../metadata-fields.ts"
import { indented, isBlock } from "./block-scalar.ts"
import { lineBehind } from "./extent.ts"
import { columnAt } from "./pairing.ts"
import { isCollection, printBlock } from "./printed-node.ts"
import { spellInline } from "./spelling.ts"

/**
 * @param block - The value of the key `sops` in one of the documents.
 * @returns `null` for a block that is not written line by line.
 */
export function fieldEdits(
  source: string,
  documents: readonly DocumentNode[],
  block: YamlNode,
  metadata: MapNode,
): Edit[] | null {
  if (block.kind !== "mapping" || block.flow || block.content.length === 0) return null
  const [first] = documents
  if (first === undefined) return null
  const old = blockTree(first, block)
  if (old === null) return null
  return changedFields(old, metadata).map((change) => {
    if (change.kind === "added")
      return insertField(source, block, change.entry.key, change.entry.value, change.before?.key)
    const [key, value] = pairOf(block, change.old.key)
    const range = { start: lineStartAt(source, key.start), end: lineBehind(source, value) }
    if (change.kind === "removed") return { ...range, text: "" }
    return changeField(source, block, key, value, change.value)
  })
}

/** The block's map as SOPS reads it, wherever the document has it. */
function blockTree(document: DocumentNode, block: MappingNode): MapNode | null {
  const [map] = nodesToTree([{ ...document, content: [block] }])
  return map ?? null
}

function pairOf({ content }: MappingNode, name: string): [YamlNode, YamlNode] {
  const index = content.findIndex((key, i) => i % 2 === 0 && key.kind === "scalar" && key.value === name)
  const key = content[index]
  const value = content[index + 1]
  if (key === undefined || value === undefined) throw new Error("a field that is not in its block")
  return [key, value]
}

function changeField(source: string, block: MappingNode, key: YamlNode, value: YamlNode, to: Node): Edit {
  const isInline = value.kind === "scalar" && !isBlock(value)
  if (isInline && !isCollection(to) && to.kind !== "null" && value.start < value.end) {
    return { start: value.start, end: value.end, text: spellLike(source, value, to) }
  }
  const text = fieldText(source, block, key.kind === "scalar" ? key.value : "", to)
  return { start: lineStartAt(source, key.start), end: lineBehind(source, value), text }
}

/** In the quotes that the value had. A time must have some: SOPS wants a string. */
function spellLike(source: string, { start }: YamlNode, to: Leaf): string {
  const quote = source[start]
  const style = quote === '"' ? "double" : quote === "'" ? "single" : "plain"
  return spellInline(to, style, { flow: false, tagged: false })
}

function insertField(
  source: string,
  block: MappingNode,
  name: string,
  value: Node,
  before: string | undefined,
): Edit {
  const text = fieldText(source, block, name, value)
  if (before !== undefined) {
    const at = lineStartAt(source, pairOf(block, before)[0].start)
    return { start: at, end: at, text }
  }
  const last = block.content.at(-1)
  const at = last === undefined ? block.end : lineBehind(source, last)
  const isOpen = at === source.length && lacksFinalBreak(source)
  return { start: at, end: at, text: isOpen ? lineBreakOf(source) + text.replace(/\r?\n$/, "") : text }
}

function fieldText(source: string, block: MappingNode, key: string, value: Node): string {
  const column = columnAt(source, block.start)
  const lineBreak = lineBreakOf(source)
  const lines = printBlock(
    { kind: "map", items: [{ kind: "entry", key, value }] },
    stepOf(source, block, column),
  )
  return indented(lines, column, lineBreak) + lineBreak
}

/** The indentation of a list of keys within the block, or else of the block itself. */
function stepOf(source: string, { content }: MappingNode, column: number): number {
  for (const node of content) {
    if ((node.kind !== "sequence" && node.kind !== "mapping") || node.flow) continue
    const step = columnAt(source, node.start) - column
    if (step >= 2) return step
  }
  return column >= 2 ? column : 4
}
