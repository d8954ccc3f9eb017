/**
 * Compares two trees by what they say: keys, order, structure and values.
 * Comments do not count. Two scalars are equal when the MAC could not tell
 * them apart, so 2.0 and 2 are: formats print them alike.
 */

import { equalBytes } from "../bytes.ts"
import { formatKeyPath } from "../sops/key-path.ts"
import { serializeScalar } from "../sops/scalar.ts"
import type { Comment, Entry, KeyPath, ListNode, MapNode, Node, Tree } from "../sops/tree.ts"

/** The place of the first difference, in words fit for a message; `null` if there is none. */
export function findDifference(a: Tree, b: Tree): string | null {
  if (a.length !== b.length) return "the number of documents"
  for (const [i, branch] of a.entries()) {
    const path = differenceIn(branch, b[i] as MapNode, [])
    if (path !== null) return path.length === 0 ? "the top level" : formatKeyPath(path)
  }
  return null
}

function differenceIn(a: Node, b: Node, path: KeyPath): KeyPath | null {
  if (a.kind === "map" && b.kind === "map") return differenceInMap(a, b, path)
  if (a.kind === "list" && b.kind === "list") return differenceInList(a, b, path)
  return isSameLeaf(a, b) ? null : path
}

function differenceInMap(a: MapNode, b: MapNode, path: KeyPath): KeyPath | null {
  const ours = a.items.filter((item) => item.kind !== "comment")
  const theirs = b.items.filter((item) => item.kind !== "comment")
  if (ours.length !== theirs.length) return path
  for (const [i, entry] of ours.entries()) {
    const other = theirs[i]
    if (other?.key !== entry.key) return [...path, entry.key]
    const difference = differenceIn(entry.value, other.value, [...path, entry.key])
    if (difference !== null) return difference
  }
  return null
}

function differenceInList(a: ListNode, b: ListNode, path: KeyPath): KeyPath | null {
  const ours = a.items.filter(isNode)
  const theirs = b.items.filter(isNode)
  if (ours.length !== theirs.length) return path
  for (const [i, item] of ours.entries()) {
    const difference = differenceIn(item, theirs[i] as Node, [...path, i])
    if (difference !== null) return difference
  }
  return null
}

function isNode(item: Node | Comment): item is Node {
  return item.kind !== "comment"
}

function isSameLeaf(a: Node, b: Node): boolean {
  if (a.kind === "map" || a.kind === "list" || b.kind === "map" || b.kind === "list") return false
  if (a.kind === "null" || b.kind === "null") return a.kind === b.kind
  if (a.kind === "str" && b.kind === "str") return a.text === b.text
  return equalBytes(serializeScalar(a), serializeScalar(b))
}

/** Whether two trees say the same, comments included, with the same kinds of values. Places do not count. */
export function sameContent(a: Tree, b: Tree): boolean {
  return a.length === b.length && a.every((branch, i) => sameItem(branch, b[i] as MapNode))
}

type Item = Node | Comment | Entry

/** The same for a part of a tree. */
export function sameItem(a: Item, b: Item): boolean {
  if (a.kind === "map" || a.kind === "list") {
    if (b.kind !== a.kind || b.items.length !== a.items.length) return false
    const theirs: readonly Item[] = b.items
    return (a.items as readonly Item[]).every((item, i) => sameItem(item, theirs[i] as Item))
  }
  if (a.kind === "entry") return b.kind === "entry" && a.key === b.key && sameItem(a.value, b.value)
  if (a.kind === "comment") return b.kind === "comment" && a.text === b.text
  if (b.kind === "map" || b.kind === "list" || b.kind === "entry" || b.kind === "comment") return false
  return a.kind === b.kind && isSameLeaf(a, b)
}
