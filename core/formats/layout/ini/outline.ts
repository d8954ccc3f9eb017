/**
 * Where the lines of an INI text are: each section with its header and keys,
 * each of these with the comment lines that belong to it. For comments that
 * INI puts together from several places, and for whole sections.
 */

import type { Comment, Entry, MapNode, Span } from "../../../sops/tree.ts"
import { lineEndAt, lineStartAt, nextLineAt } from "../edits.ts"
import { entriesOf } from "../metadata-fields.ts"

export type Item = {
  readonly entry: Entry
  /** Its comment lines and the comment behind it, each from its `#` or `;` to the line's end. */
  readonly comments: readonly Span[]
  /** Its own lines, without those of its comments. */
  readonly start: number
  readonly end: number
}

export type Section = {
  readonly entry: Entry
  /** The header's lines; both offsets are where the keys begin for the section without a header. */
  readonly header: Item
  readonly keys: readonly Item[]
}

/** The outline of a source that `root` was parsed from. */
export function outlineOf(source: string, root: MapNode): Section[] {
  let at = source.startsWith("\ufeff") ? 1 : 0
  return entriesOf(root).map((entry) => {
    const header = itemAt(source, entry, at, entry.keySpan?.end)
    at = header.end
    const keys = entry.value.kind === "map" ? entriesOf(entry.value) : []
    const items = keys.map((key) => {
      const item = itemAt(source, key, at, valueEnd(key))
      at = item.end
      return item
    })
    return { entry, header, keys: items }
  })
}

/** The header or key that each comment of the tree belongs to: it stands before the first key, or behind its own. */
export function commentItems(sections: readonly Section[]): Map<Comment, Item> {
  const found = new Map<Comment, Item>()
  for (const { entry, header, keys } of sections) {
    let item: Item | undefined = header
    let next = 0
    for (const child of entry.value.kind === "map" ? entry.value.items : []) {
      if (child.kind === "entry") item = keys[next++]
      else if (item !== undefined) found.set(child, item)
    }
  }
  return found
}

function valueEnd({ value, keySpan }: Entry): number | undefined {
  return value.kind !== "map" && value.kind !== "list" ? (value.span?.end ?? keySpan?.end) : keySpan?.end
}

/** @param from - Where the item before ends. @param contentEnd - Where the name or value ends. */
function itemAt(source: string, entry: Entry, from: number, contentEnd: number | undefined): Item {
  const keyStart = entry.keySpan?.start
  if (keyStart === undefined || contentEnd === undefined)
    return { entry, comments: [], start: from, end: from }
  const start = lineStartAt(source, keyStart)
  const comments: Span[] = []
  for (let line = from; line < start; line = nextLineAt(source, line)) {
    const mark = firstMark(source, line, lineEndAt(source, line))
    if (mark >= 0 && source.slice(line, mark).trim() === "")
      comments.push({ start: mark, end: lineEndAt(source, line) })
  }
  const lineEnd = lineEndAt(source, contentEnd)
  const inline = firstMark(source, contentEnd, lineEnd)
  if (inline >= 0) comments.push({ start: inline, end: lineEnd })
  return { entry, comments, start, end: nextLineAt(source, contentEnd) }
}

function firstMark(source: string, start: number, end: number): number {
  for (let at = start; at < end; at++) if (source[at] === "#" || source[at] === ";") return at
  return -1
}
