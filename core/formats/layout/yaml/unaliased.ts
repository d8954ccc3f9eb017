/**
 * A plaintext in which a place can be changed on its own: no alias leads to it,
 * and none elsewhere shows what it, or something around it, holds. Such aliases
 * are written out before.
 */

import type { KeyPath, Node, Tree } from "../../../sops/tree.ts"
import { parseYamlNodes } from "../../yaml/composer.ts"
import type { AliasNode, DocumentNode, MappingNode, SequenceNode, YamlNode } from "../../yaml/node.ts"
import { nodesToTree } from "../../yaml/nodes-to-tree.ts"
import { resolveScalar } from "../../yaml/resolve.ts"
import { applyEdits, type Edit, LineCounter } from "../edits.ts"
import type { LayoutNotice } from "../rewrite.ts"
import { expandAlias } from "./aliases.ts"
import { type Notation, notationOf } from "./notation.ts"
import { type Position, walkPairs } from "./pairing.ts"

export type Unaliased = {
  readonly source: string
  readonly documents: readonly DocumentNode[]
  readonly tree: Tree
  readonly notation: Notation
  readonly notices: readonly LayoutNotice[]
}

/** An alias with what it stands for. */
type Found = {
  readonly alias: AliasNode
  readonly node: Node
  readonly position: Position
  readonly at: string
}

export function unaliasedAt(source: string, path: KeyPath): Unaliased {
  const notices: LayoutNotice[] = []
  for (let text = source; ; ) {
    const documents = parseYamlNodes(text)
    const tree = nodesToTree(documents)
    const notation = notationOf(text, documents)
    const inTheWay = aliasesInTheWay(text, documents, tree, path)
    if (inTheWay.length === 0) return { source: text, documents, tree, notation, notices }
    const lines = new LineCounter(text)
    const edits: Edit[] = []
    for (const { alias, node, position, at } of inTheWay) {
      edits.push(...expandAlias({ source: text, ...notation, sealed: false }, alias, node, position))
      notices.push({ code: "expanded-alias", line: lines.lineAt(alias.start), at })
    }
    text = applyEdits(text, edits)
  }
}

function aliasesInTheWay(
  source: string,
  documents: readonly DocumentNode[],
  tree: Tree,
  path: KeyPath,
): Found[] {
  const { touched, alias: onPath } = touchedNodes(documents[0], path)
  const found: Found[] = []
  walkPairs(source, documents, tree, tree, {
    alias: (alias, node, _, position, at) => {
      if (alias === onPath || touched.has(alias.target)) found.push({ alias, node, position, at: at() })
    },
  })
  return found
}

/** The nodes on the path and all in the last one, up to an alias, which is given apart. */
function touchedNodes(
  document: DocumentNode | undefined,
  path: KeyPath,
): { readonly touched: ReadonlySet<YamlNode>; readonly alias: AliasNode | null } {
  const touched = new Set<YamlNode>()
  let node: YamlNode | undefined = document?.content[0]
  for (const step of path) {
    if (node === undefined || node.kind === "alias") break
    touched.add(node)
    node = childOf(node, step)
  }
  if (node?.kind === "alias") return { touched, alias: node }
  const open: YamlNode[] = node === undefined ? [] : [node]
  for (let inner = open.pop(); inner !== undefined; inner = open.pop()) {
    touched.add(inner)
    if (inner.kind === "mapping" || inner.kind === "sequence")
      for (const child of inner.content) open.push(child)
  }
  return { touched, alias: null }
}

function childOf(node: YamlNode, step: string | number): YamlNode | undefined {
  if (node.kind === "sequence" && typeof step === "number") return node.content[step]
  return node.kind === "mapping" ? node.content[2 * pairIndex(node, step) + 1] : undefined
}

/** Which pair has the key; -1 when none has. */
function pairIndex({ content }: MappingNode, step: string | number): number {
  for (let i = 0; i + 1 < content.length; i += 2) if (keyName(content[i]) === step) return i / 2
  return -1
}

function keyName(key: YamlNode | undefined): string | null {
  const node = key?.kind === "alias" ? key.target : key
  const scalar = node?.kind === "scalar" ? resolveScalar(node) : null
  return scalar?.kind === "str" ? scalar.text : null
}

/** The collections on the way to a place, which are none of them aliases, and where they stand. */
export type Step = {
  readonly node: MappingNode | SequenceNode
  readonly position: Position
  /** Which pair or item the path goes on with. */
  readonly index: number
}

/** The collection nodes along a path of the first document, as far as it leads. */
export function stepsTo(source: string, [document]: readonly DocumentNode[], path: KeyPath): Step[] {
  const steps: Step[] = []
  let node: YamlNode | undefined = document?.content[0]
  let position: Position = { role: "root", flow: false, column: -1 }
  for (const step of path) {
    if (node?.kind !== "mapping" && node?.kind !== "sequence") break
    const index = node.kind === "mapping" ? pairIndex(node, step) : typeof step === "number" ? step : -1
    steps.push({ node, position, index })
    position = innerOf(source, node, position)
    node = index < 0 ? undefined : childOf(node, step)
  }
  return steps
}

/** Where the children of a collection stand. */
export function innerOf(source: string, node: MappingNode | SequenceNode, outer: Position): Position {
  const role = node.kind === "mapping" ? "value" : "item"
  if (outer.flow || node.flow) return { role, flow: true, column: outer.column }
  return { role, flow: false, column: node.start - (source.lastIndexOf("\n", node.start - 1) + 1) }
}
