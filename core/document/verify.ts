/**
 * The look back before a file is replaced: the printed bytes must open with
 * the data key to the very values that were meant. It turns every fault
 * between tree and text, ours or the format's, into an error before the write.
 */

import type { Cipher } from "../cipher/cipher.ts"
import { ConclaveError, hasCode } from "../errors.ts"
import type { Format } from "../formats/format.ts"
import type { DataKey } from "../keys/data-key.ts"
import type { Notice } from "../sops/crypt.ts"
import type { Tree } from "../sops/tree.ts"
import { findDifference } from "./compare.ts"
import { type Decrypted, decryptDocument } from "./decrypt.ts"
import { parseDocument } from "./document.ts"

/**
 * @param bytes - What is about to be written.
 * @param meant - The plaintext tree it was made from.
 * @returns Comments that will not open at their new place; values always do.
 * @throws {@link ConclaveError} `verify-failed`, naming the first key path that differs.
 */
export async function verifyPrinted(
  bytes: Uint8Array,
  format: Format,
  dataKey: DataKey,
  meant: Tree,
  cipher: Cipher,
): Promise<readonly Notice[]> {
  const { tree, notices, mismatch } = await open(bytes, format, dataKey, cipher)
  const difference = findDifference(withoutDefault(meant, format), withoutDefault(tree, format))
  if (difference !== null) {
    throw verifyFailed(`${difference} does not read back as it was: this format cannot hold it`)
  }
  if (mismatch !== null) throw notOpened(mismatch)
  return notices
}

type Reopened = Decrypted & {
  /** The MAC does not fit: the difference is named first, since it says more. */
  readonly mismatch: ConclaveError | null
}

async function open(bytes: Uint8Array, format: Format, dataKey: DataKey, cipher: Cipher): Promise<Reopened> {
  try {
    const document = parseDocument(bytes, format, Number.POSITIVE_INFINITY)
    try {
      return { ...(await decryptDocument(document, dataKey, { cipher })), mismatch: null }
    } catch (error) {
      if (!hasCode(error, "mac-mismatch")) throw error
      return { ...(await decryptDocument(document, dataKey, { cipher, ignoreMac: true })), mismatch: error }
    }
  } catch (cause) {
    throw cause instanceof ConclaveError ? notOpened(cause) : cause
  }
}

/** INI has its section DEFAULT always, also where the tree that is printed has none; an empty one says nothing. */
function withoutDefault(tree: Tree, format: Format): Tree {
  const [branch, ...others] = tree
  const first = branch?.items[0]
  if (format.name !== "ini" || branch === undefined || first?.kind !== "entry") return tree
  const isEmpty = first.key === "DEFAULT" && first.value.kind === "map" && first.value.items.length === 0
  return isEmpty ? [{ ...branch, items: branch.items.slice(1) }, ...others] : tree
}

function notOpened(cause: ConclaveError): ConclaveError {
  return verifyFailed(`what would be written does not open again: ${cause.message}`, cause)
}

function verifyFailed(message: string, cause?: Error): ConclaveError {
  return new ConclaveError("verify-failed", message, { file: "" }, cause === undefined ? {} : { cause })
}
