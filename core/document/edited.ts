/**
 * What a person has made of a file's plaintext. Text does not tell a float 5
 * from an int: a number that reads as before keeps the type that it had, or
 * values that nobody touched would get a new ciphertext.
 */

import { formatPlainFloat } from "../sops/scalar.ts"
import type { Comment, Entry, MapNode, Node, Tree } from "../sops/tree.ts"
import { entriesById, nodesOf } from "./entries.ts"
import type { OpenedDocument } from "./opened.ts"

/** @throws {@link ConclaveError} what the format refuses, with line and column. */
export function parseEdited(opened: OpenedDocument, plaintext: Uint8Array): Tree {
  const tree = opened.document.format.parsePlain(plaintext)
  return tree.map((branch, i) => withKindsOf(branch, opened.tree[i]) as MapNode)
}

function withKindsOf(node: Node, before: Node | undefined): Node {
  if (node.kind === "map") return before?.kind === "map" ? mapWithKindsOf(node, before) : node
  if (node.kind === "list") {
    if (before?.kind !== "list") return node
    const old = nodesOf(before).values()
    const items = node.items.map((item): Node | Comment =>
      item.kind === "comment" ? item : withKindsOf(item, old.next().value),
    )
    return { ...node, items }
  }
  if (node.kind !== "int" || before?.kind !== "float") return node
  if (formatPlainFloat(before.value) !== node.value.toString()) return node
  return { ...before, ...(node.span === undefined ? {} : { span: node.span }) }
}

function mapWithKindsOf(map: MapNode, before: MapNode): MapNode {
  const old = entriesById(before)
  const ids = entriesById(map).keys()
  const items = map.items.map((item): Entry | Comment => {
    if (item.kind === "comment") return item
    return { ...item, value: withKindsOf(item.value, old.get(ids.next().value ?? "")?.value) }
  })
  return { ...map, items }
}
