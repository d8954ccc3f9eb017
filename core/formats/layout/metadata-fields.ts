/**
 * What differs between the metadata that a file has and the metadata that it
 * gets, field by field, so that only those lines are written anew. Fields that
 * SOPS does not know, and empty ones of older versions, are left alone.
 */

import { equalBytes } from "../../bytes.ts"
import { parseMetadata, serializeMetadata } from "../../sops/metadata.ts"
import { serializeScalar } from "../../sops/scalar.ts"
import type { Entry, MapNode, Node } from "../../sops/tree.ts"
import { type FlatEntry, flattenMetadata } from "../flatten.ts"

export type FieldChange =
  | { readonly kind: "changed"; readonly old: Entry; readonly value: Node }
  | { readonly kind: "removed"; readonly old: Entry }
  /** `before` is the field that is to follow it; `null`: it is the last. */
  | { readonly kind: "added"; readonly entry: Entry; readonly before: Entry | null }

/**
 * @param old - The block as parsed, with its spans.
 * @throws {@link ConclaveError} as `parseMetadata`.
 */
export function changedFields(old: MapNode, next: MapNode): FieldChange[] {
  const entries = entriesOf(old)
  const known = fieldsOf(serializeMetadata(parseMetadata(old)))
  const wanted = fieldsOf(next)
  const changes: FieldChange[] = []
  const present = new Set<string>()
  for (const entry of entries) {
    const name = entry.key.toLowerCase()
    present.add(name)
    const before = known.get(name)
    const after = wanted.get(name)
    if (after === undefined) {
      if (before !== undefined) changes.push({ kind: "removed", old: entry })
    } else if (before === undefined || !isSameNode(before, after)) {
      changes.push({ kind: "changed", old: entry, value: after })
    }
  }
  for (const [key, value] of wanted) {
    if (present.has(key)) continue
    const before = entries.find((entry) => entry.key > key) ?? null
    changes.push({ kind: "added", entry: { kind: "entry", key, value }, before })
  }
  return changes
}

export type FlatChange = {
  readonly key: string
  /** `null`: the line goes. */
  readonly entry: FlatEntry | null
}

/** The same for the flat lines of dotenv and INI, by their flat names. */
export function changedFlatFields(old: MapNode, next: MapNode): FlatChange[] {
  const known = new Map(
    flattenMetadata(serializeMetadata(parseMetadata(old))).map((entry) => [entry.key, entry]),
  )
  const changes: FlatChange[] = []
  for (const entry of flattenMetadata(next)) {
    const before = known.get(entry.key)
    known.delete(entry.key)
    if (before === undefined || !isSameNode(before.value, entry.value))
      changes.push({ key: entry.key, entry })
  }
  for (const key of known.keys()) changes.push({ key, entry: null })
  return changes
}

export function entriesOf(map: MapNode): Entry[] {
  return map.items.filter((item) => item.kind === "entry")
}

function fieldsOf(map: MapNode): Map<string, Node> {
  return new Map(entriesOf(map).map(({ key, value }) => [key, value]))
}

/** For metadata as `serializeMetadata` gives it: no comments, fields in order. */
function isSameNode(a: Node, b: Node): boolean {
  if (a.kind === "map") {
    if (b.kind !== "map" || b.items.length !== a.items.length) return false
    const theirs = entriesOf(b)
    return entriesOf(a).every(({ key, value }, i) => {
      const other = theirs[i]
      return other?.key === key && isSameNode(value, other.value)
    })
  }
  if (a.kind === "list") {
    if (b.kind !== "list" || b.items.length !== a.items.length) return false
    return a.items.every((item, i) => isSameNode(item as Node, b.items[i] as Node))
  }
  if (a.kind === "null" || b.kind === "null") return a.kind === b.kind
  if (b.kind === "map" || b.kind === "list" || a.kind !== b.kind) return false
  return equalBytes(serializeScalar(a), serializeScalar(b))
}
