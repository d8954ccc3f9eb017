/**
 * The plaintext of a file as text, and the way back: either in the user's own
 * layout, rewritten in place, or printed anew as sops does (canonical).
 */

import { fromUtf8, toUtf8 } from "../bytes.ts"
import type { Format, PrintOptions } from "../formats/format.ts"
import { type Layout, type LayoutNotice, layoutOf, type Previous } from "../formats/layout.ts"
import { decodeSource } from "../formats/yaml/reader.ts"
import { serializeMetadata } from "../sops/metadata.ts"
import type { Tree } from "../sops/tree.ts"
import type { EncryptedDocument } from "./document.ts"

/** `kept`: the source's own layout. `canonical`: as sops prints. */
export type LayoutMode = "kept" | "canonical"

export type PrintMode = { readonly layout: LayoutMode; readonly indent?: number }

export type Plaintext = { readonly bytes: Uint8Array; readonly notices: readonly LayoutNotice[] }

/** What a person is shown of a decrypted file. */
export function printPlaintext(
  source: Uint8Array,
  document: EncryptedDocument,
  plain: Tree,
  mode: PrintMode,
): Plaintext {
  const kept = keptLayout(document.format, source, mode.layout)
  if (kept === null) return { bytes: document.format.printPlain(plain, printOptions(mode)), notices: [] }
  const { text, notices } = kept.layout.decrypt(kept.text, document.tree, plain)
  return { bytes: toUtf8(text), notices }
}

/** The file that a new version is made of. */
export type PreviousFile = { readonly source: Uint8Array; readonly document: EncryptedDocument }

/**
 * The bytes of an encrypted file made from a plaintext source.
 *
 * @param source - The plaintext that `plain` was parsed from.
 * @param reseal - Encrypts `plain` again with its comments elsewhere: see {@link Layout.encrypt}.
 * @param previous - What the file held before, to leave unchanged tokens as they were.
 */
export function printCiphertext(
  source: Uint8Array,
  plain: Tree,
  document: EncryptedDocument,
  mode: PrintMode,
  reseal: (plain: Tree) => Tree,
  previous?: PreviousFile,
): Plaintext {
  const { format, tree, metadata } = document
  const block = serializeMetadata(metadata)
  const kept = keptLayout(format, source, mode.layout)
  if (kept === null) return { bytes: format.printEncrypted(tree, block, printOptions(mode)), notices: [] }
  const before = previousText(format, previous)
  const { text, notices } = kept.layout.encrypt(kept.text, plain, tree, block, before, reseal)
  return { bytes: toUtf8(text), notices }
}

/** A plaintext parsed as its layout needs it, which is not always as the format does. */
export function parseForLayout(kept: KeptLayout, format: Format, previous?: PreviousFile): Tree {
  return kept.layout.parse(kept.text, previousText(format, previous))
}

function previousText(format: Format, previous: PreviousFile | undefined): Previous | undefined {
  const source = previous === undefined ? null : decodeText(format, previous.source)
  if (previous === undefined || source === null) return undefined
  const { tree, metadata } = previous.document
  return { source, tree, metadata: serializeMetadata(metadata) }
}

export type KeptLayout = { readonly layout: Layout; readonly text: string }

/** The layout and the text it works on; `null` where the file is printed anew. */
export function keptLayout(format: Format, source: Uint8Array, mode: LayoutMode): KeptLayout | null {
  const layout = mode === "kept" ? layoutOf(format.name) : null
  const text = layout === null ? null : decodeText(format, source)
  return layout === null || text === null ? null : { layout, text }
}

/** As the format's parser decodes it, so that spans fit; `null` for a text that is not UTF-8. */
function decodeText(format: Format, source: Uint8Array): string | null {
  return format.name === "yaml" ? decodeSource(source) : fromUtf8(source)
}

export function printOptions(mode: PrintMode): PrintOptions {
  return mode.indent === undefined ? {} : { indent: mode.indent }
}
