/** Adds members to the text of a JSON object or array, and takes them away. */

import type { ListNode, MapNode, Node, Span } from "../../../sops/tree.ts"
import type { Edit } from "../edits.ts"
import { indentAt, isMultiline, type Notation, spellJson, spellNode } from "./notation.ts"

/** What a member covers: a list's item itself, a map's from its key on. */
export function memberSpans(node: MapNode | ListNode): Span[] {
  const spans: Span[] = []
  for (const item of node.items) {
    if (item.kind === "comment") continue
    const { end } = spanOf(item.kind === "entry" ? item.value : item)
    const { start } = item.kind === "entry" ? (item.keySpan ?? spanOf(item.value)) : spanOf(item)
    spans.push({ start, end })
  }
  return spans
}

export function spanOf(node: Node): Span {
  if (node.span === undefined) throw new Error("a node without its place in the source")
  return node.span
}

/** Adds `value` behind the last member; `key` for an object. */
export function addMember(
  source: string,
  parent: MapNode | ListNode,
  key: string | null,
  value: Node,
  notation: Notation,
): Edit {
  const spans = memberSpans(parent)
  const [first] = spans
  const last = spans.at(-1)
  const head = key === null ? "" : spellJson({ kind: "str", text: key }) + notation.colon
  const { lineBreak, unit, comma } = notation
  if (first === undefined || last === undefined) {
    const { start, end } = spanOf(parent)
    const outer = indentAt(source, start)
    if (unit === null)
      return { start: start + 1, end: end - 1, text: head + spellNode(value, notation, outer) }
    const member = lineBreak + outer + unit + head + spellNode(value, notation, outer + unit)
    return { start: start + 1, end: end - 1, text: member + lineBreak + outer }
  }
  if (!isMultiline(source, parent, first.start)) {
    const inline = { ...notation, unit: null }
    return { start: last.end, end: last.end, text: comma + head + spellNode(value, inline, "") }
  }
  const indent = indentAt(source, last.start)
  return {
    start: last.end,
    end: last.end,
    text: `,${lineBreak}${indent}${head}${spellNode(value, notation, indent)}`,
  }
}

/** Takes away the members at the positions that `isGone` names, with their commas. */
export function removeMembers(parent: MapNode | ListNode, isGone: (index: number) => boolean): Edit[] {
  const spans = memberSpans(parent)
  const edits: Edit[] = []
  let kept = -1
  for (const [i, { start, end }] of spans.entries()) {
    if (!isGone(i)) {
      kept = i
      continue
    }
    const before = spans[i - 1]
    const after = spans[i + 1]
    if (before !== undefined && kept >= 0) edits.push({ start: before.end, end, text: "" })
    else if (after !== undefined) edits.push({ start, end: after.start, text: "" })
    else {
      // Nothing is left: from behind the opening bracket, or what went before, to the closing one.
      const from = before === undefined ? spanOf(parent).start + 1 : start
      edits.push({ start: from, end: spanOf(parent).end - 1, text: "" })
    }
  }
  return edits
}
