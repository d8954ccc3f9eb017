/**
 * JSON in its own layout: indentation, order, blanks and the spelling of what
 * does not change stay. Tokens are replaced; a ciphertext is a string.
 */

import { toUtf8 } from "../../bytes.ts"
import type { Comment, KeyPath, ListNode, MapNode, Node, Tree } from "../../sops/tree.ts"
import { json as jsonFormat } from "../json.ts"
import { forEachChange, sealedText } from "./changes.ts"
import { applyEdits, type Edit, LineCounter } from "./edits.ts"
import { addMember, removeMembers, spanOf } from "./json/members.ts"
import {
  addMetadata,
  carryMetadata,
  removeMetadata,
  replaceMetadataEdits,
  replaceValue,
  rootOf,
} from "./json/metadata-block.ts"
import { notationOf, spellJson } from "./json/notation.ts"
import { childrenOf, placeOf, placeOfExisting } from "./place.ts"
import type { Layout, LayoutNotice } from "./rewrite.ts"

export const jsonLayout: Layout = {
  parse: (source) => jsonFormat.parsePlain(toUtf8(source)),

  encrypt(source, plain, encrypted, metadata, previous) {
    const edits: Edit[] = []
    const notices: LayoutNotice[] = []
    const lines = new LineCounter(source)
    forEachChange(plain, encrypted, ({ before, after, at }) => {
      const span = before.span
      if (span === undefined || before.kind === "comment") return
      edits.push({ ...span, text: JSON.stringify(sealedText(after)) })
      if (source.slice(span.start, span.end) !== spellJson(before)) {
        notices.push({ code: "respelled", line: lines.lineAt(span.start), at: at() })
      }
    })
    edits.push(
      previous === undefined
        ? addMetadata(source, plain, metadata)
        : carryMetadata(source, plain, metadata, previous.source),
    )
    return { text: applyEdits(source, edits), notices }
  },

  decrypt(source, encrypted, plain) {
    const edits = removeMetadata(rootOf(source))
    const comments = new Map<ListNode, Set<Node | Comment>>()
    forEachChange(encrypted, plain, ({ before, after, parent }) => {
      if (after.kind !== "comment") {
        if (before.span !== undefined) edits.push({ ...before.span, text: spellJson(after) })
      } else if (parent.kind === "list") {
        // An encrypted comment that came from a YAML list: JSON has no place for it in clear.
        const gone = comments.get(parent) ?? new Set()
        comments.set(parent, gone.add(before))
      }
    })
    for (const [list, gone] of comments) {
      const items = childrenOf(list)
      for (const edit of removeMembers(list, (index) => gone.has(items[index] as Node))) edits.push(edit)
    }
    return { text: applyEdits(source, edits), notices: [] }
  },

  replaceMetadata: (source, metadata) => applyEdits(source, replaceMetadataEdits(source, metadata)),

  set(source, tree, path, value) {
    return { text: applyEdits(source, [setEdit(source, tree, path, value)]), notices: [] }
  },

  unset(source, tree, path) {
    const { parent, index } = placeOfExisting(onlyRoot(tree), path)
    if (parent === null) return { text: source, notices: [] }
    return {
      text: applyEdits(
        source,
        removeMembers(parent, (i) => i === index),
      ),
      notices: [],
    }
  },
}

function setEdit(source: string, tree: Tree, path: KeyPath, value: Node): Edit {
  const root = onlyRoot(tree)
  const notation = notationOf(source, root)
  const place = placeOf(root, path, value)
  if (place.kind === "missing") {
    const key = typeof place.step === "string" ? place.step : null
    return addMember(source, place.parent, key, place.value, notation)
  }
  const { start, end } = spanOf(place.node)
  // In place of an object or array of one line stands another.
  const isInline =
    end - start > "{}".length && isCollection(place.node) && !source.slice(start, end).includes("\n")
  return replaceValue(source, place.node, value, isInline ? { ...notation, unit: null } : notation)
}

function isCollection({ kind }: Node): boolean {
  return kind === "map" || kind === "list"
}

function onlyRoot([root]: Tree): MapNode {
  if (root === undefined) throw new Error("a document without a root")
  return root
}
