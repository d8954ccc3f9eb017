/**
 * How a JSON text is laid out, found out from the text itself: line breaks,
 * indentation, blanks behind colons and commas. New members are written that
 * way. A scalar is spelled as JSON.stringify spells it, a float so that it
 * reads back as one.
 */

import type { Leaf, ListNode, MapNode, Node, Null } from "../../../sops/tree.ts"
import { printJson } from "../../json/printer.ts"
import { textOfBytes, wellFormed } from "../../source-text.ts"
import { lineBreakOf, lineStartAt } from "../edits.ts"

export type Notation = {
  readonly lineBreak: string
  /** One level of indentation; `null`: the file is written in one line. */
  readonly unit: string | null
  readonly colon: ": " | ":"
  readonly comma: ", " | ","
}

const BLANK = /^[ \t]*/

/** The notation of a file. An empty object tells nothing: then as sops prints. */
export function notationOf(source: string, root: MapNode): Notation {
  const lineBreak = lineBreakOf(source)
  const [first, second] = root.items
  if (first?.kind !== "entry") return { lineBreak, unit: "\t", colon: ": ", comma: ", " }
  const keyStart = first.keySpan?.start ?? 0
  const indent = isBehindBreak(source, keyStart)
    ? source.slice(lineStartAt(source, keyStart), keyStart)
    : null
  const outer = indentAt(source, root.span?.start ?? 0)
  const colon = source[(first.value.span?.start ?? 0) - 1] === " "
  const valueEnd = first.value.span?.end ?? 0
  const spaced = second?.kind === "entry" ? source[valueEnd + 1] === " " : colon
  return {
    lineBreak,
    unit: indent === null ? null : unitOf(indent, outer),
    colon: colon ? ": " : ":",
    comma: spaced ? ", " : ",",
  }
}

function unitOf(indent: string, outer: string): string {
  return indent.length > outer.length && indent.startsWith(outer) ? indent.slice(outer.length) : "\t"
}

/** Whether blanks alone stand before the offset on its line, and a line is before it. */
function isBehindBreak(source: string, offset: number): boolean {
  const start = lineStartAt(source, offset)
  return start > 0 && (BLANK.exec(source.slice(start, offset))?.[0].length ?? 0) === offset - start
}

/** The indentation of the line that holds the offset. */
export function indentAt(source: string, offset: number): string {
  return BLANK.exec(source.slice(lineStartAt(source, offset), offset))?.[0] ?? ""
}

/** Whether the members of a map or list stand on lines of their own. */
export function isMultiline(source: string, node: MapNode | ListNode, firstStart: number): boolean {
  return node.span !== undefined && source.slice(node.span.start, firstStart).includes("\n")
}

/** The text of a scalar. */
export function spellJson(leaf: Leaf | Null): string {
  switch (leaf.kind) {
    case "str":
      return JSON.stringify(wellFormed(leaf.text))
    case "bytes":
      return JSON.stringify(wellFormed(textOfBytes(leaf.bytes)))
    case "float": {
      const text = Object.is(leaf.value, -0) ? "-0" : printJson(leaf)
      // What 64 bits do not hold is read as a float without a point too.
      return /[.e]/.test(text) || Math.abs(leaf.value) >= 2 ** 63 ? text : `${text}.0`
    }
    default:
      return printJson(leaf)
  }
}

/** The text of any node whose first line stands in a line indented by `outer`. */
export function spellNode(node: Node, notation: Notation, outer: string): string {
  if (node.kind !== "map" && node.kind !== "list") return spellJson(node)
  const { unit, lineBreak, colon, comma } = notation
  // Line breaks and tabs within strings are escaped, so these are all of the notation.
  const text = printJson(node)
  if (unit !== null)
    return text.replace(/\n(\t*)/g, (_, tabs: string) => lineBreak + outer + unit.repeat(tabs.length))
  const line = text.replace(/,\n\t*/g, comma).replace(/\n\t*/g, "")
  return colon === ":" ? line.replace(/(?<!\\)": /g, '":') : line
}
