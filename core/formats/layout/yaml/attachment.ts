/**
 * The tree of a plaintext with its comments where they will be in the encrypted
 * file. yaml.v3 attaches a comment by what follows it, so a comment at the end
 * of a document may belong elsewhere once the metadata stands behind it; and
 * with its place changes the path that it is encrypted under.
 */

import type { Comment, Entry, MapNode, Node, Tree } from "../../../sops/tree.ts"
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
  // Also one that yaml.v3 loses, behind a null at the end, is there again once something follows.
  if (!source.includes("#") && previous === null) return tree
  const documents = parseYamlNodes(source)
  const edits = addMetadata(source, documents, STAND_IN, notationOf(source, documents), previous)
  const attached = nodesToTree(parseYamlNodes(applyEdits(source, edits)))
  const shifts = shiftsOf(edits)
  return attached.map((map, i) => attach(withoutMetadata(map), tree[i] ?? map, shifts) as MapNode)
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

type Item = Node | Comment | Entry

/** `own` with the comments of `node`: what stands between them is the same, in this order. */
function attach(node: Node, own: Node, shifts: readonly Shift[]): Node {
  if ((node.kind !== "map" && node.kind !== "list") || node.kind !== own.kind) return own
  const values: readonly Item[] = (own.items as readonly Item[]).filter((item) => item.kind !== "comment")
  let index = 0
  const items = (node.items as readonly Item[]).map((item): Item => {
    if (item.kind === "comment") return shiftComment(item, shifts)
    const value = values[index++] ?? item
    if (item.kind === "entry") {
      return value.kind === "entry" ? { ...value, value: attach(item.value, value.value, shifts) } : item
    }
    return value.kind === "entry" || value.kind === "comment" ? item : attach(item, value, shifts)
  })
  // The items are of the kinds that the collection had.
  return { ...own, items } as Node
}

function shiftComment(comment: Comment, shifts: readonly Shift[]): Comment {
  if (comment.span === undefined) return comment
  const by = amount(comment.span.start, shifts)
  return { ...comment, span: { start: comment.span.start - by, end: comment.span.end - by } }
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
