/**
 * From a plaintext tree to the bytes of an encrypted file, under a fresh data
 * key. The bytes are read back before they are handed out: they open with the
 * data key to the same tree, or there is an error and no bytes.
 */

import { wipe } from "../bytes.ts"
import type { Cipher } from "../cipher/cipher.ts"
import { toTimestamp } from "../clock.ts"
import { ConclaveError } from "../errors.ts"
import type { Format } from "../formats/format.ts"
import { type DataKey, generateDataKey } from "../keys/data-key.ts"
import type { Recipient } from "../keys/recipient.ts"
import { wrapDataKey } from "../keys/wrap.ts"
import { encryptTree, type Notice, sealMac } from "../sops/crypt.ts"
import { type Metadata, SOPS_VERSION } from "../sops/metadata.ts"
import { DEFAULT_RULE, type SelectionRule } from "../sops/selection.ts"
import type { Tree } from "../sops/tree.ts"
import { cryptContext } from "./decrypt.ts"
import { printDocument } from "./document.ts"
import { verifyPrinted } from "./verify.ts"

export type EncryptOptions = {
  readonly cipher: Cipher
  /** Key groups; one: any recipient opens alone. More: `threshold` of the groups together. */
  readonly recipients: readonly (readonly Recipient[])[]
  /** 0: all groups, if there is more than one. */
  readonly threshold: number
  readonly rule: SelectionRule
  readonly macOnlyEncrypted: boolean
  readonly moment: Date
  /** As in the format's print options. */
  readonly indent?: number
}

export type Encrypted = { readonly bytes: Uint8Array; readonly notices: readonly Notice[] }

/**
 * Encrypts a tree as a document of `format`.
 *
 * @throws {@link ConclaveError} `reserved-key` if the tree uses a name of
 * SOPS' metadata (it is probably encrypted already), `regex-invalid`,
 * `wrap-failed`, `share-invalid`, `not-representable`, `verify-failed`.
 */
export async function encryptDocument(
  tree: Tree,
  format: Format,
  options: EncryptOptions,
): Promise<Encrypted> {
  refuseReserved(tree, format)
  const dataKey = generateDataKey()
  try {
    const createdAt = toTimestamp(options.moment)
    const { groups, threshold } = await wrapDataKey(dataKey, options.recipients, options.threshold, createdAt)
    // One value without a rule to choose: SOPS names none in binary files.
    const binary = format.name === "binary"
    return await encryptUnder(tree, format, dataKey, options, {
      groups,
      threshold,
      lastModified: createdAt,
      macOnlyEncrypted: options.macOnlyEncrypted && !binary,
      rule: binary ? null : options.rule,
      version: SOPS_VERSION,
    })
  } finally {
    wipe(dataKey)
  }
}

async function encryptUnder(
  tree: Tree,
  format: Format,
  dataKey: DataKey,
  options: EncryptOptions,
  header: Omit<Metadata, "mac">,
): Promise<Encrypted> {
  const context = await cryptContext({ ...header, rule: header.rule ?? DEFAULT_RULE }, dataKey, options)
  try {
    const encrypted = encryptTree(tree, context, "items")
    const metadata = { ...header, mac: sealMac(encrypted.mac, header.lastModified, context) }
    const bytes = printDocument({ format, tree: encrypted.tree, metadata }, options.indent)
    const notices = await verifyPrinted(bytes, format, dataKey, tree, options.cipher)
    return { bytes, notices }
  } finally {
    context.key.destroy()
  }
}

/** @throws {@link ConclaveError} `reserved-key` */
export function refuseReserved(tree: Tree, format: Format): void {
  const key = format.reservedKey(tree)
  if (key === null) return
  throw new ConclaveError(
    "reserved-key",
    `the key ${key} is kept for SOPS' metadata: is this file encrypted already?`,
    {
      key,
    },
  )
}
