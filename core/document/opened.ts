/**
 * An encrypted file that has been opened to be changed: what was read, its
 * data key, its plaintext, and the IVs that keep unchanged values unchanged.
 */

import { wipe } from "../bytes.ts"
import type { Cipher } from "../cipher/cipher.ts"
import type { Format } from "../formats/format.ts"
import type { DataKey } from "../keys/data-key.ts"
import type { Identity } from "../keys/identity.ts"
import type { KeyKind } from "../keys/key-entry.ts"
import type { Notice } from "../sops/crypt.ts"
import { IvStash } from "../sops/iv-stash.ts"
import type { Tree } from "../sops/tree.ts"
import { decryptDocument, unwrapDocument } from "./decrypt.ts"
import { type EncryptedDocument, parseDocument } from "./document.ts"

export type OpenedDocument = {
  /** The bytes as they were read. */
  readonly source: Uint8Array
  readonly document: EncryptedDocument
  readonly dataKey: DataKey
  /** The plaintext. */
  readonly tree: Tree
  readonly stash: IvStash
  readonly notices: readonly Notice[]
}

export type OpenOptions = {
  readonly cipher: Cipher
  readonly ignoreMac?: boolean
  readonly order?: readonly KeyKind[]
}

/**
 * Opens a file for changing. The caller ends with {@link closeDocument}.
 *
 * @throws {@link ConclaveError} what parsing, unwrapping and decrypting throw.
 */
export async function openDocument(
  source: Uint8Array,
  format: Format,
  identities: AsyncIterable<Identity> | readonly Identity[],
  options: OpenOptions,
): Promise<OpenedDocument> {
  const document = parseDocument(source, format, Number.POSITIVE_INFINITY)
  const dataKey = await unwrapDocument(document, identities, options.order)
  const stash = new IvStash()
  try {
    const { cipher, ignoreMac = false } = options
    const { tree, notices } = await decryptDocument(document, dataKey, { cipher, ignoreMac, stash })
    return { source, document, dataKey, tree, stash, notices }
  } catch (error) {
    wipe(dataKey)
    throw error
  }
}

/** Overwrites the data key. */
export function closeDocument(opened: OpenedDocument): void {
  wipe(opened.dataKey)
}
