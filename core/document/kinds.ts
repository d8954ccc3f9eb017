/**
 * Text does not tell a float 5 from an int: a number that reads as before
 * keeps the type that it had, or values that nobody touched would get a new
 * ciphertext.
 */

import { formatPlainFloat } from "../sops/scalar.ts"
import type { Comment, Entry, MapNode, Node, Tree } from "../sops/tree.ts"
import { entriesById, nodesOf } from "./entries.ts"

/** A tree that was read from text, with the kinds of numbers that `before` had at the same places. */
export function withKindsOf(tree: Tree, before: Tree): Tree {
  return tree.map((branch, i) => nodeWithKinds(branch, before[i]) as MapNode)
}

function nodeWithKinds(node: Node, before: Node | undefined): Node {
  if (node.kind === "map") return before?.kind === "map" ? mapWithKinds(node, before) : node
  if (node.kind === "list") {
    if (before?.kind !== "list") return node
    const old = nodesOf(before).values()
    const items = node.items.map((item): Node | Comment =>
      item.kind === "comment" ? item : nodeWithKinds(item, old.next().value),
    )
    return { ...node, items }
  }
  if (node.kind !== "int" || before?.kind !== "float") return node
  if (formatPlainFloat(before.value) !== node.value.toString()) return node
  return { ...before, ...(node.span === undefined ? {} : { span: node.span }) }
}

function mapWithKinds(map: MapNode, before: MapNode): MapNode {
  const old = entriesById(before)
  const ids = entriesById(map).keys()
  const items = map.items.map((item): Entry | Comment => {
    if (item.kind === "comment") return item
    return { ...item, value: nodeWithKinds(item.value, old.get(ids.next().value ?? "")?.value) }
  })
  return { ...map, items }
}
