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
import { closeBlock, indented, isBlock } from "./block-scalar.ts"
import { behindColon, contentEnd, endOfDocument, isSinglePair, lastScalar, lineBehind } from "./extent.ts"
import { columnAt, type Position } from "./pairing.ts"
import { endsWithLiteral, isCollection, printBlock, printFlow } from "./printed-node.ts"
import { PropertyFinder, removeProperty } from "./properties.ts"
import { openToken } from "./scalar-token.ts"
import { spellText } from "./spelling.ts"
import { innerOf, type Step, stepsTo, type Unaliased, unaliasedAt } from "./unaliased.ts"
import { writeValue } from "./written-value.ts"

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
  const { start } = new PropertyFinder(source).propertiesOf(node)
  const end = Math.max(start, contentEnd(source, node))
  if (position.flow) return [replaceInFlow(source, parent, node, start, value)]
  const lineEnd = lineEndAt(source, end)
  const context = { source, ...notation, position, lineEnd }
  if (parent.node.kind === "sequence") {
    const gap = node.start === node.end && source[node.start - 1] === "-" ? " " : ""
    const { inline, below } = writeValue(value, { ...context, column: columnAt(source, start) + gap.length })
    return [
      { start, end, text: gap + inline },
      { start: lineEnd, end: lineEnd, text: below },
    ]
  }
  const { inline, below } = writeValue(value, { ...context, column: null })
  const colon = behindColon(source, parent.node, parent.index)
  if (colon === null) return [addColon(source, parent, inline + below, notation.lineBreak)]
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
  return isBelow
    ? [
        { start: colon, end: colon, text },
        { start: colonLineEnd, end: lineEnd, text: below },
      ]
    : [{ start: colon, end: lineEnd, text: text + below }]
}

/** The value of an explicit key that has none: `? key`. */
function addColon(source: string, { node, index }: Step, text: string, lineBreak: string): Edit {
  const at = lineEndAt(source, node.content[2 * index]?.end ?? node.end)
  const pad = " ".repeat(columnAt(source, node.start))
  return { start: at, end: at, text: `${lineBreak}${pad}: ${text}` }
}

function replaceInFlow(source: string, parent: Step, node: YamlNode, start: number, value: Node): Edit {
  const end = Math.max(start, node.end)
  if (start < end || parent.node.kind === "sequence") return { start, end, text: printFlow(value) }
  // `{a: , b}`: a value that is left out, and one without even its colon.
  const colon = behindColon(source, parent.node, parent.index)
  const at = colon ?? parent.node.content[2 * parent.index]?.end ?? start
  return { start: at, end: at, text: `${colon === null ? ":" : ""} ${printFlow(value)}` }
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
  const lines = insertLines(file, at, entryLines(file, key, value, inner, Math.max(at - 1, 0)), value)
  return [...endBlock(file, at, last), lines]
}

/** A block scalar at the very end, in a line that is not ended, keeps its text with lines behind it. */
function endBlock({ source }: Unaliased, at: number, node: YamlNode | undefined): Edit[] {
  const last = node === undefined ? null : lastScalar(node)
  if (at !== source.length || !lacksFinalBreak(source) || last === null || !isBlock(last)) return []
  return closeBlock(source, last)
}

/** One entry or item, its first line included, at the column of its collection. */
function entryLines(
  { source, notation }: Unaliased,
  key: string | null,
  value: Node,
  position: Position,
  lineEnd: number,
): string {
  const column = Math.max(position.column, 0)
  const pad = " ".repeat(column)
  const context = { source, ...notation, position, lineEnd, column: key === null ? column + 2 : null }
  const { inline, below } = writeValue(value, context)
  if (key === null) return `${pad}- ${inline}${below}`
  return `${pad}${keyText(key)}:${inline === "" ? "" : ` ${inline}`}${below}`
}

function keyText(key: string): string {
  return spellText(key, "plain", { flow: false, tagged: false })
}

/** Behind a last line that is not ended the new one is not either, unless its value needs the end. */
function insertLines({ source, notation }: Unaliased, at: number, lines: string, value: Node): Edit {
  const { lineBreak } = notation
  const isOpen = at === source.length && lacksFinalBreak(source)
  const ended = lines + lineBreak
  if (!isOpen) return { start: at, end: at, text: ended }
  return { start: at, end: at, text: lineBreak + (endsWithLiteral(value) ? ended : lines) }
}

/** A document that is null, or nothing at all. */
function addToNothing(file: Unaliased, step: string | number, value: Node): Edit {
  const { source, notation } = file
  const [document] = file.documents
  const position: Position = { role: "value", flow: false, column: 0 }
  const end = document === undefined ? source.length : endOfDocument(source, document)
  const lines = entryLines(file, String(step), value, position, Math.max(end - 1, 0))
  const root = document?.content[0]
  if (root !== undefined && root.start < root.end) {
    const isOpen = root.end === source.length && endsWithLiteral(value)
    return { start: root.start, end: root.end, text: isOpen ? lines + notation.lineBreak : lines }
  }
  const isOpen = end > 0 && source[end - 1] !== "\n"
  return { start: end, end, text: (isOpen ? notation.lineBreak : "") + lines + notation.lineBreak }
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
  if (last === undefined) return [{ start: node.end - 1, end: node.end - 1, text }]
  const edit = { start: last.end, end: last.end, text: `, ${text}` }
  if (!isSinglePair(file.source, node)) return [edit]
  // `[key: value]` has no room for another entry.
  return [
    { start: node.start, end: node.start, text: "{" },
    { ...edit, text: `${edit.text}}` },
  ]
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
  const { lineBreak, step } = file.notation
  const isOpen = node.end === file.source.length && endsWithLiteral(one)
  const lines = indented(printBlock(one, step), 0, lineBreak) + (isOpen ? lineBreak : "")
  return [
    {
      start: node.start,
      end: node.end,
      text: isOwnLine(file.source, node) ? lines : lineBreak + lines,
    },
  ]
}

function isOwnLine(source: string, node: MappingNode | SequenceNode): boolean {
  return lineStartAt(source, node.start) === node.start
}
