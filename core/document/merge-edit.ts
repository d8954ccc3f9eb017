/**
 * An edit brought onto a file that somebody else has changed meanwhile: the
 * file is opened again, the two are merged value by value, and the result is
 * an edit of the file as it is now.
 */

import { wipe } from "../bytes.ts"
import { hasCode } from "../errors.ts"
import { toDataKey } from "../keys/data-key.ts"
import type { Identity } from "../keys/identity.ts"
import { IvStash } from "../sops/iv-stash.ts"
import type { KeyPath, MapNode, Node, Tree } from "../sops/tree.ts"
import { sameContent, sameItem } from "./compare.ts"
import { decryptDocument } from "./decrypt.ts"
import { parseDocument } from "./document.ts"
import { entriesById, nodesOf } from "./entries.ts"
import { type Conflict, mergeTrees } from "./merge.ts"
import { type OpenedDocument, type OpenOptions, openDocument } from "./opened.ts"
import { canonicalDraft, type Draft, draftEdits, type PlaceEdit } from "./place-edit.ts"
import { keptLayout, type PrintMode } from "./plaintext.ts"

/**
 * Opens other bytes of a file that is open: with the same data key where it
 * fits, else with the identities. The caller ends with `closeDocument`.
 *
 * @throws {@link ConclaveError} as `openDocument`.
 */
export async function reopenDocument(
  opened: OpenedDocument,
  source: Uint8Array,
  identities: AsyncIterable<Identity> | readonly Identity[],
  options: OpenOptions,
): Promise<OpenedDocument> {
  const { format } = opened.document
  const document = parseDocument(source, format, Number.POSITIVE_INFINITY)
  const dataKey = toDataKey(opened.dataKey.slice())
  const stash = new IvStash()
  const { cipher, ignoreMac = false } = options
  try {
    const { tree, notices } = await decryptDocument(document, dataKey, { cipher, ignoreMac, stash })
    return { source, document, dataKey, tree, stash, notices }
  } catch (error) {
    wipe(dataKey)
    // Rekeyed meanwhile.
    if (!hasCode(error, "not-authentic")) throw error
    return openDocument(source, format, identities, options)
  }
}

export type MergedEdit =
  /** `draft` is of `theirs`, `null` if that says all of it already. */
  | { readonly kind: "merged"; readonly draft: Draft | null }
  | { readonly kind: "conflict"; readonly conflicts: readonly Conflict[] }

/**
 * @param base - The plaintext as it was before the edit.
 * @param ours - The plaintext as edited.
 * @param theirs - The file as it is now.
 */
export function mergeEdit(base: Tree, ours: Tree, theirs: OpenedDocument, mode: PrintMode): MergedEdit {
  const { tree, conflicts } = mergeTrees(base, ours, theirs.tree)
  if (conflicts.length > 0) return { kind: "conflict", conflicts }
  if (sameContent(tree, theirs.tree)) return { kind: "merged", draft: null }
  if (keptLayout(theirs.document.format, theirs.source, mode.layout) === null) {
    return { kind: "merged", draft: canonicalDraft(tree) }
  }
  // Their text, changed at the places that the edit is about: comments and order are theirs.
  const edits = editsTo(theirs.tree, tree)
  const draft = edits === null ? null : draftEdits(theirs, edits, mode)
  if (draft !== null && sameContent(draft.tree, tree)) return { kind: "merged", draft }
  return { kind: "conflict", conflicts: [{ branch: 0, path: [], what: "form" }] }
}

/** Edits of the first document; `null` if another one differs. */
function editsTo(before: Tree, after: Tree): PlaceEdit[] | null {
  const [first, ...others] = before
  const [meant, ...rest] = after
  if (first === undefined || meant === undefined || !sameContent(others, rest)) return null
  const edits: PlaceEdit[] = []
  collectEdits(first, meant, [], edits)
  return edits
}

function collectEdits(before: Node, after: Node, path: KeyPath, edits: PlaceEdit[]): void {
  if (sameItem(before, after)) return
  if (before.kind === "map" && after.kind === "map") collectFromMaps(before, after, path, edits)
  else if (
    before.kind === "list" &&
    after.kind === "list" &&
    nodesOf(before).length === nodesOf(after).length
  ) {
    const now = nodesOf(after)
    for (const [i, item] of nodesOf(before).entries()) collectEdits(item, now[i] as Node, [...path, i], edits)
  } else edits.push({ kind: "set", path, value: after })
}

function collectFromMaps(before: MapNode, after: MapNode, path: KeyPath, edits: PlaceEdit[]): void {
  const old = entriesById(before)
  const now = entriesById(after)
  for (const [id, { key }] of old) if (!now.has(id)) edits.push({ kind: "unset", path: [...path, key] })
  for (const [id, { key, value }] of now) {
    const was = old.get(id)?.value
    if (was === undefined) edits.push({ kind: "set", path: [...path, key], value })
    else collectEdits(was, value, [...path, key], edits)
  }
}
