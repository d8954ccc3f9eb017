/**
 * Nodes to JSON text as SOPS prints them: Go's `encoding/json` for scalars,
 * one entry a line, `": "` behind keys, tabs unless told otherwise. Comments
 * have no place in JSON and are left out.
 */

import { assertNever } from "../../errors.ts"
import type { Leaf, ListNode, MapNode, Node, Null } from "../../sops/tree.ts"
import { MAX_DEPTH, type PrintOptions } from "../format.ts"
import { notRepresentable, tooDeep } from "../refusal.ts"
import { textOfBytes, wellFormed } from "../source-text.ts"
import { quoteString } from "./string.ts"

type Output = {
  readonly parts: string[]
  readonly path: (string | number)[]
  readonly indent: string
  /** Line break and indent of each depth so far. */
  readonly breaks: string[]
  readonly negativeZero: string
}

/**
 * The text of a node, without a line break at its end.
 *
 * @param negativeZero - `-0` as SOPS prints it, or the spelling that reads back.
 * @throws {@link ConclaveError} `not-representable` for NaN and infinities, `too-deep`.
 */
export function printJson(
  node: Node,
  options: PrintOptions = {},
  negativeZero: "-0" | "-0.0" = "-0",
): string {
  const indent = options.indent === undefined ? "\t" : " ".repeat(options.indent)
  const output: Output = { parts: [], path: [], indent, breaks: ["\n"], negativeZero }
  printNode(output, node, 0)
  return output.parts.join("")
}

function printNode(output: Output, node: Node, depth: number): void {
  if (node.kind === "map") printMap(output, node, depth)
  else if (node.kind === "list") printList(output, node, depth)
  else output.parts.push(leafText(node, output))
}

function printMap(output: Output, map: MapNode, depth: number): void {
  if (depth >= MAX_DEPTH) throw tooDeep("json")
  const { parts, path } = output
  const lineBreak = breakAt(output, depth + 1)
  let separator = `{${lineBreak}`
  for (const item of map.items) {
    if (item.kind === "comment") continue
    parts.push(separator, quoteString(wellFormed(item.key)), ": ")
    path.push(item.key)
    printNode(output, item.value, depth + 1)
    path.pop()
    separator = `,${lineBreak}`
  }
  parts.push(separator.startsWith("{") ? "{}" : `${breakAt(output, depth)}}`)
}

function printList(output: Output, list: ListNode, depth: number): void {
  if (depth >= MAX_DEPTH) throw tooDeep("json")
  const { parts, path } = output
  const lineBreak = breakAt(output, depth + 1)
  let index = 0
  for (const item of list.items) {
    if (item.kind === "comment") continue
    parts.push(index === 0 ? "[" : ",", lineBreak)
    path.push(index++)
    printNode(output, item, depth + 1)
    path.pop()
  }
  parts.push(index === 0 ? "[]" : `${breakAt(output, depth)}]`)
}

function breakAt(output: Output, depth: number): string {
  const { breaks, indent } = output
  while (breaks.length <= depth) breaks.push(`${breaks[breaks.length - 1]}${indent}`)
  return breaks[depth] as string
}

function leafText(leaf: Leaf | Null, { path, negativeZero }: Output): string {
  switch (leaf.kind) {
    case "str":
      return quoteString(wellFormed(leaf.text))
    case "bytes":
      return quoteString(textOfBytes(leaf.bytes))
    case "int":
      return leaf.value.toString()
    case "float":
      if (!Number.isFinite(leaf.value))
        throw notRepresentable("json", path, "JSON has no NaN and no infinity")
      // Go's spelling is JavaScript's, except for the sign of zero.
      return Object.is(leaf.value, -0) ? negativeZero : String(leaf.value)
    case "bool":
      return leaf.value ? "true" : "false"
    case "time":
      return quoteString(leaf.text)
    case "null":
      return "null"
    default:
      return assertNever(leaf)
  }
}
