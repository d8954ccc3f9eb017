/**
 * A new version of an opened file under the same data key: values that did not
 * change keep their ciphertext, and nothing else of the file moves.
 */

import { equalBytes } from "../bytes.ts"
import type { Cipher } from "../cipher/cipher.ts"
import { toTimestamp } from "../clock.ts"
import type { LayoutNotice } from "../formats/layout.ts"
import type { DataKey } from "../keys/data-key.ts"
import { encryptTree, type Notice, sealMac } from "../sops/crypt.ts"
import type { IvStash } from "../sops/iv-stash.ts"
import { type Metadata, SOPS_VERSION } from "../sops/metadata.ts"
import type { Tree } from "../sops/tree.ts"
import { sameContent } from "./compare.ts"
import { cryptContext } from "./decrypt.ts"
import type { EncryptedDocument } from "./document.ts"
import { parseEdited } from "./edited.ts"
import { refuseReserved } from "./encrypt.ts"
import type { OpenedDocument } from "./opened.ts"
import { keptLayout, type PrintMode, printCiphertext, printPlaintext } from "./plaintext.ts"
import { verifyPrinted } from "./verify.ts"

export type UpdateOptions = PrintMode & {
  readonly cipher: Cipher
  readonly moment: Date
  /** `edit` raises an older version of SOPS in the file to ours; `set` and `unset` leave it. */
  readonly raiseVersion?: boolean
}

export type Updated = {
  readonly bytes: Uint8Array
  readonly notices: readonly Notice[]
  readonly layoutNotices: readonly LayoutNotice[]
}

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

/**
 * The same from a tree, printed as sops does: with `layout: "kept"` use
 * {@link updateFromText}, since a tree has no layout.
 */
export async function updateFromTree(
  opened: OpenedDocument,
  tree: Tree,
  options: Omit<UpdateOptions, "layout">,
): Promise<Updated | null> {
  return update(opened, { tree, source: new Uint8Array() }, { ...options, layout: "canonical" })
}

type Plain = { readonly tree: Tree; readonly source: Uint8Array }

async function update(opened: OpenedDocument, plain: Plain, options: UpdateOptions): Promise<Updated | null> {
  const { format, metadata } = opened.document
  refuseReserved(plain.tree, format)
  if (sameContent(opened.tree, plain.tree)) return null
  const lastModified = toTimestamp(options.moment)
  const version = options.raiseVersion ? raised(metadata.version) : metadata.version
  const key = { dataKey: opened.dataKey, stash: opened.stash }
  return encryptVersion(opened, plain, { ...metadata, lastModified, version }, key, options)
}

/** The same values in another layout: their ciphertexts, MAC and date stay. */
async function updateLayout(
  opened: OpenedDocument,
  plain: Plain,
  options: UpdateOptions,
): Promise<Updated | null> {
  const { document, source, dataKey, stash } = opened
  if (keptLayout(document.format, source, options.layout) === null) return null
  if (equalBytes(printPlaintext(source, document, opened.tree, options).bytes, plain.source)) return null
  const updated = await encryptVersion(opened, plain, document.metadata, { dataKey, stash }, options)
  return equalBytes(updated.bytes, source) ? null : updated
}

/**
 * Encrypts a plaintext as the next version of an opened file, under the data
 * key that is given, and looks back at the result.
 *
 * @param key - With a stash unchanged values keep their IV; a new data key goes without.
 */
export async function encryptVersion(
  opened: OpenedDocument,
  plain: Plain,
  header: Metadata,
  key: { readonly dataKey: DataKey; readonly stash?: IvStash },
  options: PrintMode & { readonly cipher: Cipher },
): Promise<Updated> {
  const { document, source } = opened
  const { cipher } = options
  const context = await cryptContext(header, key.dataKey, { ...key, cipher })
  try {
    const encrypted = encryptTree(plain.tree, context, options.layout === "kept" ? "in-place" : "items")
    const metadata = { ...header, mac: sealMac(encrypted.mac, header.lastModified, context) }
    const next: EncryptedDocument = { format: document.format, tree: encrypted.tree, metadata }
    const printed = printCiphertext(plain.source, plain.tree, next, options, { source, document })
    const notices = await verifyPrinted(printed.bytes, document.format, key.dataKey, plain.tree, cipher)
    return { bytes: printed.bytes, notices, layoutNotices: printed.notices }
  } finally {
    context.key.destroy()
  }
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
