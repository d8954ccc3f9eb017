/**
 * SOPS' metadata as the flat keys of dotenv and INI, and back: `__map_` before
 * the name of a map's entry, `__list_` before a list's index, nothing before
 * the first name (`stores/flatten.go`): `age__list_0__map_enc`.
 *
 * Stricter than SOPS in reading: an index must be a decimal number of at most
 * 10000, where SOPS takes anything else for 0.
 */

import type { Entry, Leaf, ListNode, MapNode, Node, Null } from "../sops/tree.ts"
import { MAX_DEPTH } from "./format.ts"
import { malformedAt } from "./refusal.ts"

const MAP_MARK = "__map_"
const LIST_MARK = "__list_"
const MARKS = /__map_|__list_/g
const INDEX = /^(?:0|[1-9][0-9]{0,4})$/
const MAX_INDEX = 10_000

/** One flat line of metadata. */
export type FlatEntry = { readonly key: string; readonly value: Leaf | Null }

/**
 * The leaves of `metadata` in order; empty maps and lists and comments leave no line.
 *
 * @throws {@link ConclaveError} `malformed` when two leaves get the same flat key.
 */
export function flattenMetadata(metadata: MapNode): readonly FlatEntry[] {
  const entries: FlatEntry[] = []
  const seen = new Set<string>()
  const visit = (node: Node, key: string, depth: number): void => {
    if (depth > MAX_DEPTH) throw malformedAt(key, "metadata is nested too deep")
    if (node.kind === "map") {
      for (const item of node.items) {
        if (item.kind === "entry")
          visit(item.value, key + (depth === 0 ? "" : MAP_MARK) + item.key, depth + 1)
      }
    } else if (node.kind === "list") {
      let index = 0
      for (const item of node.items) {
        if (item.kind !== "comment") visit(item, `${key}${LIST_MARK}${index++}`, depth + 1)
      }
    } else {
      if (seen.has(key)) throw malformedAt(key, "two metadata fields have the same flat name")
      seen.add(key)
      entries.push({ key, value: node })
    }
  }
  visit(metadata, "", 0)
  return entries
}

type Branch = {
  value: Leaf | Null | null
  readonly names: Map<string, Branch>
  readonly indices: Map<number, Branch>
}

/**
 * The nested metadata of flat entries, maps sorted by name in byte order.
 *
 * @throws {@link ConclaveError} `malformed` with the flat key: the same key
 * twice, an index that is none, a list with holes, or one place used as two
 * of value, map and list.
 */
export function unflattenMetadata(entries: readonly FlatEntry[]): MapNode {
  const root = createBranch()
  for (const entry of entries) place(root, entry)
  return { kind: "map", items: sortedEntries(root, "") }
}

function createBranch(): Branch {
  return { value: null, names: new Map(), indices: new Map() }
}

function place(root: Branch, entry: FlatEntry): void {
  let branch = root
  for (const step of stepsOf(entry.key)) {
    branch = typeof step === "number" ? stepInto(branch.indices, step) : stepInto(branch.names, step)
  }
  if (branch.value !== null) throw malformedAt(entry.key, "metadata field occurs twice")
  branch.value = entry.value
}

function stepInto<Step>(children: Map<Step, Branch>, step: Step): Branch {
  let child = children.get(step)
  if (child === undefined) {
    child = createBranch()
    children.set(step, child)
  }
  return child
}

function stepsOf(key: string): readonly (string | number)[] {
  const steps: (string | number)[] = []
  let start = 0
  let mark = MAP_MARK
  const finish = (end: number): void => {
    const text = key.slice(start, end)
    if (mark === MAP_MARK) {
      steps.push(text)
    } else {
      const index = INDEX.test(text) ? Number(text) : Number.NaN
      if (!(index <= MAX_INDEX)) throw malformedAt(key, "not an index of a metadata list")
      steps.push(index)
    }
    if (steps.length > MAX_DEPTH) throw malformedAt(key.slice(0, 64), "metadata is nested too deep")
  }
  for (const match of key.matchAll(MARKS)) {
    finish(match.index)
    mark = match[0]
    start = match.index + mark.length
  }
  finish(key.length)
  return steps
}

function nodeOf(branch: Branch, at: string): Node {
  const kinds =
    Number(branch.value !== null) + Number(branch.names.size > 0) + Number(branch.indices.size > 0)
  if (kinds > 1) throw malformedAt(at, "metadata field is used as two of value, map and list")
  if (branch.value !== null) return branch.value
  if (branch.indices.size > 0) return listOf(branch, at)
  return { kind: "map", items: sortedEntries(branch, at + MAP_MARK) }
}

function listOf(branch: Branch, at: string): ListNode {
  const items: Node[] = []
  for (let index = 0; index < branch.indices.size; index++) {
    const child = branch.indices.get(index)
    if (child === undefined) throw malformedAt(at, "metadata list has holes")
    items.push(nodeOf(child, `${at}${LIST_MARK}${index}`))
  }
  return { kind: "list", items }
}

function sortedEntries(branch: Branch, prefix: string): readonly Entry[] {
  return [...branch.names]
    .sort(([a], [b]) => compareBytewise(a, b))
    .map(([key, child]) => ({ kind: "entry", key, value: nodeOf(child, prefix + key) }))
}

/** Order of the UTF-8 bytes: that of code points, where JavaScript's own is that of UTF-16 units. */
function compareBytewise(a: string, b: string): number {
  const size = Math.min(a.length, b.length)
  for (let i = 0; i < size; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1
  }
  return a.length - b.length
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}
