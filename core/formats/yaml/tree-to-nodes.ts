/**
 * A tree as the YAML documents that SOPS' YAML store prints
 * (`stores/yaml/store.go`): comment items become the head comment of what
 * follows them, inline ones the comment behind its value, those behind the
 * last item its foot; those before the first, the head of the collection.
 */

import { assertNever, ConclaveError } from "../../errors.ts"
import { str } from "../../sops/scalar.ts"
import type { Comment, ListNode, MapNode, Node, Tree } from "../../sops/tree.ts"
import { MAX_DEPTH } from "../format.ts"
import { commentLines, documentNode, mappingNode, sequenceNode } from "./build.ts"
import { encodeScalar } from "./encode.ts"
import type { CommentLine, DocumentNode, MappingNode, SequenceNode, YamlNode } from "./node.ts"

/** One document for each map. @throws {@link ConclaveError} `too-deep` */
export function treeToNodes(tree: Tree): DocumentNode[] {
  return tree.map((map) => documentNode([mapToNode(map, 1)]))
}

/** @param depth - How many collections are open, this one included. */
function mapToNode(map: MapNode, depth: number): MappingNode {
  checkDepth(depth)
  const node = mappingNode()
  const pending = newPending()
  for (const item of map.items) {
    if (item.kind === "comment") {
      keep(pending, item)
      continue
    }
    if (node.content.length === 0) node.comments.head = takeHead(pending)
    const key = encodeScalar(str(item.key))
    key.comments.head = takeHead(pending)
    const value = toNode(item.value, depth)
    value.comments.line = takeInline(pending)
    node.content.push(key, value)
  }
  closeWith(node, node.content.at(-2), pending)
  return node
}

function listToNode(list: ListNode, depth: number): SequenceNode {
  checkDepth(depth)
  const node = sequenceNode()
  const pending = newPending()
  for (const item of list.items) {
    if (item.kind === "comment") {
      keep(pending, item)
      continue
    }
    if (node.content.length === 0) node.comments.head = takeHead(pending)
    const value = toNode(item, depth)
    value.comments.head = [...takeHead(pending), ...value.comments.head]
    value.comments.line = takeInline(pending)
    node.content.push(value)
  }
  closeWith(node, node.content.at(-1), pending)
  return node
}

function toNode(value: Node, depth: number): YamlNode {
  switch (value.kind) {
    case "map":
      return mapToNode(value, depth + 1)
    case "list":
      return listToNode(value, depth + 1)
    case "null":
      return encodeScalar(null)
    case "str":
    case "bytes":
    case "int":
    case "float":
    case "bool":
    case "time":
      return encodeScalar(value)
    default:
      return assertNever(value)
  }
}

const NO_LINES: readonly CommentLine[] = []

/** Comments that wait for the item behind them. */
type Pending = { head: CommentLine[]; inline: CommentLine[] }

function newPending(): Pending {
  return { head: [], inline: [] }
}

function keep(pending: Pending, { text, inline }: Comment): void {
  const lines = inline === true ? pending.inline : pending.head
  // A decrypted text may hold line feeds: the emitter puts a # before each line.
  for (const line of commentLines(`#${text}`)) lines.push(line)
}

function takeHead(pending: Pending): readonly CommentLine[] {
  const lines = pending.head
  if (lines.length === 0) return NO_LINES
  pending.head = []
  return lines
}

function takeInline(pending: Pending): readonly CommentLine[] {
  const lines = pending.inline
  if (lines.length === 0) return NO_LINES
  pending.inline = []
  return lines
}

/** Nothing follows: the rest goes to the foot of the last key or item, or to the collection itself. */
function closeWith(node: MappingNode | SequenceNode, last: YamlNode | undefined, pending: Pending): void {
  const rest = [...pending.head, ...pending.inline]
  if (rest.length === 0) return
  if (last === undefined) node.comments.head = rest
  else last.comments.foot = rest
}

function checkDepth(depth: number): void {
  if (depth <= MAX_DEPTH) return
  throw new ConclaveError("too-deep", `nesting exceeds ${MAX_DEPTH} levels`, { limit: MAX_DEPTH })
}
