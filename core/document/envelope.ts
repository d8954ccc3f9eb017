/**
 * Bytes of any kind as a binary SOPS file for the readers of another file: how
 * an edit is kept that could not be written. It holds the text as it was
 * typed, whether or not that is a document, all of it encrypted.
 */

import type { Cipher } from "../cipher/cipher.ts"
import { toTimestamp } from "../clock.ts"
import { formatNamed } from "../formats/registry.ts"
import { encryptTree, sealMac } from "../sops/crypt.ts"
import type { Metadata } from "../sops/metadata.ts"
import { SOPS_VERSION } from "../sops/metadata.ts"
import { cryptContext } from "./decrypt.ts"
import { printDocument } from "./document.ts"
import type { OpenedDocument } from "./opened.ts"
import { verifyPrinted } from "./verify.ts"

/** @throws {@link ConclaveError} `verify-failed` */
export async function sealBeside(
  opened: Pick<OpenedDocument, "document" | "dataKey">,
  bytes: Uint8Array,
  options: { readonly cipher: Cipher; readonly moment: Date },
): Promise<Uint8Array> {
  const { dataKey, document } = opened
  const { groups, threshold } = document.metadata
  const format = formatNamed("binary")
  const tree = format.parsePlain(bytes)
  const header: Omit<Metadata, "mac"> = {
    groups,
    threshold,
    lastModified: toTimestamp(options.moment),
    macOnlyEncrypted: false,
    rule: null,
    version: SOPS_VERSION,
  }
  const context = await cryptContext(header, dataKey, options)
  try {
    const encrypted = encryptTree(tree, context, "items")
    const metadata = { ...header, mac: sealMac(encrypted.mac, header.lastModified, context) }
    const sealed = printDocument({ format, tree: encrypted.tree, metadata })
    await verifyPrinted(sealed, format, dataKey, tree, options.cipher)
    return sealed
  } finally {
    context.key.destroy()
  }
}
