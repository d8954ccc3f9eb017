/**
 * Bytes of any kind as a binary SOPS file for the readers of another file: how
 * an edit is kept that could not be written. It holds the text as it was
 * typed, whether or not that is a document, all of it encrypted.
 */

import type { Cipher } from "../cipher/cipher.ts"
import { toTimestamp } from "../clock.ts"
import { formatNamed } from "../formats/registry.ts"
import type { Metadata } from "../sops/metadata.ts"
import { SOPS_VERSION } from "../sops/metadata.ts"
import type { OpenedDocument } from "./opened.ts"
import { encryptVersion } from "./version.ts"

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
  const version = await encryptVersion(
    { tree, source: bytes },
    format,
    header,
    { dataKey },
    {
      cipher: options.cipher,
      layout: "canonical",
    },
  )
  return version.bytes
}
