/**
 * Gives a file the layout of an older version of it: its comments' places,
 * blank lines, quotes, indentation. Values, data key, MAC and date stay those
 * of the file; only their places in the text change.
 */

import type { Cipher } from "../cipher/cipher.ts"
import { ConclaveError } from "../errors.ts"
import type { KeyPath, MapNode, Node, Tree } from "../sops/tree.ts"
import { findDifference } from "./compare.ts"
import { entriesById, nodesOf } from "./entries.ts"
import { withKindsOf } from "./kinds.ts"
import type { OpenedDocument } from "./opened.ts"
import { draftEdits, type PlaceEdit } from "./place-edit.ts"
import { keptLayout, printPlaintext } from "./plaintext.ts"
import { encryptVersion, type Version } from "./version.ts"

/**
 * @param current - The file whose values count.
 * @param older - The version whose layout is wanted, of the same format.
 * @throws {@link ConclaveError} `not-representable` for a format without a
 * layout, `verify-failed` if the older text cannot take the values (another
 * order of keys, another number of documents).
 */
export async function relayout(
  current: OpenedDocument,
  older: OpenedDocument,
  options: { readonly cipher: Cipher },
): Promise<Version> {
  const { format, metadata } = current.document
  const kept = { layout: "kept" } as const
  if (keptLayout(format, older.source, "kept") === null) {
    throw new ConclaveError("not-representable", `${format.name} files have no layout of their own`, {
      format: format.name,
      at: "",
    })
  }
  const draft = draftEdits(older, editsBetween(older.tree, current.tree), kept)
  const source = draft?.text ?? printPlaintext(older.source, older.document, older.tree, kept).bytes
  const tree = withKindsOf(format.parsePlain(source), current.tree)
  const difference = findDifference(current.tree, tree)
  if (difference !== null) {
    throw new ConclaveError("verify-failed", `${difference} has no place in the older layout`, { file: "" })
  }
  const key = { dataKey: current.dataKey, stash: current.stash }
  // No previous version: its tokens are spelled as the flattened file has them, and the older spelling is wanted.
  return encryptVersion({ tree, source }, format, metadata, key, { ...options, ...kept })
}

/** What makes the first document of `before` say what that of `after` says. */
function editsBetween(before: Tree, after: Tree): PlaceEdit[] {
  const [old] = before
  const [now] = after
  return old === undefined || now === undefined ? [] : mapEdits(old, now, [])
}

function mapEdits(before: MapNode, after: MapNode, path: KeyPath): PlaceEdit[] {
  const old = entriesById(before)
  const now = entriesById(after)
  const edits: PlaceEdit[] = []
  for (const [id, { key }] of old) if (!now.has(id)) edits.push({ kind: "unset", path: [...path, key] })
  for (const [id, { key, value }] of now) edits.push(...nodeEdits(old.get(id)?.value, value, [...path, key]))
  return edits
}

function nodeEdits(before: Node | undefined, after: Node, path: KeyPath): PlaceEdit[] {
  if (before?.kind === "map" && after.kind === "map") return mapEdits(before, after, path)
  if (before?.kind === "list" && after.kind === "list") {
    const old = nodesOf(before)
    const now = nodesOf(after)
    if (old.length === now.length) return now.flatMap((node, i) => nodeEdits(old[i], node, [...path, i]))
  }
  const same = before !== undefined && findDifference([wrapped(before)], [wrapped(after)]) === null
  return same ? [] : [{ kind: "set", path, value: after }]
}

function wrapped(value: Node): MapNode {
  return { kind: "map", items: [{ kind: "entry", key: "", value }] }
}
