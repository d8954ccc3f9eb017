/**
 * What differs between a tree and the tree of the same shape that encryption
 * or decryption made of it: values and texts of comments, nothing else.
 */

import { equalBytes } from "../../bytes.ts"
import { formatKeyPath } from "../../sops/key-path.ts"
import type { Comment, Leaf, ListNode, MapNode, Node, Tree } from "../../sops/tree.ts"

/** An item before and after; `parent` as it was before. */
export type Change = {
  readonly before: Leaf | Comment
  readonly after: Leaf | Comment
  readonly parent: MapNode | ListNode
  /** The key path, in words. Valid only during the visit. */
  readonly at: () => string
}

/** Calls `visit` for each item that differs, in document order. */
export function forEachChange(before: Tree, after: Tree, visit: (change: Change) => void): void {
  const path: (string | number)[] = []
  const at = () => formatKeyPath(path)
  const walk = (a: Node | Comment, b: Node | Comment, parent: MapNode | ListNode): void => {
    if (a === b) return
    if (a.kind === "map" && b.kind === "map") {
      for (const [i, item] of a.items.entries()) {
        const other = b.items[i]
        if (item.kind === "comment") {
          if (other?.kind === "comment") walk(item, other, a)
        } else if (other?.kind === "entry") {
          path.push(item.key)
          walk(item.value, other.value, a)
          path.pop()
        }
      }
    } else if (a.kind === "list" && b.kind === "list") {
      let index = 0
      for (const [i, item] of a.items.entries()) {
        const other = b.items[i]
        path.push(item.kind === "comment" ? index : index++)
        if (other !== undefined) walk(item, other, a)
        path.pop()
      }
    } else if (isLeafOrComment(a) && isLeafOrComment(b) && !isSameItem(a, b)) {
      visit({ before: a, after: b, parent, at })
    }
  }
  for (const [i, branch] of before.entries()) {
    const other = after[i]
    if (other !== undefined) walk(branch, other, branch)
  }
}

function isLeafOrComment(item: Node | Comment): item is Leaf | Comment {
  return item.kind !== "map" && item.kind !== "list" && item.kind !== "null"
}

/** Whether two items are of one kind and say the same. */
export function isSameItem(a: Leaf | Comment, b: Leaf | Comment): boolean {
  switch (a.kind) {
    case "int":
    case "bool":
      return a.kind === b.kind && a.value === b.value
    case "float":
      return b.kind === "float" && Object.is(a.value, b.value)
    case "bytes":
      return b.kind === "bytes" && equalBytes(a.bytes, b.bytes)
    default:
      return a.kind === b.kind && a.text === b.text
  }
}

/** Whether anything in a subtree differs. */
export function hasChange(before: Node, after: Node): boolean {
  if (before === after) return false
  let found = false
  const asTree = (node: Node): Tree => [{ kind: "map", items: [{ kind: "entry", key: "", value: node }] }]
  forEachChange(asTree(before), asTree(after), () => {
    found = true
  })
  return found
}

/** The ASCII text of a ciphertext. */
export function sealedText(after: Leaf | Comment): string {
  if (after.kind === "str" || after.kind === "comment") return after.text
  throw new Error(`a ciphertext of kind ${after.kind}`)
}
