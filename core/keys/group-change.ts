/**
 * The readers that a file has beside those that it is to have, group by group
 * in order, as sops compares them (`DiffKeyGroups`).
 */

import { entryId, type KeyEntry, type KeyGroup } from "./key-entry.ts"
import type { KeySpec } from "./key-spec.ts"
import { specId } from "./parse-key-spec.ts"

export type GroupChange = {
  /** Ids, in the order of the wanted group; removed ones in that of the file. */
  readonly kept: readonly string[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** One change for each group of the longer list. */
export function compareGroups(
  groups: readonly KeyGroup[],
  wanted: readonly (readonly KeySpec[])[],
): GroupChange[] {
  return Array.from({ length: Math.max(groups.length, wanted.length) }, (_, i) => {
    const ours = (groups[i] ?? []).map(entryId)
    const theirs = (wanted[i] ?? []).map(specId)
    return {
      kept: theirs.filter((id) => ours.includes(id)),
      added: theirs.filter((id) => !ours.includes(id)),
      removed: ours.filter((id) => !theirs.includes(id)),
    }
  })
}

/** The key that an entry was wrapped for. */
export function specOf(entry: KeyEntry): KeySpec {
  const { enc: _enc, ...spec } = entry
  if (!("createdAt" in spec)) return spec
  const { createdAt: _createdAt, ...named } = spec
  return named
}
