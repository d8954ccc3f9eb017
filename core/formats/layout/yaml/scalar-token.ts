/**
 * A scalar's token becomes a ciphertext, and a ciphertext's the value again.
 * The style rides on the ciphertext: quotes around quotes, a block scalar's
 * header above its one line, plain where the value was plain.
 *
 * Two plain values cannot be told that way: one in a flow collection, where a
 * ciphertext needs quotes, and one that is put into quotes when it is printed
 * anew (`yes`). Theirs is in double quotes with a blank behind the bracket,
 * which every reader of SOPS' values ignores.
 */

import type { Leaf } from "../../../sops/tree.ts"
import type { ScalarNode } from "../../yaml/node.ts"
import { type Edit, lacksFinalBreak, lineEndAt, nextLineAt } from "../edits.ts"
import {
  type BlockToken,
  indicatorsAt,
  isBlock,
  newLiteral,
  openBlock,
  readBlock,
  sealBlock,
  swallowsNext,
} from "./block-scalar.ts"
import type { Position } from "./pairing.ts"
import { canBePlain, type InlineStyle, spellInline } from "./spelling.ts"

/** What a token is written in, and what writing another into its place needs. */
export type Surroundings = {
  readonly source: string
  readonly lineBreak: string
  /** Spaces of a level. */
  readonly step: number
  readonly position: Position
  /** Whether a tag stays that makes every text a string. */
  readonly tagged: boolean
}

export type TokenChange = { readonly edits: readonly Edit[]; readonly isRespelled: boolean }

const PLAIN_MARK = " "

/** The ciphertext of a value that was, or is to be, plain where a plain ciphertext cannot be. */
export function markedToken(sealed: string): string {
  return `"${sealed}${PLAIN_MARK}"`
}

/**
 * @param sealed - The ciphertext of `value`, which `node` stands for.
 * @param taken - A token of the same ciphertext in an older version of the file, to be taken over if it opens to the same spelling.
 */
export function sealToken(
  around: Surroundings,
  node: ScalarNode,
  value: Leaf,
  sealed: string,
  taken: string | undefined,
): TokenChange {
  if (isBlock(node)) {
    const edits = taken === undefined ? null : asTaken(around, node, value, taken)
    return edits === null ? sealBlockToken(around, node, value, sealed) : { edits, isRespelled: false }
  }
  const { start, end } = node
  const token = around.source.slice(start, end)
  const opensTo = (text: string) => spellInline(value, inlineStyleOf(text), contextOf(around))
  // Bytes open with their tag, which is no part of the token.
  const isSame = taken !== undefined && (value.kind === "bytes" || opensTo(taken) === token)
  const text = isSame && canTake(around, taken) ? taken : wrap(around, node, value, sealed)
  return { edits: [{ start, end, text }], isRespelled: opensTo(text) !== token }
}

function canTake({ position }: Surroundings, taken: string): boolean {
  return !position.flow || taken.startsWith('"') || taken.startsWith("'")
}

function wrap(around: Surroundings, node: ScalarNode, value: Leaf, sealed: string): string {
  if (node.style === "double") return `"${sealed}"`
  if (node.style === "single") return `'${sealed}'`
  const { position, source } = around
  if (value.kind !== "str") return position.flow ? `"${sealed}"` : sealed
  const token = source.slice(node.start, node.end)
  if (!position.flow && spellInline(value, "plain", contextOf(around)) === token) return sealed
  const marked = markedToken(sealed)
  if (position.flow || spellInline(value, "as-written", contextOf(around)) === token) return marked
  return sealed
}

function contextOf({ position, tagged }: Surroundings): { flow: boolean; tagged: boolean } {
  return { flow: position.flow, tagged }
}

/** The style that the token of a ciphertext stands for. */
function inlineStyleOf(token: string): InlineStyle {
  const quote = token.charAt(0)
  if (quote !== '"' && quote !== "'") return "plain"
  if (token.endsWith(`]${PLAIN_MARK}${quote}`)) return "as-written"
  return quote === '"' ? "double" : "single"
}

function sealBlockToken(around: Surroundings, node: ScalarNode, value: Leaf, sealed: string): TokenChange {
  const { source, position, lineBreak } = around
  const token = readBlock(source, node)
  if (token === null) return { edits: inOneLine(source, node, null, `"${sealed}"`), isRespelled: true }
  const back = value.kind === "str" ? openBlock(source, token, value.text, position.column, lineBreak) : null
  const isSame = back?.every(({ start, end, text }) => source.slice(start, end) === text) ?? false
  // A header that must change to bring the text back changes now, and not at the next encryption.
  const header = back?.filter(({ start }) => start === token.start) ?? []
  return { edits: [...header, sealBlock(token, sealed)], isRespelled: !isSame || endsInBlanks(source, token) }
}

