/**
 * The metadata as a member of a document in flow style. A comma that the last
 * member had behind it stands behind the metadata too, so that it can be told
 * from one that the metadata brought.
 */

import type { MapNode, Span } from "../../../sops/tree.ts"
import type { MappingNode } from "../../yaml/node.ts"
import { type Edit, lineEndAt, lineStartAt, nextLineAt } from "../edits.ts"
import { isFirstOnLine, skipToContent } from "./extent.ts"
import { METADATA_KEY } from "./pairing.ts"
import { printFlow } from "./printed-node.ts"

export function addToFlow(source: string, root: MappingNode, metadata: MapNode, lineBreak: string): Edit[] {
  const text = `${METADATA_KEY}: ${printFlow(metadata)}`
  const last = root.content.at(-1)
  const close = root.end - 1
  if (last === undefined) return [{ start: close, end: close, text }]
  const comma = commaBehind(source, last.end)
  const isMultiline = source.slice(last.end, close).includes("\n")
  if (!isMultiline) {
    return comma === null
      ? [{ start: last.end, end: last.end, text: `, ${text}` }]
      : [{ start: comma + 1, end: comma + 1, text: ` ${text},` }]
  }
  // Behind the comment of the last member, which would else be one of the metadata.
  const added = comma === null ? [{ start: last.end, end: last.end, text: "," }] : []
  const member = comma === null ? text : `${text},`
  if (!isFirstOnLine(source, close)) return [...added, { start: close, end: close, text: ` ${member} ` }]
  const line = lineStartAt(source, close)
  const indent = /^[ \t]*/.exec(source.slice(lineStartAt(source, last.start), last.start))?.[0] ?? ""
  return [...added, { start: line, end: line, text: indent + member + lineBreak }]
}

/**
 * What to take away to be without the metadata again.
 *
 * @param index - Of its key, in the root's content.
 */
export function removeFromFlow(source: string, root: MappingNode, index: number): Span[] {
  const start = root.content[index]?.start ?? root.start
  const value = root.content[index + 1] ?? root
  const before = root.content[index - 1]
  const after = root.content[index + 2]
  const comma = commaBehind(source, value.end)
  if (after !== undefined) return [{ start, end: after.start }]
  const end = comma === null ? value.end : comma + 1
  if (before === undefined) return [{ start, end }]
  const brought = commaBehind(source, before.end)
  const own = isFirstOnLine(source, start) && source.slice(end, lineEndAt(source, end)).trim() === ""
  const range = own
    ? { start: lineStartAt(source, start), end: nextLineAt(source, end) }
    : { start: blanksBefore(source, start), end }
  return comma !== null || brought === null ? [range] : [{ start: brought, end: brought + 1 }, range]
}

function blanksBefore(source: string, start: number): number {
  return source[start - 1] === " " ? start - 1 : start
}

function commaBehind(source: string, end: number): number | null {
  const at = skipToContent(source, end)
  return source[at] === "," ? at : null
}
