/** Adding and deleting key groups of a file. Nothing is written unless everybody could be wrapped for. */

import { ConclaveError } from "#core/errors.ts"
import type { KeySpec } from "#core/keys/key-spec.ts"
import type { Context } from "../context.ts"
import type { Change } from "./change.ts"
import type { OpenFile } from "./open.ts"
import { encryptForReaders, planReaders, type ReaderPlan, type Readers, readersOf } from "./readers.ts"

/** @param threshold - 0: as before, or all groups if there was but one. */
export function addGroup(
  file: OpenFile,
  group: readonly KeySpec[],
  threshold: number,
  context: Context,
): Change<ReaderPlan> {
  const readers = readersOf(file)
  return regroup(
    file,
    { groups: [...readers.groups, group], threshold: threshold || readers.threshold },
    context,
  )
}

/**
 * @param index - From 0, as sops counts.
 * @throws {@link ConclaveError} `share-invalid` if there is no such group, or
 * fewer than the threshold would be left.
 */
export function deleteGroup(
  file: OpenFile,
  index: number,
  threshold: number,
  context: Context,
): Change<ReaderPlan> {
  const readers = readersOf(file)
  if (index >= readers.groups.length) {
    throw shareInvalid(`there is no group ${index}: the groups are 0 to ${readers.groups.length - 1}`)
  }
  const groups = readers.groups.toSpliced(index, 1)
  const needed = threshold || readers.threshold
  if (groups.length === 0) throw shareInvalid("the last group cannot be deleted: nobody could open the file")
  if (groups.length < needed) {
    throw shareInvalid(
      `${needed} groups are needed to open the file, and ${groups.length} would be left; lower it with --shamir-secret-sharing-threshold`,
    )
  }
  return regroup(file, { groups, threshold: needed }, context)
}

function regroup(file: OpenFile, readers: Readers, context: Context): Change<ReaderPlan> {
  const { groups, threshold } = file.opened.document.metadata
  const plan = planReaders(groups, threshold, readers)
  const encrypt = () => encryptForReaders(file, plan, false, context)
  return { next: { tree: file.opened.tree, encrypt }, facts: plan }
}

function shareInvalid(reason: string): ConclaveError {
  return new ConclaveError("share-invalid", reason, { reason })
}
