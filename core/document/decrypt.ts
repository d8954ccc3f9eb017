/** From an encrypted document and its data key to the plaintext tree, checked against the MAC. */

import type { Cipher } from "../cipher/cipher.ts"
import type { DataKey } from "../keys/data-key.ts"
import type { Identity } from "../keys/identity.ts"
import type { KeyKind } from "../keys/key-entry.ts"
import { unwrapDataKey } from "../keys/unwrap.ts"
import { type CryptContext, decryptTree, type Notice, verifyMac } from "../sops/crypt.ts"
import type { IvStash } from "../sops/iv-stash.ts"
import type { Metadata } from "../sops/metadata.ts"
import { compileRule, DEFAULT_RULE } from "../sops/selection.ts"
import type { Tree } from "../sops/tree.ts"
import type { EncryptedDocument } from "./document.ts"

export type DecryptOptions = {
  readonly cipher: Cipher
  /** Skips the MAC, and with it the only check against values that were moved, dropped or added. */
  readonly ignoreMac?: boolean
  /** Filled with the IVs, for a later write that leaves unchanged values as they are. */
  readonly stash?: IvStash
}

export type Decrypted = { readonly tree: Tree; readonly notices: readonly Notice[] }

/**
 * Decrypts every value and verifies the MAC. Does not wipe the data key.
 *
 * @throws {@link ConclaveError} `not-authentic`, `malformed`, `mac-missing`,
 * `mac-mismatch`, `regex-invalid`. No value is given back then.
 */
export async function decryptDocument(
  document: EncryptedDocument,
  dataKey: DataKey,
  options: DecryptOptions,
): Promise<Decrypted> {
  const { metadata, tree } = document
  const context = await cryptContext(metadata, dataKey, options)
  try {
    const decrypted = decryptTree(tree, context)
    if (options.ignoreMac !== true) verifyMac(decrypted.mac, metadata.mac, metadata.lastModified, context)
    return { tree: decrypted.tree, notices: decrypted.notices }
  } finally {
    context.key.destroy()
  }
}

/** What the walk over a tree needs. The caller destroys the key. */
export async function cryptContext(
  metadata: Pick<Metadata, "rule" | "macOnlyEncrypted">,
  dataKey: DataKey,
  options: DecryptOptions,
): Promise<CryptContext> {
  return {
    cipher: options.cipher,
    selection: await compileRule(metadata.rule ?? DEFAULT_RULE),
    key: options.cipher.importKey(dataKey),
    macOnlyEncrypted: metadata.macOnlyEncrypted,
    ...(options.stash === undefined ? {} : { stash: options.stash }),
  }
}

/**
 * Recovers the data key of a document; the caller wipes it.
 *
 * @param identities - Asked in order, and only as far as needed.
 * @param order - Which kinds of keys are tried first; age and PGP by default.
 * @throws {@link ConclaveError} `no-identity`, `below-threshold`.
 */
export async function unwrapDocument(
  document: EncryptedDocument,
  identities: AsyncIterable<Identity> | readonly Identity[],
  order?: readonly KeyKind[],
): Promise<DataKey> {
  const { groups, threshold } = document.metadata
  const { dataKey } = await unwrapDataKey(groups, threshold, identities, order)
  return dataKey
}
