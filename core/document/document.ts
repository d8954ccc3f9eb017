/**
 * A SOPS file in memory: its tree, still encrypted, and its metadata. What
 * other rooms do with a file (open, encrypt, rewrap) starts here.
 */

import { ConclaveError } from "../errors.ts"
import { type Format, MAX_BINARY_SIZE, MAX_TEXT_SIZE } from "../formats/format.ts"
import { type Metadata, parseMetadata, serializeMetadata } from "../sops/metadata.ts"
import type { Tree } from "../sops/tree.ts"

export type EncryptedDocument = {
  readonly format: Format
  readonly tree: Tree
  readonly metadata: Metadata
}

/** The largest source that a format is given, in bytes: parsing may take several times as much memory. */
export function sizeLimit(format: Format, maxTextSize: number = MAX_TEXT_SIZE): number {
  // An envelope is a third larger than what it holds, and has its metadata beside.
  return format.name === "binary" ? Math.ceil(MAX_BINARY_SIZE * 1.5) : maxTextSize
}

/** @throws {@link ConclaveError} `too-large` */
export function checkSize(source: Uint8Array, limit: number): void {
  if (source.length > limit) {
    throw new ConclaveError("too-large", `${source.length} bytes are more than the limit of ${limit}`, {
      size: source.length,
      limit,
    })
  }
}

/**
 * Reads an encrypted file without any key.
 *
 * @throws {@link ConclaveError} `too-large`, `metadata-missing` (not a SOPS
 * file), `malformed`, and what the format refuses.
 */
export function parseDocument(
  source: Uint8Array,
  format: Format,
  limit = sizeLimit(format),
): EncryptedDocument {
  checkSize(source, limit)
  const { tree, metadata } = format.parseEncrypted(source)
  return { format, tree, metadata: parseMetadata(metadata) }
}

/** Prints a file as sops does. */
export function printDocument(document: EncryptedDocument, indent?: number): Uint8Array {
  const options = indent === undefined ? {} : { indent }
  return document.format.printEncrypted(document.tree, serializeMetadata(document.metadata), options)
}
