/** How a YAML file is laid out, as far as new lines must follow it. */

import type { DocumentNode, MappingNode, YamlNode } from "../../yaml/node.ts"
import { lineBreakOf } from "../edits.ts"
import { columnAt, withoutMetadata } from "./pairing.ts"

export type Notation = {
  readonly lineBreak: "\n" | "\r\n"
  /** Spaces of a level, 2 to 9: those of the first map within a map, or list indented within one. */
  readonly step: number
}

/** As sops prints, where a file does not tell. */
const DEFAULT_STEP = 4

export function notationOf(source: string, documents: readonly DocumentNode[]): Notation {
  const lineBreak = lineBreakOf(source)
  for (const { content } of documents) {
    const [root] = content
    const step = root?.kind === "mapping" ? stepIn(source, root, withoutMetadata(root)) : null
    if (step !== null) return { lineBreak, step }
  }
  return { lineBreak, step: DEFAULT_STEP }
}

function stepIn(source: string, mapping: MappingNode, content: readonly YamlNode[]): number | null {
  if (mapping.flow) return null
  const column = columnAt(source, mapping.start)
  for (const [i, value] of content.entries()) {
    if (i % 2 === 0 || (value.kind !== "mapping" && value.kind !== "sequence") || value.flow) continue
    const step = columnAt(source, value.start) - column
    if (step >= 2 && step <= 9) return step
    const deeper =
      value.kind === "mapping" ? stepIn(source, value, value.content) : stepInItems(source, value.content)
    if (deeper !== null) return deeper
  }
  return null
}

function stepInItems(source: string, items: readonly YamlNode[]): number | null {
  for (const item of items) {
    const step = item.kind === "mapping" ? stepIn(source, item, item.content) : null
    if (step !== null) return step
  }
  return null
}
