/** The entries of a map told apart by key, and by which of its occurrences where a format allows several. */

import type { Comment, Entry, ListNode, MapNode, Node } from "../sops/tree.ts"

/** A second entry of the same key is another one. Ids mean something only against another such map. */
export function entriesById(map: MapNode): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>()
  const occurrences = new Map<string, number>()
  for (const item of map.items) {
    if (item.kind !== "entry") continue
    const occurrence = occurrences.get(item.key) ?? 0
    occurrences.set(item.key, occurrence + 1)
    entries.set(`${occurrence}:${item.key}`, item)
  }
  return entries
}

/** The items of a list that are no comments. */
export function nodesOf(list: ListNode): Node[] {
  return list.items.filter((item): item is Node => item.kind !== "comment")
}

export function commentsOf(node: MapNode | ListNode): Comment[] {
  const items: readonly (Entry | Node | Comment)[] = node.items
  return items.filter((item) => item.kind === "comment")
}
