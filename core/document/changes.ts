/**
 * What became of a tree's values, as key paths: added, removed, changed. For
 * people and for `--json`: places only, never a value. Comments and the order
 * of keys do not count.
 */

import { equalBytes } from "../bytes.ts"
import { formatKeyPath } from "../sops/key-path.ts"
import { scalarType, serializeScalar } from "../sops/scalar.ts"
import type { Entry, KeyPath, Leaf, ListNode, MapNode, Node, Null, Tree } from "../sops/tree.ts"
import { entriesById, nodesOf } from "./entries.ts"

export type Change = {
  readonly kind: "added" | "removed" | "changed"
  /** Of the file's documents, from 0; only YAML has more than one. */
  readonly branch: number
  /** To a single value, or to a map or list without items. */
  readonly path: KeyPath
}

/** In the order of the new document; what was removed stands where it was. */
export function findChanges(before: Tree, after: Tree): Change[] {
  const changes: Change[] = []
  for (let branch = 0; branch < Math.max(before.length, after.length); branch++) {
    const add = (kind: Change["kind"], path: KeyPath) => void changes.push({ kind, branch, path })
    compare(before[branch] ?? null, after[branch] ?? null, [], add)
  }
  return changes
}

/** `database.password`, with the document's number where the file has several. */
export function nameOfChange({ branch, path }: Pick<Change, "branch" | "path">, branches: number): string {
  const name = formatKeyPath(path) || "the top level"
  return branches > 1 ? `document ${branch + 1}: ${name}` : name
}

type Add = (kind: Change["kind"], path: KeyPath) => void

function compare(before: Node | null, after: Node | null, path: KeyPath, add: Add): void {
  if (before?.kind === "map" && after?.kind === "map") compareMaps(before, after, path, add)
  else if (before?.kind === "list" && after?.kind === "list") compareLists(before, after, path, add)
  else if (before !== null && after !== null && isSingle(before) && isSingle(after)) {
    if (!isSameSingle(before, after)) add("changed", path)
  } else {
    if (before !== null) addAll("removed", before, path, add)
    if (after !== null) addAll("added", after, path, add)
  }
}

function compareMaps(before: MapNode, after: MapNode, path: KeyPath, add: Add): void {
  const old = entriesById(before)
  const now = entriesById(after)
  const gone = goneBehind(old, now)
  const addGone = (id: string | null): void => {
    for (const { key, value } of gone.get(id) ?? []) addAll("removed", value, [...path, key], add)
  }
  addGone(null)
  for (const [id, { key, value }] of now) {
    compare(old.get(id)?.value ?? null, value, [...path, key], add)
    addGone(id)
  }
}

/** Entries that are there no more, by the one before them that still is; `null`: at the start. */
function goneBehind(
  old: ReadonlyMap<string, Entry>,
  now: ReadonlyMap<string, Entry>,
): ReadonlyMap<string | null, readonly Entry[]> {
  const gone = new Map<string | null, Entry[]>()
  let last: string | null = null
  for (const [id, entry] of old) {
    if (now.has(id)) last = id
    else {
      const group = gone.get(last)
      if (group === undefined) gone.set(last, [entry])
      else group.push(entry)
    }
  }
  return gone
}

/** Equal items at both ends stay aside, so that an inserted one does not change all behind it. */
function compareLists(before: ListNode, after: ListNode, path: KeyPath, add: Add): void {
  const old = nodesOf(before)
  const now = nodesOf(after)
  const shorter = Math.min(old.length, now.length)
  let start = 0
  while (start < shorter && isSame(old[start], now[start])) start++
  let end = 0
  while (end < shorter - start && isSame(old.at(-1 - end), now.at(-1 - end))) end++
  for (let i = start; i < Math.max(old.length, now.length) - end; i++) {
    const was = i < old.length - end ? old[i] : undefined
    const is = i < now.length - end ? now[i] : undefined
    compare(was ?? null, is ?? null, [...path, i], add)
  }
}

function addAll(kind: "added" | "removed", node: Node, path: KeyPath, add: Add): void {
  if (node.kind === "map" && !isSingle(node)) {
    for (const { key, value } of entriesById(node).values()) addAll(kind, value, [...path, key], add)
  } else if (node.kind === "list" && !isSingle(node)) {
    for (const [i, item] of nodesOf(node).entries()) addAll(kind, item, [...path, i], add)
  } else add(kind, path)
}

function isSame(before: Node | undefined, after: Node | undefined): boolean {
  if (before === undefined || after === undefined) return false
  let same = true
  compare(before, after, [], () => {
    same = false
  })
  return same
}

/** What is told as one place: a value, or a map or list with nothing in it. */
function isSingle(node: Node): boolean {
  if (node.kind === "map") return entriesById(node).size === 0
  return node.kind !== "list" || nodesOf(node).length === 0
}

function isSameSingle(a: Node, b: Node): boolean {
  if (isLeaf(a) && isLeaf(b)) {
    return typeName(a) === typeName(b) && equalBytes(serializeScalar(a), serializeScalar(b))
  }
  return a.kind === b.kind
}

function isLeaf(node: Node): node is Exclude<Leaf, Null> {
  return node.kind !== "map" && node.kind !== "list" && node.kind !== "null"
}

/** Text does not tell an integral float from an int. */
function typeName(leaf: Leaf): string {
  return leaf.kind === "float" ? "int" : scalarType(leaf)
}
