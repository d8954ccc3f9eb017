/** Where a node's anchor and tag stand in the source: before its content, in either order. */

import type { Span } from "../../../sops/tree.ts"
import { isBlank, isBreak, isSpaceOrEnd, LESS } from "../../yaml/characters.ts"
import type { YamlNode } from "../../yaml/node.ts"
import type { Edit } from "../edits.ts"

export type Properties = {
  readonly anchor: Span | null
  readonly tag: Span | null
  /** Where the node starts, properties included. */
  readonly start: number
}

// What ends a line for YAML, which counts lines by it.
const BREAK = /\r\n|[\n\r\u0085\u2028\u2029]/g
const FLOW_INDICATOR = /[,[\]{}]/

/** Finds properties by the line and column that nodes have; lines are looked up once. */
export class PropertyFinder {
  readonly #source: string
  #starts: number[] | null = null

  constructor(source: string) {
    this.#source = source
  }

  propertiesOf(node: YamlNode): Properties {
    if (node.anchor === "" && node.tag === "") return this.#loneMark(node.start)
    this.#starts ??= [
      0,
      ...Array.from(this.#source.matchAll(BREAK), (match) => match.index + match[0].length),
    ]
    const start = this.#offsetOf(node)
    const found: { anchor: Span | null; tag: Span | null } = { anchor: null, tag: null }
    for (let at = start; at < node.start; ) {
      const sign = this.#source[at]
      if (sign === "#") at = this.#endOfComment(at)
      else if (sign === "&" || sign === "!") {
        const end = this.#endOfProperty(at)
        found[sign === "&" ? "anchor" : "tag"] = { start: at, end }
        at = end
      } else at++
    }
    return { ...found, start: Math.min(start, node.start) }
  }

  /** Nodes do not show a `!` without a name. */
  #loneMark(start: number): Properties {
    const source = this.#source
    let at = start - 1
    while (isBlank(source.charCodeAt(at))) at--
    const isAlone =
      source[at] === "!" && at < start - 1 && (at === 0 || isSpaceOrEnd(source.charCodeAt(at - 1)))
    if (!isAlone) return { anchor: null, tag: null, start }
    return { anchor: null, tag: { start: at, end: at + 1 }, start: at }
  }

  /** Columns count code points. */
  #offsetOf({ line, column }: YamlNode): number {
    let at = this.#starts?.[line - 1] ?? 0
    for (let i = 1; i < column; i++) at += (this.#source.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
    return at
  }

  #endOfComment(start: number): number {
    let end = start
    while (end < this.#source.length && !isBreak(this.#source.charCodeAt(end))) end++
    return end
  }

  #endOfProperty(start: number): number {
    const source = this.#source
    if (source.charCodeAt(start + 1) === LESS) return source.indexOf(">", start) + 1
    let end = start + 1
    while (
      end < source.length &&
      !isSpaceOrEnd(source.charCodeAt(end)) &&
      !FLOW_INDICATOR.test(source.charAt(end))
    )
      end++
    return end
  }
}

/** Takes a property away, with the blanks that set it off. */
export function removeProperty(source: string, { start, end }: Span): Edit {
  let behind = end
  while (isBlank(source.charCodeAt(behind))) behind++
  if (behind > end && !isSpaceOrEnd(source.charCodeAt(behind))) return { start, end: behind, text: "" }
  let before = start
  while (before > 0 && isBlank(source.charCodeAt(before - 1))) before--
  return { start: before, end, text: "" }
}
