/** A new data key for a file, and other readers if so wished: `rekey`, and sops' `rotate`. */

import { ConclaveError } from "#core/errors.ts"
import { entryId } from "#core/keys/key-entry.ts"
import type { KeySpec } from "#core/keys/key-spec.ts"
import { specId } from "#core/keys/parse-key-spec.ts"
import type { Context } from "../context.ts"
import type { Change } from "./change.ts"
import type { OpenFile } from "./open.ts"
import {
  encryptForReaders,
  planReaders,
  type ReaderPlan,
  type Readers,
  readersOf,
  strangersIn,
} from "./readers.ts"
import type { RuleStrictness } from "./rule-guard.ts"

export type RekeyRequest = {
  /** For the first group. */
  readonly add: readonly KeySpec[]
  /** From whichever group. */
  readonly remove: readonly KeySpec[]
  readonly strictness: RuleStrictness
}

export type RekeyFacts = {
  readonly plan: ReaderPlan
  /** Readers of the file that no rule names. */
  readonly strangers: readonly string[]
  /** Who was to be removed and was no reader. */
  readonly absent: readonly string[]
}

/**
 * The change for `changeFile`.
 *
 * @throws {@link ConclaveError} `rule-differs` if a reader whom the
 * configuration does not name would get the new data key: anybody who can
 * write the file can put a recipient into it.
 */
export async function rekeyFile(
  file: OpenFile,
  { add, remove, strictness }: RekeyRequest,
  context: Context,
): Promise<Change<RekeyFacts>> {
  const { groups, threshold } = file.opened.document.metadata
  const readers = changedReaders(readersOf(file), add, remove)
  const gone = new Set(remove.map(specId))
  const strangers = strangersIn(groups, file.policy.rule, add).filter((id) => !gone.has(id))
  if (strangers.length > 0 && strictness === "any-difference") {
    const shown = file.source.shown
    const differences = strangers.map((id) => `no rule names ${id}`)
    throw new ConclaveError(
      "rule-differs",
      `${shown} has readers that its rule does not name, and they would get the new data key: ${strangers.join(", ")}`,
      { file: shown, differences },
    )
  }
  const plan = planReaders(groups, threshold, readers)
  const encrypt = () => encryptForReaders(file, plan, true, context)
  const there = new Set(groups.flat().map(entryId))
  const absent = [...gone].filter((id) => !there.has(id))
  return { next: { tree: file.opened.tree, encrypt }, facts: { plan, strangers, absent } }
}

/** Who is there already is not added again: sops lists such a key twice, and cannot remove it then. */
function changedReaders(
  { groups, threshold }: Readers,
  add: readonly KeySpec[],
  remove: readonly KeySpec[],
): Readers {
  const gone = new Set(remove.map(specId))
  const [first = [], ...others] = groups
  const there = new Set(first.map(specId))
  const added = add.filter((spec) => !there.has(specId(spec)) && there.add(specId(spec)))
  const kept = [[...first, ...added], ...others].map((group) =>
    group.filter((spec) => !gone.has(specId(spec))),
  )
  return { groups: kept, threshold }
}
