/**
 * Nodes as new text of a YAML source: as yaml.v3 prints them in block style,
 * line by line, or in flow style in one line.
 */

import { ConclaveError } from "../../../errors.ts"
import type { Comment, Entry, ListNode, MapNode, Node } from "../../../sops/tree.ts"
import { MAX_DEPTH } from "../../format.ts"
import { documentNode } from "../../yaml/build.ts"
import { printDocuments } from "../../yaml/printer.ts"
import { treeToNodes } from "../../yaml/tree-to-nodes.ts"
import { spellInline, spellText } from "./spelling.ts"

export function isCollection(node: Node): node is MapNode | ListNode {
  return node.kind === "map" || node.kind === "list"
}

/** Whether a collection has nothing to print but brackets. */
export function isEmpty(node: MapNode | ListNode): boolean {
  return (node.items as readonly (Node | Entry | Comment)[]).every((item) => item.kind === "comment")
}

/** The lines of a collection that is not empty, without indentation and line breaks. */
export function printBlock(node: MapNode | ListNode, step: number): string[] {
  const [document] = treeToNodes([{ kind: "map", items: [{ kind: "entry", key: "value", value: node }] }])
  const root = document?.content[0]
  const printed = root?.kind === "mapping" ? root.content[1] : undefined
  if (printed === undefined) return []
  return printDocuments([documentNode([printed])], { indent: step })
    .slice(0, -1)
    .split("\n")
}

/** How a ciphertext is written, which needs quotes here: it looks like a list. */
type SealedSpelling = (sealed: string) => string

const quoted: SealedSpelling = (sealed) => `"${sealed}"`

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
  if (node.kind === "str")
    return node.text.startsWith("ENC[") ? spellSealed(node.text) : flowScalar(node.text)
  return spellInline(node, "plain", { flow: true, tagged: false })
}

function flowScalar(text: string): string {
  return spellText(text, "plain", { flow: true, tagged: false })
}
