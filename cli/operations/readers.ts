/**
 * Changing who can open a file. Where somebody loses access, or more groups
 * than before are needed, the file gets a new data key: whoever could open it
 * once may have kept the old one.
 */

import { dirname } from "node:path"
import { rekeyDocument, rewrapDocument } from "#core/document/rewrap.ts"
import type { Updated } from "#core/document/update.ts"
import { compareGroups, type GroupChange, specOf } from "#core/keys/group-change.ts"
import { entryId, type KeyGroup } from "#core/keys/key-entry.ts"
import type { KeySpec } from "#core/keys/key-spec.ts"
import { specId } from "#core/keys/parse-key-spec.ts"
import type { CreationRule } from "#core/policy/sops-config.ts"
import type { Context } from "../context.ts"
import { shorten } from "../report.ts"
import type { OpenFile } from "./open.ts"

export type Readers = {
  readonly groups: readonly (readonly KeySpec[])[]
  /** 0: all groups, if there is more than one. */
  readonly threshold: number
}

export type ReaderPlan = {
  readonly readers: Readers
  readonly groups: readonly GroupChange[]
  /** As the file says it and will say it; 0 for none. */
  readonly threshold: { readonly before: number; readonly after: number }
  /** Why the data key must be a new one; `null` if it may stay. */
  readonly rekey: "removal" | "threshold" | null
  readonly isSame: boolean
}

/** Compares a file's readers with those that it is to have. */
export function planReaders(groups: readonly KeyGroup[], threshold: number, readers: Readers): ReaderPlan {
  const changes = compareGroups(groups, readers.groups)
  const after = readers.groups.length > 1 ? readers.threshold || readers.groups.length : 0
  const removes = changes.some(({ removed }) => removed.length > 0)
  const raises = groupsNeeded(readers.groups.length, after) > groupsNeeded(groups.length, threshold)
  const adds = changes.some(({ added }) => added.length > 0)
  return {
    readers,
    groups: changes,
    threshold: { before: threshold, after },
    rekey: removes ? "removal" : raises ? "threshold" : null,
    // A threshold that one group carries along means nothing.
    isSame: !adds && !removes && (groups.length === 1 || threshold === after),
  }
}

function groupsNeeded(groups: number, threshold: number): number {
  return groups > 1 ? threshold || groups : 1
}

/** The readers that a file has. */
export function readersOf({ opened }: OpenFile): Readers {
  const { groups, threshold } = opened.document.metadata
  return { groups: groups.map((group) => group.map(specOf)), threshold: groups.length > 1 ? threshold : 0 }
}

/** @param fresh - A new data key in any case. */
export async function encryptForReaders(
  { source, opened, mode }: OpenFile,
  { readers, rekey }: ReaderPlan,
  fresh: boolean,
  context: Context,
): Promise<Updated> {
  // What keys name is trusted in the repository of the file.
  const place = source.path === null ? {} : { folder: dirname(source.path) }
  const recipients = await Promise.all(
    readers.groups.map((group) => Promise.all(group.map((spec) => context.recipient(spec, place)))),
  )
  const { cipher, clock } = context
  const options = { ...mode, cipher, moment: clock.now(), recipients, threshold: readers.threshold }
  return fresh || rekey !== null ? rekeyDocument(opened, options) : rewrapDocument(opened, options)
}

/** Ids of a file's readers that the configuration's rule does not name, and that are not in `named` either. */
export function strangersIn(
  groups: readonly KeyGroup[],
  rule: CreationRule | null,
  named: readonly KeySpec[],
): string[] {
  if (rule === null) return []
  const known = new Set([...rule.groups.flat(), ...named].map(specId))
  return groups
    .flat()
    .map(entryId)
    .filter((id) => !known.has(id))
}

/** For people: whom a file is encrypted to. */
export function describeReaders({ groups, threshold }: Readers): string {
  const texts = groups.map((group) => group.map((spec) => shorten(specId(spec))).join(", "))
  if (texts.length < 2) return texts.join("")
  return `${threshold || texts.length} of ${texts.length} groups: ${texts.map((text) => `(${text})`).join(" ")}`
}
