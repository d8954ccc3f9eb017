/**
 * The steps of every command that writes a file back: open, change, look at
 * the selection rule, write in one move. If somebody else was faster, the
 * change is made again on what the file says by then.
 */

import type { Updated } from "#core/document/update.ts"
import { hasCode } from "#core/errors.ts"
import type { Tree } from "#core/sops/tree.ts"
import type { Context, IdentityPool } from "../context.ts"
import { describeLayoutNotices, describeNotices } from "../notices.ts"
import { type Target, writeResult } from "../output.ts"
import { type OpenFile, type OpenRequest, withOpenFile } from "./open.ts"
import { guardRule, type RuleStrictness } from "./rule-guard.ts"

/** What a change makes of an opened file. */
export type Change<Facts> = {
  /** `null`: the file says it already, and nothing is written. */
  readonly next: {
    /** The plaintext that is about to be written, for the look at the rule. */
    readonly tree: Tree
    encrypt(): Promise<Updated>
  } | null
  readonly facts: Facts
}

export type Changed<Facts> = {
  readonly file: string
  /** The file that was written, as the user named it; `null` when nothing was, or for standard output. */
  readonly written: string | null
  /** The new file where it goes to standard output. */
  readonly bytes: Uint8Array | null
  readonly warnings: readonly string[]
  readonly facts: Facts
}

export type ChangeRequest = OpenRequest & {
  readonly target: Target
  readonly strictness: RuleStrictness
}

/** How often a change is made anew on a file that others keep changing. */
const MAX_ATTEMPTS = 5

/**
 * Changes one file.
 *
 * @param change - May run again on newer content: it must not remember anything.
 * @throws {@link ConclaveError} what opening, the change and writing throw;
 * `file-changed` only if the file changes again and again. Then the file is as it was.
 */
export async function changeFile<Facts>(
  request: ChangeRequest,
  pool: IdentityPool,
  context: Context,
  change: (file: OpenFile) => Promise<Change<Facts>>,
): Promise<Changed<Facts>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await withOpenFile(request, pool, context, (file) => changeOnce(request, file, context, change))
    } catch (error) {
      if (!hasCode(error, "file-changed") || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

async function changeOnce<Facts>(
  request: ChangeRequest,
  file: OpenFile,
  context: Context,
  change: (file: OpenFile) => Promise<Change<Facts>>,
): Promise<Changed<Facts>> {
  const { source, opened, policy } = file
  const { next, facts } = await change(file)
  const base = { file: source.shown, written: null, bytes: null, warnings: [], facts }
  if (next === null) return base
  const check = { file: source.shown, document: opened.document, rule: policy.rule }
  const guarded = await guardRule({ ...check, strictness: request.strictness }, opened.tree, next.tree)
  const { bytes, notices, layoutNotices } = await next.encrypt()
  const warnings = [
    ...file.warnings,
    ...guarded,
    ...describeNotices(source.shown, [...opened.notices, ...notices]),
    ...describeLayoutNotices(source.shown, layoutNotices),
  ]
  const written = await writeResult(bytes, request.target, source, false, context)
  return { ...base, written, bytes: written === null ? bytes : null, warnings: [...new Set(warnings)] }
}
