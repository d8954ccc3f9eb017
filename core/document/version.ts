/**
 * One version of a file: a plaintext encrypted under a data key, printed in
 * its layout, and looked back at before it is handed out.
 */

import type { Cipher } from "../cipher/cipher.ts"
import type { Format } from "../formats/format.ts"
import type { LayoutNotice } from "../formats/layout.ts"
import type { DataKey } from "../keys/data-key.ts"
import { encryptTree, type Notice, sealMac } from "../sops/crypt.ts"
import type { IvStash } from "../sops/iv-stash.ts"
import type { Metadata } from "../sops/metadata.ts"
import type { Tree } from "../sops/tree.ts"
import { cryptContext } from "./decrypt.ts"
import { withKindsOf } from "./kinds.ts"
import {
  keptLayout,
  type PreviousFile,
  type PrintMode,
  parseForLayout,
  printCiphertext,
} from "./plaintext.ts"
import { verifyPrinted } from "./verify.ts"

/** A plaintext and the text that it was parsed from; a tree that was never text is printed as sops does. */
export type PlainSource = { readonly tree: Tree; readonly source: Uint8Array }

/** A tree that was never text, or whose text does not matter. */
export function unwritten(tree: Tree): PlainSource {
  return { tree, source: new Uint8Array() }
}

export type VersionKey = {
  readonly dataKey: DataKey
  /** Unchanged values keep their IV; a new data key goes without. */
  readonly stash?: IvStash
}

export type Version = {
  readonly bytes: Uint8Array
  readonly notices: readonly Notice[]
  readonly layoutNotices: readonly LayoutNotice[]
}

/**
 * @param previous - The file that this is a new version of, if it is one.
 * @throws {@link ConclaveError} `verify-failed`, `not-representable`, `comment-ambiguous`, `regex-invalid`.
 */
export async function encryptVersion(
  plain: PlainSource,
  format: Format,
  header: Omit<Metadata, "mac">,
  key: VersionKey,
  options: PrintMode & { readonly cipher: Cipher },
  previous?: PreviousFile,
): Promise<Version> {
  const { cipher } = options
  const kept = keptLayout(format, plain.source, options.layout)
  const mode = kept === null ? { ...options, layout: "canonical" as const } : options
  // The path of a comment depends on what stands behind it, and that will be the metadata.
  const tree = kept === null ? plain.tree : withKindsOf(parseForLayout(kept, format, previous), plain.tree)
  const context = await cryptContext(header, key.dataKey, { ...key, cipher })
  try {
    const encrypted = encryptTree(tree, context, kept === null ? "items" : "in-place")
    const metadata = { ...header, mac: sealMac(encrypted.mac, header.lastModified, context) }
    const document = { format, tree: encrypted.tree, metadata }
    const reseal = (moved: Tree) => encryptTree(moved, context, "in-place").tree
    const printed = printCiphertext(plain.source, tree, document, mode, reseal, previous)
    const notices = await verifyPrinted(printed.bytes, format, key.dataKey, plain.tree, cipher)
    return { bytes: printed.bytes, notices, layoutNotices: printed.notices }
  } finally {
    context.key.destroy()
  }
}
