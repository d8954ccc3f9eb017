/** Bringing a file's readers to the creation rule that the configuration has for it: `updatekeys`. */

import { parseDocument } from "#core/document/document.ts"
import { ConclaveError } from "#core/errors.ts"
import type { CreationRule } from "#core/policy/sops-config.ts"
import type { Metadata } from "#core/sops/metadata.ts"
import { configMissing } from "../configuration.ts"
import type { Context, IdentityPool } from "../context.ts"
import { readSource } from "../source.ts"
import { type Changed, type ChangeRequest, changeFile } from "./change.ts"
import { type FilePolicy, findPolicy } from "./open.ts"
import { encryptForReaders, planReaders, type ReaderPlan } from "./readers.ts"

export type UpdatePlan = ReaderPlan & {
  /** As the user named it. */
  readonly file: string
  readonly rule: CreationRule
}

/**
 * What would change, found out without any key.
 *
 * @throws {@link ConclaveError} `config-missing`, `no-rule`.
 */
export async function planUpdate(request: ChangeRequest, context: Context): Promise<UpdatePlan> {
  const source = await readSource(request.file, request, context)
  const { metadata } = parseDocument(source.bytes, source.format, Number.POSITIVE_INFINITY)
  const policy = await findPolicy(source, { ...request, ruleNeeded: true }, context)
  return planFor(source.shown, metadata, policy)
}

/**
 * Does what was planned, if it is still what the file needs.
 *
 * @throws {@link ConclaveError} `file-changed` if it is not.
 */
export async function updateKeys(
  request: ChangeRequest,
  planned: UpdatePlan,
  pool: IdentityPool,
  context: Context,
): Promise<Changed<null>> {
  return changeFile({ ...request, ruleNeeded: true }, pool, context, async (file) => {
    const plan = planFor(planned.file, file.opened.document.metadata, file.policy)
    if (!isSamePlan(plan, planned)) {
      throw new ConclaveError("file-changed", `${planned.file} was changed by someone else meanwhile`, {
        file: planned.file,
      })
    }
    const encrypt = () => encryptForReaders(file, plan, false, context)
    return { next: { tree: file.opened.tree, encrypt }, facts: null }
  })
}

function planFor(shown: string, { groups, threshold }: Metadata, { rule }: FilePolicy): UpdatePlan {
  if (rule === null) throw configMissing(shown)
  const readers = { groups: rule.groups, threshold: wantedThreshold(rule, threshold) }
  return { ...planReaders(groups, threshold, readers), file: shown, rule }
}

/** A rule that names no threshold leaves that of the file, as far as there are groups for it. */
function wantedThreshold(rule: CreationRule, threshold: number): number {
  if (rule.threshold !== 0) return rule.threshold
  const kept = Math.min(threshold, rule.groups.length)
  return kept < 2 ? 0 : kept
}

function isSamePlan(a: UpdatePlan, b: UpdatePlan): boolean {
  return JSON.stringify([a.groups, a.threshold]) === JSON.stringify([b.groups, b.threshold])
}
