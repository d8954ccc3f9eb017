/** What keys can do here: for a process, and for files, each of which is really opened. */

import { wipe } from "#core/bytes.ts"
import { parseDocument } from "#core/document/document.ts"
import { type Attempt, ConclaveError, hasCode } from "#core/errors.ts"
import { unwrapDataKey } from "#core/keys/unwrap.ts"
import type { Context, IdentityPool } from "../context.ts"
import { readSource } from "../source.ts"

export type FileDiagnosis = {
  readonly file: string
  readonly opens: boolean
  /** How many key groups open it together. */
  readonly need: number
  readonly attempts: readonly Attempt[]
  /** Why it could not even be tried. */
  readonly error?: { readonly code: string; readonly message: string }
}

/** Unwraps the file's data key, and forgets it. Decrypts nothing. */
export async function diagnoseFile(
  file: string,
  pool: IdentityPool,
  context: Context,
): Promise<FileDiagnosis> {
  try {
    const source = await readSource(file, {}, context)
    const { metadata } = parseDocument(source.bytes, source.format, Number.POSITIVE_INFINITY)
    const { groups, threshold } = metadata
    const need = groups.length > 1 ? threshold || groups.length : 1
    try {
      const { dataKey, attempts } = await unwrapDataKey(groups, threshold, pool.identities)
      wipe(dataKey)
      return { file, opens: true, need, attempts }
    } catch (error) {
      if (!hasCode(error, "no-identity") && !hasCode(error, "below-threshold")) throw error
      return { file, opens: false, need, attempts: error.details.attempts }
    }
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    const { code, message } = error
    return { file, opens: false, need: 0, attempts: [], error: { code, message } }
  }
}
