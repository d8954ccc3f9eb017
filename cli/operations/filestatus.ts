/** Whether a file carries SOPS metadata with a version and a MAC: what sops calls encrypted. */

import { parseDocument } from "#core/document/document.ts"
import { hasCode } from "#core/errors.ts"
import type { Source } from "../source.ts"

/** @throws {@link ConclaveError} if the file has metadata that cannot be read. */
export function isEncryptedSource(source: Source): boolean {
  try {
    const { metadata } = parseDocument(source.bytes, source.format, Number.POSITIVE_INFINITY)
    return metadata.version !== "" && metadata.mac !== ""
  } catch (error) {
    if (hasCode(error, "metadata-missing") || hasCode(error, "empty-file")) return false
    throw error
  }
}
