/**
 * The tree of a plaintext with its comments where they will be in the encrypted
 * file. yaml.v3 attaches a comment by what follows it, so a comment at the end
 * of a document may belong elsewhere once the metadata stands behind it; and
 * with its place changes the path that it is encrypted under.
 */

import type { Comment, Entry, MapNode, Node, Span, Tree } from "../../../sops/tree.ts"
import { parseYamlNodes } from "../../yaml/composer.ts"
import { nodesToTree } from "../../yaml/nodes-to-tree.ts"
import { applyEdits, type Edit } from "../edits.ts"
import { addMetadata, type Parsed } from "./metadata-block.ts"
import { notationOf } from "./notation.ts"
import { METADATA_KEY } from "./pairing.ts"

/** Any block of metadata will do. */
const STAND_IN: MapNode = {
  kind: "map",
  items: [{ kind: "entry", key: "version", value: { kind: "str", text: "3.0.0" } }],
}

/** @param tree - As parsed from the source alone. */
export function attachComments(source: string, tree: Tree, previous: Parsed | null): Tree {
  if (!tree.some(canMove) && previous === null) return tree
  const documents = parseYamlNodes(source)
  const edits = addMetadata(source, documents, STAND_IN, notationOf(source, documents), previous)
  const attached = nodesToTree(parseYamlNodes(applyEdits(source, edits)))
  const shifts = shiftsOf(edits)
  return attached.map((map) => withoutMetadata(shiftMap(map, shifts)))
}

/** Only a comment behind all values can move. One in a document that is null is lost, until it gets an entry. */
function canMove(map: MapNode): boolean {
  return map.items.length === 0 || endsWithComment(map)
}

function endsWithComment(node: Node): boolean {
  if (node.kind !== "map" && node.kind !== "list") return false
  const last = node.items.at(-1)
  if (last === undefined) return false
  return last.kind === "comment" || endsWithComment(last.kind === "entry" ? last.value : last)
}

function withoutMetadata(map: MapNode): MapNode {
  return { ...map, items: map.items.filter((item) => item.kind !== "entry" || item.key !== METADATA_KEY) }
}

/** From which offset on, in the longer text, how much is to be taken off. */
type Shift = { readonly from: number; readonly by: number }

function shiftsOf(edits: readonly Edit[]): Shift[] {
  let by = 0
  return [...edits]
    .sort((a, b) => a.start - b.start)
    .map(({ start, end, text }) => {
      const from = end + by + text.length - (end - start)
      by += text.length - (end - start)
      return { from, by }
    })
}

function shiftMap(map: MapNode, shifts: readonly Shift[]): MapNode {
  return shiftNode(map, shifts) as MapNode
}

function shiftNode<Item extends Node | Comment>(node: Item, shifts: readonly Shift[]): Item {
  if (node.kind === "map")
    return { ...node, items: node.items.map((item) => shiftEntry(item, shifts)), ...spanOf(node, shifts) }
  if (node.kind === "list")
    return { ...node, items: node.items.map((item) => shiftNode(item, shifts)), ...spanOf(node, shifts) }
  return { ...node, ...spanOf(node, shifts) }
}

function shiftEntry(item: Entry | Comment, shifts: readonly Shift[]): Entry | Comment {
  if (item.kind === "comment") return shiftNode(item, shifts)
  const value = shiftNode(item.value, shifts)
  return item.keySpan === undefined
    ? { ...item, value }
    : { ...item, value, keySpan: shift(item.keySpan, shifts) }
}

function spanOf(node: { readonly span?: Span }, shifts: readonly Shift[]): { span?: Span } {
  return node.span === undefined ? {} : { span: shift(node.span, shifts) }
}

function shift({ start, end }: Span, shifts: readonly Shift[]): Span {
  return { start: start - amount(start, shifts), end: end - amount(end, shifts) }
}

function amount(offset: number, shifts: readonly Shift[]): number {
  let low = 0
  let high = shifts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((shifts[middle] as Shift).from <= offset) low = middle + 1
    else high = middle
  }
  return shifts[low - 1]?.by ?? 0
}