/** Blanks in a last line that is not ended do not come back behind a kept block: they would be a line of it. */
function endsInBlanks(source: string, { indicators, end }: BlockToken): boolean {
  if (!indicators.includes("+") || end === source.length || !lacksFinalBreak(source)) return false
  return nextLineAt(source, end) === source.length && source.slice(end).trim() === ""
}

/** A token of one line that decrypting made this very literal of: sops writes every text that way. */
function asTaken(around: Surroundings, { start }: ScalarNode, value: Leaf, taken: string): Edit[] | null {
  const { source, position, lineBreak } = around
  if (value.kind !== "str" || inlineStyleOf(taken) !== "plain") return null
  const literal = newLiteral(value.text, bodyIndent(around), position.column, lineBreak)
  if (literal === null || indicatorsAt(source, start) !== literal.header) return null
  const lineEnd = lineEndAt(source, start)
  if (!source.startsWith(literal.below, lineEnd)) return null
  return [
    { start, end: start + literal.header.length, text: taken },
    { start: lineEnd, end: lineEnd + literal.below.length, text: "" },
  ]
}

/** The header's indicators become the token; the body goes. A comment in the header stays. */
function inOneLine(
  source: string,
  { start, end }: ScalarNode,
  token: BlockToken | null,
  text: string,
): Edit[] {
  const bodyStart = nextLineAt(source, start)
  const bodyEnd = token === null ? end : nextLineAt(source, token.contentEnd)
  return [
    { start, end: start + indicatorsAt(source, start).length, text },
    { start: bodyStart, end: Math.max(bodyStart, bodyEnd), text: "" },
  ]
}

/** Puts `value` in the place of a scalar, whatever it was, in that one's style if it can be. */
export function openToken(around: Surroundings, node: ScalarNode, value: Leaf): TokenChange {
  const { source, position, lineBreak } = around
  if (isBlock(node)) {
    const token = readBlock(source, node)
    const edits =
      token === null || value.kind !== "str"
        ? null
        : openBlock(source, token, value.text, position.column, lineBreak)
    if (edits !== null) return { edits, isRespelled: edits.length > 1 && edits[0]?.start === node.start }
    const style = value.kind === "str" ? "double" : "plain"
    const text = spellInline(value, style, contextOf(around))
    return { edits: inOneLine(source, node, token, text), isRespelled: value.kind === "str" }
  }
  const token = source.slice(node.start, node.end)
  return openInline(around, node, value, inlineStyleOf(token))
}

function openInline(around: Surroundings, node: ScalarNode, value: Leaf, style: InlineStyle): TokenChange {
  const { start, end } = node
  if (style === "plain" && value.kind === "str" && value.text.includes("\n")) {
    const edits = asLiteral(around, node, value.text)
    if (edits !== null) return { edits, isRespelled: false }
  }
  const text = spellInline(value, style, contextOf(around))
  const lost =
    style === "single" ? !text.startsWith("'") : style === "as-written" && !isPlain(value, text, around)
  return { edits: [{ start, end, text }], isRespelled: value.kind === "str" && lost }
}

function isPlain(value: Leaf, text: string, { position }: Surroundings): boolean {
  return value.kind === "str" && value.text === text && canBePlain(text, position.flow)
}

/** A text of several lines as yaml.v3 prints it: a literal, whose body goes behind whatever else is on the line. */
function asLiteral(around: Surroundings, { start, end }: ScalarNode, text: string): Edit[] | null {
  const { source, position, lineBreak } = around
  if (position.flow) return null
  const literal = newLiteral(text, bodyIndent(around), position.column, lineBreak)
  if (literal === null) return null
  const lineEnd = lineEndAt(source, end)
  if (swallowsNext(source, lineEnd, literal.header, bodyIndent(around))) return null
  const isOpen = lineEnd === source.length && text.endsWith("\n")
  return [
    { start, end, text: literal.header },
    { start: lineEnd, end: lineEnd, text: isOpen ? literal.below + lineBreak : literal.below },
  ]
}

/** Below an item's dash always two: its text starts there. */
export function bodyIndent({ position, step }: Pick<Surroundings, "position" | "step">): number {
  return Math.max(position.column, 0) + (position.role === "item" ? 2 : step)
}
