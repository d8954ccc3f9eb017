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
import { generateDataKey } from "../keys/data-key.ts"
import type { Recipient } from "../keys/recipient.ts"
import { wrapDataKey } from "../keys/wrap.ts"
import { SOPS_VERSION } from "../sops/metadata.ts"
import type { SelectionRule } from "../sops/selection.ts"
import type { Tree } from "../sops/tree.ts"
import type { PrintMode } from "./plaintext.ts"
import { encryptVersion, type PlainSource, type Version } from "./version.ts"

export type EncryptOptions = PrintMode & {
  readonly cipher: Cipher
  /** Key groups; one: any recipient opens alone. More: `threshold` of the groups together. */
  readonly recipients: readonly (readonly Recipient[])[]
  /** 0: all groups, if there is more than one. */
  readonly threshold: number
  readonly rule: SelectionRule
  readonly macOnlyEncrypted: boolean
  readonly moment: Date
}

/**
 * Encrypts a plaintext as a document of `format`. With `layout: "kept"` the
 * plaintext's text must be of that format too.
 *
 * @throws {@link ConclaveError} `reserved-key` if the tree uses a name of
 * SOPS' metadata (it is probably encrypted already), `regex-invalid`,
 * `wrap-failed`, `share-invalid`, `not-representable`, `verify-failed`.
 */
export async function encryptDocument(
  plain: PlainSource,
  format: Format,
  options: EncryptOptions,
): Promise<Version> {
  refuseReserved(plain.tree, format)
  const dataKey = generateDataKey()
  try {
    const createdAt = toTimestamp(options.moment)
    const { groups, threshold } = await wrapDataKey(dataKey, options.recipients, options.threshold, createdAt)
    // One value without a rule to choose: SOPS names none in binary files.
    const binary = format.name === "binary"
    const header = {
      groups,
      threshold,
      lastModified: createdAt,
      macOnlyEncrypted: options.macOnlyEncrypted && !binary,
      rule: binary ? null : options.rule,
      version: SOPS_VERSION,
    }
    return await encryptVersion(plain, format, header, { dataKey }, options)
  } finally {
    wipe(dataKey)
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
