/** Puts a value at a place of a YAML plaintext: over what is there, or as a new entry behind the last. */

import type { KeyPath, ListNode, MapNode, Node } from "../../../sops/tree.ts"
import type { MappingNode, ScalarNode, SequenceNode, YamlNode } from "../../yaml/node.ts"
import {
  applyEdits,
  type Edit,
  LineCounter,
  lacksFinalBreak,
  lineEndAt,
  lineStartAt,
  nextLineAt,
} from "../edits.ts"
import { placeOf } from "../place.ts"
import type { LayoutNotice, Rewritten } from "../rewrite.ts"
import { indented, newLiteral } from "./block-scalar.ts"
import { behindColon, contentEnd, endOfDocument, lineBehind } from "./extent.ts"
import { columnAt, type Position } from "./pairing.ts"
import { isCollection, isEmpty, printBlock, printFlow } from "./printed-node.ts"
import { PropertyFinder, removeProperty } from "./properties.ts"
import { bodyIndent, openToken } from "./scalar-token.ts"
import { spellInline, spellText } from "./spelling.ts"
import { innerOf, type Step, stepsTo, type Unaliased, unaliasedAt } from "./unaliased.ts"

/** @throws {@link ConclaveError} `path-not-found` */
export function setYaml(original: string, path: KeyPath, value: Node): Rewritten {
  const file = unaliasedAt(original, path)
  const [map = { kind: "map", items: [] } as MapNode] = file.tree
  const place = placeOf(map, path, value)
  const steps = stepsTo(file.source, file.documents, path)
  const notices: LayoutNotice[] = [...file.notices]
  const edits =
    place.kind === "present"
      ? replace(file, steps, value, path, notices)
      : add(file, steps, place.step, place.value)
  return { text: applyEdits(file.source, edits), notices }
}

function childNode({ node, index }: Step): YamlNode | undefined {
  return node.kind === "mapping" ? node.content[2 * index + 1] : node.content[index]
}

function replace(
  file: Unaliased,
  steps: readonly Step[],
  value: Node,
  path: KeyPath,
  notices: LayoutNotice[],
): Edit[] {
  const last = steps.at(-1)
  const node = last === undefined ? undefined : childNode(last)
  if (last === undefined || node === undefined) return []
  const { source, notation } = file
  const position = innerOf(source, last.node, last.position)
  if (node.kind === "scalar" && !isCollection(value) && value.kind !== "null" && node.start < node.end) {
    const isString = value.kind === "str"
    const isFree = node.tagged && !(node.tag.startsWith("!!") && node.tag !== "!!str")
    const edits: Edit[] = []
    if (node.tagged && !(isString && isFree)) edits.push(...dropTag(file, node, path, notices))
    const around = { source, ...notation, position, tagged: isString && isFree }
    return [...edits, ...openToken(around, node, value).edits]
  }
  return replaceWhole(file, last, node, position, value)
}

function dropTag({ source }: Unaliased, node: ScalarNode, path: KeyPath, notices: LayoutNotice[]): Edit[] {
  const { tag } = new PropertyFinder(source).propertiesOf(node)
  if (tag === null) return []
  const at = path.join(".")
  notices.push({ code: "dropped-tag", line: new LineCounter(source).lineAt(tag.start), at })
  return [removeProperty(source, tag)]
}

/** Another node in the place of one, and of its anchor and tag. Comments on the lines of the old one go, but for that behind its key. */
function replaceWhole(
  file: Unaliased,
  parent: Step,
  node: YamlNode,
  position: Position,
  value: Node,
): Edit[] {
  const { source, notation } = file
  const { lineBreak, step } = notation
  const { start } = new PropertyFinder(source).propertiesOf(node)
  const end = contentEnd(source, node)
  if (position.flow) return [replaceInFlow(source, parent, node, start, value)]
  if (parent.node.kind === "sequence") {
    const gap = node.start === node.end && source[node.start - 1] === "-" ? " " : ""
    const column = columnAt(source, start) + gap.length
    const { inline, below } = written(value, { position, step }, column, lineBreak)
    return [{ start, end: Math.max(start, end), text: `${gap}${inline}${below}` }]
  }
  const colon = behindColon(source, parent.node, parent.index)
  const { inline, below } = written(value, { position, step }, null, lineBreak)
  const text = inline === "" ? "" : ` ${inline}`
  const colonLineEnd = lineEndAt(source, colon)
  if (end <= colonLineEnd) {
    return [
      { start: colon, end: Math.max(colon, end), text },
      { start: colonLineEnd, end: colonLineEnd, text: below },
    ]
  }
  // What stands behind the colon is a comment, or the start of a value that ends in a later line.
  const isBelow = start > colonLineEnd
  const lastLineEnd = lineEndAt(source, end)
  return isBelow
    ? [
        { start: colon, end: colon, text },
        { start: colonLineEnd, end: lastLineEnd, text: below },
      ]
    : [{ start: colon, end: lastLineEnd, text: text + below }]
}

function replaceInFlow(source: string, parent: Step, node: YamlNode, start: number, value: Node): Edit {
  const end = Math.max(start, node.end)
  if (start < end || parent.node.kind === "sequence") return { start, end, text: printFlow(value) }
  // `{a: , b}`: a value that is left out, and one without even its colon.
  const key = parent.node.content[2 * parent.index]
  const hasColon = key !== undefined && source.slice(key.end, start).includes(":")
  const at = hasColon ? start : (key?.end ?? start)
  return { start: at, end: at, text: `${hasColon ? "" : ":"} ${printFlow(value)}` }
}

