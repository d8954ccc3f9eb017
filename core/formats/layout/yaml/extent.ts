/**
 * How far nodes reach in the source, line by line: where the content of a node
 * ends, where the dash of an item is, where a document ends. For edits that
 * take whole entries away or put new ones behind them.
 */

import { isBlank, isBreak } from "../../yaml/characters.ts"
import type { DocumentNode, MappingNode, ScalarNode, SequenceNode, YamlNode } from "../../yaml/node.ts"
import { lineStartAt, nextLineAt } from "../edits.ts"
import { indicatorsAt, isBlock, readBlock } from "./block-scalar.ts"

/**
 * An offset in the last line of a node's content: behind its last token, for a
 * block scalar behind its text, with the blank lines that belong to a kept one.
 */
export function contentEnd(source: string, node: YamlNode): number {
  const last = lastNode(node)
  if (last.kind !== "scalar" || !isBlock(last)) return last.end
  const token = readBlock(source, last)
  if (token === null || indicatorsAt(source, last.start).includes("+")) {
    return Math.max(last.start, withoutBreak(source, last.end))
  }
  return token.contentEnd
}

function withoutBreak(source: string, end: number): number {
  if (source[end - 1] !== "\n") return end
  return source[end - 2] === "\r" ? end - 2 : end - 1
}

/** What ends last of a node: itself, or the last value of block collections. */
function lastNode(node: YamlNode): YamlNode {
  let last = node
  while ((last.kind === "mapping" || last.kind === "sequence") && !last.flow) {
    const child = last.content.at(-1)
    if (child === undefined) break
    last = child
  }
  return last
}

export function lastScalar(node: YamlNode): ScalarNode | null {
  const last = lastNode(node)
  return last.kind === "scalar" ? last : null
}

/** The start of the line behind a node's last one. */
export function lineBehind(source: string, node: YamlNode): number {
  return nextLineAt(source, contentEnd(source, node))
}

/** The dash of a block sequence's item. */
export function dashOf(source: string, sequence: SequenceNode, index: number): number {
  const before = index === 0 ? undefined : sequence.content[index - 1]
  if (before === undefined) return sequence.start
  return skipToContent(source, lineBehind(source, before))
}

/** The first offset from `start` on that is neither white space nor in a comment. */
export function skipToContent(source: string, start: number): number {
  let at = start
  while (at < source.length) {
    const code = source.charCodeAt(at)
    if (isBlank(code) || isBreak(code)) at++
    else if (source[at] === "#") at = nextLineAt(source, at)
    else break
  }
  return at
}

/** Whether blanks alone stand before the offset on its line. */
export function isFirstOnLine(source: string, offset: number): boolean {
  return source.slice(lineStartAt(source, offset), offset).trim() === ""
}

/** Where something can be put behind all of a document: before the next one, before its `...`, or the text's end. */
export function endOfDocument(source: string, { end }: DocumentNode): number {
  const mark = end - "...".length
  return source.startsWith("...", mark) && lineStartAt(source, mark) === mark ? mark : end
}

/** Behind the colon of an entry; `null` for an explicit key without one. */
export function behindColon(source: string, { content }: MappingNode, pair: number): number | null {
  const key = content[2 * pair]
  if (key === undefined) throw new Error("an entry that is not there")
  const at = skipToContent(source, key.end)
  return source[at] === ":" ? at + 1 : null
}

/** A map of one entry without braces, which is an item of a list in flow style: `[key: value]`. */
export function isSinglePair(source: string, node: MappingNode | SequenceNode): boolean {
  return node.kind === "mapping" && node.flow && source[node.start] !== "{"
}

/** Where the blanks before an offset start. */
export function blanksBefore(source: string, offset: number): number {
  let at = offset
  while (at > 0 && isBlank(source.charCodeAt(at - 1))) at--
  return at
}
