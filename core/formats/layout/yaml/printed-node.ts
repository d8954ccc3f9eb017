/**
 * Nodes as new text of a YAML source: as yaml.v3 prints them in block style,
 * line by line, or in flow style in one line.
 */

import { ConclaveError } from "../../../errors.ts"
import type { Comment, Entry, ListNode, MapNode, Node } from "../../../sops/tree.ts"
import { isEncryptedValue } from "../../../sops/value.ts"
import { MAX_DEPTH } from "../../format.ts"
import { documentNode } from "../../yaml/build.ts"
import { printDocuments } from "../../yaml/printer.ts"
import { treeToNodes } from "../../yaml/tree-to-nodes.ts"
import { spellInline, spellText } from "./spelling.ts"

const SEPARATOR = /[\u0085\u2028\u2029]/

export function isCollection(node: Node): node is MapNode | ListNode {
  return node.kind === "map" || node.kind === "list"
}

/** Whether a collection has nothing to print but brackets. */
export function isEmpty(node: MapNode | ListNode): boolean {
  return (node.items as readonly (Node | Entry | Comment)[]).every((item) => item.kind === "comment")
}

/** Whether the last line of a value is part of a block scalar, or may be. */
export function endsWithLiteral(value: Node): boolean {
  if (value.kind === "map" || value.kind === "list") {
    const last = value.items.at(-1)
    if (last === undefined || last.kind === "comment") return false
    return endsWithLiteral(last.kind === "entry" ? last.value : last)
  }
  return value.kind === "str" && value.text.includes("\n")
}

/** The lines of a collection that is not empty, without indentation and line breaks. */
export function printBlock(node: MapNode | ListNode, step: number): string[] {
  const value = withFloats(node)
  const [document] = treeToNodes([{ kind: "map", items: [{ kind: "entry", key: "value", value }] }])
  const root = document?.content[0]
  const printed = root?.kind === "mapping" ? root.content[1] : undefined
  if (printed === undefined) return []
  const text = printDocuments([documentNode([printed])], { indent: step }).slice(0, -1)
  // libyaml writes them as they are, where only double quotes are safe.
  return SEPARATOR.test(text) ? [printFlow(node)] : text.split("\n")
}

/** yaml.v3 prints 2.0 as 2 and reads that as an integer. A time is the kind whose text it prints as it is. */
function withFloats(node: Node): Node {
  if (node.kind === "float") {
    return { kind: "time", text: spellInline(node, "plain", { flow: false, tagged: false }) }
  }
  if (node.kind === "list") {
    return { ...node, items: node.items.map((item) => (item.kind === "comment" ? item : withFloats(item))) }
  }
  if (node.kind !== "map") return node
  const items = node.items.map((item) =>
    item.kind === "comment" ? item : { ...item, value: withFloats(item.value) },
  )
  return { ...node, items }
}

/** How a ciphertext is written, which needs quotes here: it looks like a list. */
export type SealedSpelling = (sealed: string) => string

export const quoted: SealedSpelling = (sealed) => `"${sealed}"`

/** A node in flow style; comments have no place there. */
export function printFlow(node: Node, spellSealed: SealedSpelling = quoted): string {
  return flowText(node, spellSealed, 0)
}

function flowText(node: Node, spellSealed: SealedSpelling, depth: number): string {
  if (depth > MAX_DEPTH) {
    throw new ConclaveError("too-deep", `nesting exceeds ${MAX_DEPTH} levels`, { limit: MAX_DEPTH })
  }
  if (node.kind === "map") {
    const members = node.items.flatMap((item) =>
      item.kind === "entry"
        ? [`${flowScalar(item.key)}: ${flowText(item.value, spellSealed, depth + 1)}`]
        : [],
    )
    return `{${members.join(", ")}}`
  }
  if (node.kind === "list") {
    return `[${node.items.flatMap((item) => (item.kind === "comment" ? [] : [flowText(item, spellSealed, depth + 1)])).join(", ")}]`
  }
  if (node.kind === "null") return "null"
  if (node.kind === "str") return isEncryptedValue(node.text) ? spellSealed(node.text) : flowScalar(node.text)
  return spellInline(node, "plain", { flow: true, tagged: false })
}

function flowScalar(text: string): string {
  return spellText(text, "plain", { flow: true, tagged: false })
}
