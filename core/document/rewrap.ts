/**
 * New wraps for a file: `rewrap` keeps the data key and is right only where
 * readers are added; `rekey` makes a new one, encrypts every value anew, and
 * is right wherever someone is to lose access.
 */

import { toUtf8, wipe } from "../bytes.ts"
import type { Cipher } from "../cipher/cipher.ts"
import { toTimestamp } from "../clock.ts"
import { type DataKey, generateDataKey } from "../keys/data-key.ts"
import type { Recipient } from "../keys/recipient.ts"
import { wrapDataKey } from "../keys/wrap.ts"
import { type Metadata, serializeMetadata } from "../sops/metadata.ts"
import type { Tree } from "../sops/tree.ts"
import type { OpenedDocument } from "./opened.ts"
import { keptLayout, type PrintMode, printOptions, printPlaintext } from "./plaintext.ts"
import { nextVersion, type Updated } from "./update.ts"
import { verifyPrinted } from "./verify.ts"

export type WrapOptions = PrintMode & {
  readonly cipher: Cipher
  readonly moment: Date
  /** Key groups; one: any recipient opens alone. */
  readonly recipients: readonly (readonly Recipient[])[]
  /** 0: all groups, if there is more than one. */
  readonly threshold: number
}

/**
 * Wraps the same data key for other recipients. Values, MAC and lastmodified
 * stay as they are. Whoever could open the file keeps what it has opened.
 *
 * @throws {@link ConclaveError} `wrap-failed`, `share-invalid`, `verify-failed`: then nothing is to be written.
 */
export async function rewrapDocument(opened: OpenedDocument, options: WrapOptions): Promise<Updated> {
  const { document, dataKey, source, tree } = opened
  const metadata = { ...document.metadata, ...(await wrap(dataKey, options)) }
  const kept = keptLayout(document.format, source, options.layout)
  const block = serializeMetadata(metadata)
  const bytes =
    kept === null
      ? document.format.printEncrypted(document.tree, block, printOptions(options))
      : toUtf8(kept.layout.replaceMetadata(kept.text, block))
  const notices = await verifyPrinted(bytes, document.format, dataKey, tree, options.cipher)
  return { bytes, notices, layoutNotices: [] }
}

/**
 * Encrypts the file anew under a fresh data key with fresh IVs (SOPS keeps the
 * old ones, which links versions).
 *
 * @throws {@link ConclaveError} as {@link rewrapDocument}.
 */
export async function rekeyDocument(opened: OpenedDocument, options: WrapOptions): Promise<Updated> {
  const { document } = opened
  const dataKey = generateDataKey()
  try {
    const header: Metadata = {
      ...document.metadata,
      ...(await wrap(dataKey, options)),
      lastModified: toTimestamp(options.moment),
    }
    return await nextVersion(opened, plainOf(opened, options), header, { dataKey }, options)
  } finally {
    wipe(dataKey)
  }
}

/** With a layout to keep, the tree is that of the plaintext's text, whose places it knows. */
function plainOf(opened: OpenedDocument, options: WrapOptions): { tree: Tree; source: Uint8Array } {
  const { document, source, tree } = opened
  if (keptLayout(document.format, source, options.layout) === null) return { tree, source: new Uint8Array() }
  const { bytes } = printPlaintext(source, document, tree, options)
  return { tree: document.format.parsePlain(bytes), source: bytes }
}

async function wrap(dataKey: DataKey, options: WrapOptions): Promise<Pick<Metadata, "groups" | "threshold">> {
  return wrapDataKey(dataKey, options.recipients, options.threshold, toTimestamp(options.moment))
}
