/**
 * Three versions of a tree to one, value by value: what only one side changed
 * is taken from it, what both changed alike is taken once, and anything else
 * is a conflict. Pure: nothing is asked and nothing is chosen.
 */

import type { Comment, Entry, KeyPath, ListNode, MapNode, Node, Tree } from "../sops/tree.ts"
import { sameItem } from "./compare.ts"
import { commentsOf, entriesById, nodesOf } from "./entries.ts"

export type Conflict = {
  /** Of the file's documents, from 0. */
  readonly branch: number
  /** Empty where the documents themselves conflict. */
  readonly path: KeyPath
  /** `form`: comments, or the order of keys. */
  readonly what: "value" | "form"
}

export type Merged = {
  /** Where there is a conflict, what theirs says. */
  readonly tree: Tree
  readonly conflicts: readonly Conflict[]
}

/** `merge(x, x, y)` is y, and so is `merge(x, y, x)`. */
export function mergeTrees(base: Tree, ours: Tree, theirs: Tree): Merged {
  if (base.length !== ours.length || base.length !== theirs.length) return mergeWhole(base, ours, theirs)
  const conflicts: Conflict[] = []
  const tree = theirs.map((branch, i) => {
    const clash: Clash = (path, what) => void conflicts.push({ branch: i, path, what })
    const merged = mergeNode({ base: base[i] ?? null, ours: ours[i] ?? null, theirs: branch }, [], clash)
    return merged?.kind === "map" ? merged : branch
  })
  return { tree, conflicts }
}

/** Documents that came or went are not told apart. */
function mergeWhole(base: Tree, ours: Tree, theirs: Tree): Merged {
  const same = (a: Tree, b: Tree) =>
    a.length === b.length && a.every((one, i) => sameItem(one, b[i] as MapNode))
  if (same(base, ours) || same(ours, theirs)) return { tree: theirs, conflicts: [] }
  if (same(base, theirs)) return { tree: ours, conflicts: [] }
  return { tree: theirs, conflicts: [{ branch: 0, path: [], what: "value" }] }
}

/** One place in the three trees; `null` where nothing is there. */
type Sides<T> = { readonly base: T | null; readonly ours: T | null; readonly theirs: T | null }

type Clash = (path: KeyPath, what: Conflict["what"]) => void

function mergeNode(sides: Sides<Node>, path: KeyPath, clash: Clash): Node | null {
  const { base, ours, theirs } = sides
  if (same(ours, theirs) || same(base, ours)) return theirs
  if (same(base, theirs)) return ours
  if (ours?.kind === "map" && theirs?.kind === "map") {
    return mergeMaps({ base: base?.kind === "map" ? base : EMPTY, ours, theirs }, path, clash)
  }
  if (base?.kind === "list" && ours?.kind === "list" && theirs?.kind === "list") {
    const length = nodesOf(base).length
    if (nodesOf(ours).length === length && nodesOf(theirs).length === length) {
      return mergeLists({ base, ours, theirs }, path, clash)
    }
  }
  clash(path, "value")
  return theirs
}

function same(a: Node | null, b: Node | null): boolean {
  return a === null || b === null ? a === b : sameItem(a, b)
}

const EMPTY: MapNode = { kind: "map", items: [] }

type Three<T> = { readonly base: T; readonly ours: T; readonly theirs: T }

function mergeMaps(maps: Three<MapNode>, path: KeyPath, clash: Clash): MapNode {
  const base = entriesById(maps.base)
  const ours = entriesById(maps.ours)
  const theirs = entriesById(maps.theirs)
  const merge = (id: string, key: string): Node | null => {
    const at = (entries: ReadonlyMap<string, Entry>) => entries.get(id)?.value ?? null
    return mergeNode({ base: at(base), ours: at(ours), theirs: at(theirs) }, [...path, key], clash)
  }
  const leadsOurs = leadingSide(maps, path, clash) === "ours"
  const leader = leadsOurs ? maps.ours : maps.theirs
  const ids = entriesById(leader).keys()
  const items: (Entry | Comment)[] = []
  for (const item of leader.items) {
    if (item.kind === "comment") {
      items.push(item)
      continue
    }
    const value = merge(ids.next().value ?? "", item.key)
    if (value !== null) items.push({ ...item, value })
  }
  const [led, leading] = leadsOurs ? [theirs, ours] : [ours, theirs]
  for (const [id, entry] of led) {
    if (leading.has(id)) continue
    const value = merge(id, entry.key)
    if (value !== null) items.push({ ...entry, value })
  }
  return { ...leader, items }
}

function mergeLists(lists: Three<ListNode>, path: KeyPath, clash: Clash): ListNode {
  const leader = leadingSide(lists, path, clash) === "ours" ? lists.ours : lists.theirs
  const [base, ours, theirs] = [nodesOf(lists.base), nodesOf(lists.ours), nodesOf(lists.theirs)]
  let index = 0
  const items = leader.items.map((item) => {
    if (item.kind === "comment") return item
    const i = index++
    const sides = { base: base[i] ?? null, ours: ours[i] ?? null, theirs: theirs[i] ?? null }
    // All three are there, so what is merged is.
    return mergeNode(sides, [...path, i], clash) ?? item
  })
  return { ...leader, items }
}

/** Whose comments and order are kept: of the side that changed them. */
function leadingSide(nodes: Three<MapNode | ListNode>, path: KeyPath, clash: Clash): "ours" | "theirs" {
  if (sameForm(nodes.base, nodes.ours)) return "theirs"
  if (!sameForm(nodes.base, nodes.theirs) && !sameForm(nodes.ours, nodes.theirs)) clash(path, "form")
  return "ours"
}

/** The same comments, and the keys that both have in the same order. */
function sameForm(a: MapNode | ListNode, b: MapNode | ListNode): boolean {
  const mine = commentsOf(a)
  const yours = commentsOf(b)
  if (mine.length !== yours.length || mine.some(({ text }, i) => text !== yours[i]?.text)) return false
  if (a.kind !== "map" || b.kind !== "map") return true
  const left = entriesById(a)
  const right = entriesById(b)
  const others = [...right.keys()].filter((id) => left.has(id)).values()
  return [...left.keys()].every((id) => !right.has(id) || others.next().value === id)
}
