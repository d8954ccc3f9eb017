/**
 * Comments of a source that are in no tree: yaml.v3 loses some, and SOPS with
 * it. In a text that is rewritten they are still there, in clear.
 */

import type { Comment, Entry, Node, Span, Tree } from "../../../sops/tree.ts"
import { isBlank, isBreak } from "../../yaml/characters.ts"
import type { DocumentNode, YamlNode } from "../../yaml/node.ts"
import { lineEndAt, nextLineAt } from "../edits.ts"
import { indicatorsAt, isBlock } from "./block-scalar.ts"

/** In order. */
export function lostComments(source: string, documents: readonly DocumentNode[], tree: Tree): Comment[] {
  if (!source.includes("#")) return []
  const known = new Set<number>()
  for (const map of tree) noteComments(known, map)
  const texts = textSpans(source, documents)
  const lost: Comment[] = []
  let next = 0
  for (let at = source.indexOf("#"); at >= 0; at = source.indexOf("#", at)) {
    while ((texts[next]?.end ?? Number.POSITIVE_INFINITY) <= at) next++
    const text = texts[next]
    if (text !== undefined && text.start <= at) {
      at = text.end
      continue
    }
    if (!isStart(source, at)) {
      at++
      continue
    }
    const end = lineEndAt(source, at)
    if (!known.has(at) && end > at + 1) {
      lost.push({ kind: "comment", text: source.slice(at + 1, end), span: { start: at, end } })
    }
    at = end
  }
  return lost
}

function isStart(source: string, at: number): boolean {
  const before = source.charCodeAt(at - 1)
  return at === 0 || isBlank(before) || isBreak(before)
}

function noteComments(known: Set<number>, item: Node | Comment | Entry): void {
  if (item.kind === "comment") {
    if (item.span !== undefined) known.add(item.span.start)
  } else if (item.kind === "entry") {
    noteComments(known, item.value)
  } else if (item.kind === "map" || item.kind === "list") {
    for (const child of item.items) noteComments(known, child)
  }
}

/** Where a `#` is text: scalars; of block scalars the body, since a comment may be in the header. */
function textSpans(source: string, documents: readonly DocumentNode[]): Span[] {
  const spans: Span[] = []
  const open: YamlNode[] = [...documents]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "scalar") {
      const { start, end } = node
      if (isBlock(node)) {
        spans.push({ start, end: start + indicatorsAt(source, start).length })
        spans.push({ start: Math.min(nextLineAt(source, start), end), end })
      } else if (end > start) spans.push({ start, end })
    } else if (node.kind !== "alias") {
      for (const child of node.content) open.push(child)
    }
  }
  return spans.sort((a, b) => a.start - b.start || a.end - b.end)
}
