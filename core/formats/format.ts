/**
 * What each of the five formats does for the document above it: text to tree
 * and back, and where its metadata lies. A format knows no key and no cipher.
 */

import type { MapNode, Tree } from "../sops/tree.ts"

export type FormatName = "yaml" | "json" | "dotenv" | "ini" | "binary"

/** Text files above this are refused before parsing, in bytes; `--max-size` moves it. */
export const MAX_TEXT_SIZE = 32 * 1024 * 1024
/** Binary files above this are refused, in bytes. */
export const MAX_BINARY_SIZE = 512 * 1024 * 1024
/** Deeper nesting is refused with `too-deep` by every format. */
export const MAX_DEPTH = 1000

export type PrintOptions = {
  /** Spaces for each level, as `stores.*.indent` of `.sops.yaml`; the format's default when absent. */
  readonly indent?: number
}

export interface Format {
  readonly name: FormatName

  /**
   * Reads a plaintext document.
   *
   * @throws {@link ConclaveError} `syntax`, `duplicate-key`, `unsupported-value`,
   * `too-deep`, `alias-bomb`, `empty-file`; never `reserved-key` (the document checks that).
   */
  parsePlain(source: Uint8Array): Tree

  /**
   * Reads an encrypted document: the tree without its metadata, and the
   * metadata as a map with the fields of SOPS' `sops` block (nested, also
   * where the format stores it flat).
   *
   * @throws {@link ConclaveError} as {@link parsePlain}, and `metadata-missing`.
   */
  parseEncrypted(source: Uint8Array): { readonly tree: Tree; readonly metadata: MapNode }

  /** Prints a plaintext document exactly as sops does. @throws `not-representable` */
  printPlain(tree: Tree, options?: PrintOptions): Uint8Array

  /**
   * Prints an encrypted document exactly as sops does. `metadata` is nested
   * and already sorted; the format places it (in every YAML document).
   */
  printEncrypted(tree: Tree, metadata: MapNode, options?: PrintOptions): Uint8Array

  /** Whether a plaintext tree uses a name SOPS reserves; gives that name. */
  reservedKey(tree: Tree): string | null
}
