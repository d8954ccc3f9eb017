/**
 * Changes single places of an opened file: sets and removes, in order, and
 * encrypts the result. In the user's own layout the text is changed at those
 * places only; what the text then says is compared with what was meant, so a
 * layout can lose nothing.
 */

import { toUtf8 } from "../bytes.ts"
import type { Cipher } from "../cipher/cipher.ts"
import { toTimestamp } from "../clock.ts"
import { ConclaveError } from "../errors.ts"
import type { Layout, LayoutNotice, Rewritten } from "../formats/layout.ts"
import { findNode, hasNode } from "../sops/key-path.ts"
import type { KeyPath, Node, Tree } from "../sops/tree.ts"
import { findDifference, sameContent } from "./compare.ts"
import { parseEdited } from "./edited.ts"
import { refuseReserved } from "./encrypt.ts"
import type { OpenedDocument } from "./opened.ts"
import { keptLayout, type PrintMode, printPlaintext } from "./plaintext.ts"
import { setNode, unsetNode } from "./tree-edit.ts"
import { nextVersion, type Updated } from "./update.ts"

export type PlaceEdit =
  | { readonly kind: "set"; readonly path: KeyPath; readonly value: Node }
  | { readonly kind: "unset"; readonly path: KeyPath }

/** What a file is to become: its plaintext, and the text that the tree's places count in (empty without a layout). */
export type Draft = {
  readonly tree: Tree
  readonly text: Uint8Array
  /** Whether the text is the user's own layout, or the tree is printed as sops does. */
  readonly layout: PrintMode["layout"]
  readonly notices: readonly LayoutNotice[]
}

/**
 * The plaintext of an opened file after these edits; the file is not encrypted yet.
 *
 * @returns `null` if the edits say what the file says already.
 * @throws {@link ConclaveError} `path-not-found`, `verify-failed`, `reserved-key`.
 */
export function draftEdits(
  opened: OpenedDocument,
  edits: readonly PlaceEdit[],
  mode: PrintMode,
): Draft | null {
  const { format } = opened.document
  const meant = edits.reduce(editTree, opened.tree)
  refuseReserved(meant, format)
  if (sameContent(opened.tree, meant)) return null
  return editInLayout(opened, edits, meant, mode) ?? canonicalDraft(meant)
}

/** A tree that is to be printed as sops does. */
export function canonicalDraft(tree: Tree): Draft {
  return { tree, text: new Uint8Array(), layout: "canonical", notices: [] }
}

export type DraftOptions = {
  readonly cipher: Cipher
  readonly moment: Date
  readonly indent?: number
}

/**
 * Encrypts a draft under the file's own data key; values that it left alone
 * keep their ciphertext.
 *
 * @throws {@link ConclaveError} `verify-failed`, `not-representable`, `comment-ambiguous`.
 */
export async function encryptDraft(
  opened: OpenedDocument,
  draft: Draft,
  options: DraftOptions,
): Promise<Updated> {
  const header = { ...opened.document.metadata, lastModified: toTimestamp(options.moment) }
  const plain = { tree: draft.tree, source: draft.text }
  const key = { dataKey: opened.dataKey, stash: opened.stash }
  const updated = await nextVersion(opened, plain, header, key, { ...options, layout: draft.layout })
  return { ...updated, layoutNotices: [...draft.notices, ...updated.layoutNotices] }
}

function editTree(tree: Tree, edit: PlaceEdit): Tree {
  return edit.kind === "set" ? setNode(tree, edit.path, edit.value) : unsetNode(tree, edit.path)
}

/** @returns `null` where the file has no layout to keep. */
function editInLayout(
  opened: OpenedDocument,
  edits: readonly PlaceEdit[],
  meant: Tree,
  mode: PrintMode,
): Draft | null {
  const { document, source } = opened
  if (keptLayout(document.format, source, mode.layout) === null) return null
  const before = printPlaintext(source, document, opened.tree, mode)
  const notices = [...before.notices]
  let text = before.bytes
  let tree = document.format.parsePlain(text)
  for (const edit of edits) {
    const kept = keptLayout(document.format, text, mode.layout)
    if (kept === null) return null
    const rewritten = editText(kept.layout, kept.text, tree, withoutNulls(tree, edit))
    notices.push(...rewritten.notices)
    text = toUtf8(rewritten.text)
    tree = document.format.parsePlain(text)
  }
  const difference = findDifference(meant, tree)
  if (difference !== null) {
    throw new ConclaveError("verify-failed", `${difference} cannot be changed within this file's layout`, {
      file: "",
    })
  }
  // With the kinds that were meant: text does not tell a float 5 from an int.
  return { tree: parseEdited({ ...opened, tree: meant }, text), text, layout: "kept", notices }
}

/** A null on the way of a set: the edit then puts all that is below into its place. */
function withoutNulls(tree: Tree, edit: PlaceEdit): PlaceEdit {
  if (edit.kind === "unset") return edit
  const { path, value } = edit
  for (let depth = 1; depth < path.length; depth++) {
    const parent = path.slice(0, depth)
    if (!hasNode(tree, parent)) return edit
    if (findNode(tree, parent).kind !== "null") continue
    const [branch] = setNode([{ kind: "map", items: [] }], ["", ...path.slice(depth)], value)
    const [entry] = branch?.items ?? []
    return entry?.kind === "entry" ? { kind: "set", path: parent, value: entry.value } : edit
  }
  return edit
}

function editText(layout: Layout, text: string, tree: Tree, edit: PlaceEdit): Rewritten {
  return edit.kind === "set"
    ? layout.set(text, tree, edit.path, edit.value)
    : layout.unset(text, tree, edit.path)
}
