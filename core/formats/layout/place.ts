/** Where a key path leads in a tree: to an item that is there, or to the map or list that is to get one. */

import { ConclaveError } from "../../errors.ts"
import { formatKeyPath } from "../../sops/key-path.ts"
import type { KeyPath, ListNode, MapNode, Node } from "../../sops/tree.ts"

export type Place =
  | {
      readonly kind: "present"
      /** `null` for the empty path. */
      readonly parent: MapNode | ListNode | null
      /** Among the parent's entries or items, comments not counted. */
      readonly index: number
      readonly node: Node
    }
  | {
      readonly kind: "missing"
      readonly parent: MapNode | ListNode
      /** The key of the new entry; a number for a list's new last item. */
      readonly step: string | number
      /** What the new entry holds, down to the value. */
      readonly value: Node
    }

/**
 * @param value - What is to be put at the path.
 * @throws {@link ConclaveError} `path-not-found` for a step into a single value, a
 * key where a list is, an index where a map is, or one beyond a list's end.
 */
export function placeOf(root: MapNode, path: KeyPath, value: Node): Place {
  let parent: MapNode | ListNode | null = null
  let index = -1
  let node: Node = root
  for (const [depth, step] of path.entries()) {
    if (node.kind !== "map" && node.kind !== "list") throw leadsNowhere(path, depth, "is a single value")
    const at = childIndex(node, step)
    if (at === null) throw leadsNowhere(path, depth, node.kind === "map" ? "is a map" : "is a list")
    const children = childrenOf(node)
    const child: Node | undefined = children[at]
    if (child === undefined) {
      if (typeof step === "number" && at > children.length) {
        throw leadsNowhere(path, depth + 1, "is beyond the end of its list")
      }
      return { kind: "missing", parent: node, step, value: nest(path, depth + 1, value) }
    }
    parent = node
    index = at
    node = child
  }
  return { kind: "present", parent, index, node }
}

/** As {@link placeOf}, for something that must be there. */
export function placeOfExisting(root: MapNode, path: KeyPath): Place & { kind: "present" } {
  const place = placeOf(root, path, { kind: "null" })
  if (place.kind === "present" && place.parent !== null) return place
  throw leadsNowhere(path, path.length, "leads to nothing")
}

/** The values of a map's entries or the items of a list, without comments. */
export function childrenOf(node: MapNode | ListNode): Node[] {
  return node.kind === "map"
    ? node.items.flatMap((item) => (item.kind === "entry" ? [item.value] : []))
    : node.items.flatMap((item) => (item.kind === "comment" ? [] : [item]))
}

/** An index beyond the children for one that is missing; `null` when the step does not fit. */
function childIndex(node: MapNode | ListNode, step: string | number): number | null {
  if (node.kind === "list") return typeof step === "number" && step >= 0 ? step : null
  if (typeof step !== "string") return null
  let index = 0
  for (const item of node.items) {
    if (item.kind === "comment") continue
    if (item.key === step) return index
    index++
  }
  return index
}

/** Maps and lists around the value, for the steps from `depth` on. */
function nest(path: KeyPath, depth: number, value: Node): Node {
  let node = value
  for (let i = path.length - 1; i >= depth; i--) {
    const step = path[i] as string | number
    if (typeof step === "string") {
      node = { kind: "map", items: [{ kind: "entry", key: step, value: node }] }
    } else if (step === 0) {
      node = { kind: "list", items: [node] }
    } else {
      throw leadsNowhere(path, i + 1, "is beyond the end of its list")
    }
  }
  return node
}

function leadsNowhere(path: KeyPath, depth: number, what: string): ConclaveError {
  const place = formatKeyPath(path.slice(0, depth)) || "the top level"
  return new ConclaveError("path-not-found", `${place} ${what}`, { path: formatKeyPath(path) })
}
