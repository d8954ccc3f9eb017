/** A new value in block context: what stands in the line of its key or dash, and what stands below. */

import type { Node } from "../../../sops/tree.ts"
import { indented, newLiteral, swallowsNext } from "./block-scalar.ts"
import type { Position } from "./pairing.ts"
import { endsWithLiteral, isCollection, isEmpty, printBlock, printFlow } from "./printed-node.ts"
import { bodyIndent } from "./scalar-token.ts"
import { spellInline } from "./spelling.ts"

/** `below` starts with a line break, if it is not empty. */
export type WrittenValue = { readonly inline: string; readonly below: string }

export type WritingContext = {
  readonly source: string
  readonly lineBreak: string
  readonly step: number
  readonly position: Position
  /** Where an item's first line stands; `null` for a value, whose collection starts below its key. */
  readonly column: number | null
  /** The end of the line that the value is put behind: what follows must not become part of it. */
  readonly lineEnd: number
}

export function writeValue(value: Node, context: WritingContext): WrittenValue {
  const written = write(value, context)
  // A literal whose last line is not ended would lose its final line break.
  const isOpen = context.lineEnd === context.source.length && written.below !== "" && endsWithLiteral(value)
  return isOpen ? { ...written, below: written.below + context.lineBreak } : written
}

function write(value: Node, context: WritingContext): WrittenValue {
  const { source, lineBreak, step, position, column, lineEnd } = context
  if (isCollection(value)) {
    const isOpen = endsWithLiteral(value) && swallowsNext(source, lineEnd, "+", position.column + 1)
    if (isEmpty(value) || isOpen) return { inline: printFlow(value), below: "" }
    const lines = printBlock(value, step)
    const [first = "", ...rest] = lines
    if (column !== null) return { inline: first, below: belowLines(rest, column, lineBreak) }
    return { inline: "", below: belowLines(lines, Math.max(position.column, 0) + step, lineBreak) }
  }
  if (value.kind === "null") return { inline: "null", below: "" }
  if (value.kind === "str" && value.text.includes("\n")) {
    const indent = bodyIndent({ position, step })
    const literal = newLiteral(value.text, indent, position.column, lineBreak)
    if (literal !== null && !swallowsNext(source, lineEnd, literal.header, indent)) {
      return { inline: literal.header, below: literal.below }
    }
    return { inline: spellInline(value, "double", { flow: false, tagged: false }), below: "" }
  }
  return { inline: spellInline(value, "plain", { flow: false, tagged: false }), below: "" }
}

function belowLines(lines: readonly string[], column: number, lineBreak: string): string {
  return lines.length === 0 ? "" : lineBreak + indented(lines, column, lineBreak)
}