type Written = { readonly inline: string; readonly below: string }

/**
 * A value as what stands in the line of its key or dash, and what stands below.
 *
 * @param column - Where the first line of an item stands; `null` for a value, whose collection starts below its key.
 */
function written(
  value: Node,
  { position, step }: { readonly position: Position; readonly step: number },
  column: number | null,
  lineBreak: string,
): Written {
  if (isCollection(value)) {
    if (isEmpty(value)) return { inline: printFlow(value), below: "" }
    const lines = printBlock(value, step)
    if (column === null)
      return {
        inline: "",
        below: lineBreak + indented(lines, Math.max(position.column, 0) + step, lineBreak),
      }
    const rest = lines.slice(1)
    return {
      inline: lines[0] ?? "",
      below: rest.length === 0 ? "" : lineBreak + indented(rest, column, lineBreak),
    }
  }
  if (value.kind === "null") return { inline: "null", below: "" }
  if (value.kind === "str" && value.text.includes("\n")) {
    const literal = newLiteral(value.text, bodyIndent({ position, step }), position.column, lineBreak)
    if (literal !== null) return { inline: literal.header, below: literal.below }
  }
  return { inline: spellInline(value, "plain", { flow: false, tagged: false }), below: "" }
}

/** @param value - What the new entry or item holds. */
function add(file: Unaliased, steps: readonly Step[], step: string | number, value: Node): Edit[] {
  const parent = steps.at(-1)
  if (parent === undefined) return [addToNothing(file, step, value)]
  const { node, position } = parent
  const key = typeof step === "string" ? step : null
  if (node.flow) return addToFlow(file, steps, parent, key, value)
  const inner = innerOf(file.source, node, position)
  const last = node.content.at(-1)
  const at = last === undefined ? nextLineAt(file.source, node.end) : lineBehind(file.source, last)
  return [insertLines(file, at, entryLines(file, key, value, inner))]
}

/** One entry or item, its first line included, at the column of its collection. */
function entryLines({ notation }: Unaliased, key: string | null, value: Node, position: Position): string {
  const { lineBreak, step } = notation
  const pad = " ".repeat(Math.max(position.column, 0))
  if (key === null) {
    const { inline, below } = written(value, { position, step }, Math.max(position.column, 0) + 2, lineBreak)
    return `${pad}- ${inline}${below}`
  }
  const { inline, below } = written(value, { position, step }, null, lineBreak)
  return `${pad}${keyText(key)}:${inline === "" ? "" : ` ${inline}`}${below}`
}

function keyText(key: string): string {
  return spellText(key, "plain", { flow: false, tagged: false })
}

function insertLines({ source, notation }: Unaliased, at: number, lines: string): Edit {
  const { lineBreak } = notation
  const isOpen = at === source.length && lacksFinalBreak(source)
  return { start: at, end: at, text: isOpen ? lineBreak + lines : lines + lineBreak }
}

/** A document that is null, or nothing at all. */
function addToNothing(file: Unaliased, step: string | number, value: Node): Edit {
  const [document] = file.documents
  const position: Position = { role: "value", flow: false, column: 0 }
  const lines = entryLines(file, String(step), value, position)
  if (document === undefined) return insertLines(file, file.source.length, lines)
  const [root] = document.content
  if (root !== undefined && root.start < root.end) return { start: root.start, end: root.end, text: lines }
  const at = endOfDocument(file.source, document)
  const isOpen = at > 0 && file.source[at - 1] !== "\n"
  const { lineBreak } = file.notation
  return { start: at, end: at, text: isOpen ? lineBreak + lines : lines + lineBreak }
}

function addToFlow(
  file: Unaliased,
  steps: readonly Step[],
  parent: Step,
  key: string | null,
  value: Node,
): Edit[] {
  const { node, position } = parent
  const last = node.content.at(-1)
  if (last === undefined && !position.flow) return fillEmpty(file, steps, parent, key, value)
  const name = key === null ? "" : `${spellText(key, "plain", { flow: true, tagged: false })}: `
  const text = `${name}${printFlow(value)}`
  const at = last === undefined ? node.end - 1 : last.end
  return [{ start: at, end: at, text: last === undefined ? text : `, ${text}` }]
}

/** `{}` and `[]` in block context become a block of one entry. */
function fillEmpty(
  file: Unaliased,
  steps: readonly Step[],
  parent: Step,
  key: string | null,
  value: Node,
): Edit[] {
  const one: MapNode | ListNode =
    key === null ? { kind: "list", items: [value] } : { kind: "map", items: [{ kind: "entry", key, value }] }
  const outer = steps.at(-2)
  const { node, position } = parent
  if (outer !== undefined) return replaceWhole(file, outer, node, position, one)
  const lines = indented(printBlock(one, file.notation.step), 0, file.notation.lineBreak)
  return [
    {
      start: node.start,
      end: node.end,
      text: isOwnLine(file.source, node) ? lines : file.notation.lineBreak + lines,
    },
  ]
}

function isOwnLine(source: string, node: MappingNode | SequenceNode): boolean {
  return lineStartAt(source, node.start) === node.start
}
