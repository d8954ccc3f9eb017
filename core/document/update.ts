/**
 * A new version of an opened file under the same data key: values that did not
 * change keep their ciphertext, and nothing else of the file moves.
 */

import { equalBytes } from "../bytes.ts"
import type { Cipher } from "../cipher/cipher.ts"
import { toTimestamp } from "../clock.ts"
import { type Metadata, SOPS_VERSION } from "../sops/metadata.ts"
import { sameContent } from "./compare.ts"
import { parseEdited } from "./edited.ts"
import { refuseReserved } from "./encrypt.ts"
import type { OpenedDocument } from "./opened.ts"
import { keptLayout, type PrintMode, printPlaintext } from "./plaintext.ts"
import { encryptVersion, type PlainSource, type Version, type VersionKey } from "./version.ts"

export type UpdateOptions = PrintMode & {
  readonly cipher: Cipher
  readonly moment: Date
  /** `edit` raises an older version of SOPS in the file to ours; `set` and `unset` leave it. */
  readonly raiseVersion?: boolean
}

/** A new version of a file. */
export type Updated = Version

/**
 * Encrypts what the plaintext of an opened file has become.
 *
 * @param plaintext - The whole new plaintext, in the file's format and layout.
 * @returns `null` if it says what the file says already, with a kept layout
 * also in blank lines, indentation and quoting: then nothing is to be written.
 * @throws {@link ConclaveError} what parsing the plaintext throws, `reserved-key`, `verify-failed`.
 */
export async function updateFromText(
  opened: OpenedDocument,
  plaintext: Uint8Array,
  options: UpdateOptions,
): Promise<Updated | null> {
  const plain = { tree: parseEdited(opened, plaintext), source: plaintext }
  return (await update(opened, plain, options)) ?? (await updateLayout(opened, plain, options))
}

async function update(
  opened: OpenedDocument,
  plain: PlainSource,
  options: UpdateOptions,
): Promise<Updated | null> {
  const { format, metadata } = opened.document
  refuseReserved(plain.tree, format)
  if (sameContent(opened.tree, plain.tree)) return null
  const lastModified = toTimestamp(options.moment)
  const version = options.raiseVersion ? raised(metadata.version) : metadata.version
  const key = { dataKey: opened.dataKey, stash: opened.stash }
  return nextVersion(opened, plain, { ...metadata, lastModified, version }, key, options)
}

/** The same values in another layout: their ciphertexts, MAC and date stay. */
async function updateLayout(
  opened: OpenedDocument,
  plain: PlainSource,
  options: UpdateOptions,
): Promise<Updated | null> {
  const { document, source, dataKey, stash } = opened
  if (keptLayout(document.format, source, options.layout) === null) return null
  if (equalBytes(printPlaintext(source, document, opened.tree, options).bytes, plain.source)) return null
  const updated = await nextVersion(opened, plain, document.metadata, { dataKey, stash }, options)
  return equalBytes(updated.bytes, source) ? null : updated
}

/** The next version of an opened file, under the data key that is given. See {@link encryptVersion}. */
export async function nextVersion(
  opened: OpenedDocument,
  plain: PlainSource,
  header: Omit<Metadata, "mac">,
  key: VersionKey,
  options: PrintMode & { readonly cipher: Cipher },
): Promise<Updated> {
  const { document, source } = opened
  return encryptVersion(plain, document.format, header, key, options, { source, document })
}

/** The higher of a file's version and ours, by number; a file from the future keeps its own. */
function raised(version: string): string {
  const parts = (text: string) => (text.split(/[-+]/)[0] ?? "").split(".").map(Number)
  const ours = parts(SOPS_VERSION)
  for (const [i, theirs] of parts(version).entries()) {
    if (theirs !== ours[i]) return theirs > (ours[i] ?? 0) ? version : SOPS_VERSION
  }
  return version
}
