/**
 * YAML documents as the tree that SOPS' YAML store makes of them
 * (`stores/yaml/store.go`): comments become items between their neighbours,
 * aliases become copies, a merge key stays a key named `<<`.
 *
 * Which comment is `inline` and where it lands follows SOPS to the letter,
 * since the path of an encrypted comment is authenticated. What the source
 * holds once has a span; copies made for aliases have none. Stricter than
 * SOPS where it would lose a value: a scalar of a later document that does not
 * fit its tag becomes null there, and is refused here.
 */

import { assertNever, ConclaveError } from "../../errors.ts"
import type { Comment, Entry, Leaf, ListNode, MapNode, Node, Null, Span } from "../../sops/tree.ts"
import { MAX_DEPTH } from "../format.ts"
import { type AliasBudget, createAliasBudget, spend } from "./alias-budget.ts"
import type { CommentLine, DocumentNode, MappingNode, ScalarNode, SequenceNode, YamlNode } from "./node.ts"
import { resolveScalar } from "./resolve.ts"
import { syntaxError, tooDeepError } from "./scanner-error.ts"

/**
 * One map for each document; a document that is null gives an empty one.
 *
 * @throws {@link ConclaveError} `unsupported-value` with its place for a
 * document that is a list or a scalar, a key that is no string, and what
 * `resolveScalar` refuses; `syntax` for an alias within its own anchor and a
 * scalar that does not fit its tag; `alias-bomb`; `too-deep`.
 */
export function nodesToTree(documents: readonly DocumentNode[]): MapNode[] {
  const conversion: Conversion = { documents, copying: new Set(), budget: null, depth: 1 }
  return documents.map((document) => convertDocument(conversion, document))
}

type Conversion = {
  readonly documents: readonly DocumentNode[]
  /** Anchored nodes of which a copy is being made right now. */
  readonly copying: Set<YamlNode>
  /** Counted only once a file has an alias. */
  budget: AliasBudget | null
  /** Open maps and lists, the document's root and those in copies included. */
  depth: number
}

type Items<Item> = (Item | Comment)[]

function convertDocument(conversion: Conversion, document: DocumentNode): MapNode {
  const items: Items<Entry> = []
  const { head, line, foot } = document.comments
  pushComments(conversion, items, head)
  pushComments(conversion, items, line)
  for (const root of document.content) pushRoot(conversion, items, root)
  pushComments(conversion, items, foot)
  const [root] = document.content
  const span = root?.kind === "mapping" ? spanOf(conversion, root) : undefined
  return span === undefined ? { kind: "map", items } : { kind: "map", items, span }
}

function pushRoot(conversion: Conversion, items: Items<Entry>, root: YamlNode): void {
  pushComments(conversion, items, root.comments.head)
  pushComments(conversion, items, root.comments.line)
  switch (root.kind) {
    case "mapping":
      pushEntries(conversion, items, root)
      break
    case "alias":
      copy(conversion, root, (target) => pushRoot(conversion, items, target))
      break
    case "scalar":
      // SOPS drops a comment behind a null that is a whole document.
      if (resolveScalar(root).kind === "null") return
      throw unsupported("a document must be a map, not a single value", root)
    case "sequence":
      throw unsupported("a document must be a map, not a list", root)
    default:
      throw new Error("a document within a document")
  }
  pushComments(conversion, items, root.comments.foot)
}

function pushEntries(conversion: Conversion, items: Items<Entry>, { content }: MappingNode): void {
  for (let i = 0; i < content.length; i += 2) {
    const key = content[i]
    const value = content[i + 1]
    if (key === undefined || value === undefined) return
    pushComments(conversion, items, key.comments.head)
    pushComments(conversion, items, key.comments.line)
    // A collection takes its own comments in.
    const isLeaf = value.kind === "scalar" || value.kind === "alias"
    if (isLeaf) {
      pushComments(conversion, items, value.comments.head)
      pushComments(conversion, items, value.comments.line, true)
    }
    items.push(convertEntry(conversion, key, value, isLeaf))
    if (isLeaf) pushComments(conversion, items, value.comments.foot)
    pushComments(conversion, items, key.comments.foot)
  }
}

function convertEntry(conversion: Conversion, key: YamlNode, value: YamlNode, isLeaf: boolean): Entry {
  const name = convertKey(conversion, key)
  const node = convertNode(conversion, value, isLeaf)
  const keySpan = key.kind === "scalar" ? spanOf(conversion, key) : undefined
  return keySpan === undefined
    ? { kind: "entry", key: name, value: node }
    : { kind: "entry", key: name, value: node, keySpan }
}

function convertKey(conversion: Conversion, key: YamlNode): string {
  if (conversion.copying.size > 0) spend(budgetOf(conversion), key)
  const node = key.kind === "alias" ? key.target : key
  const scalar = node.kind === "scalar" ? resolveScalar(node) : null
  if (scalar?.kind === "str") return scalar.text
  throw unsupported("a map's key must be a string: quote it", key)
}

/** @param isCommented - Whether the node's comments already stand beside it. */
function convertNode(conversion: Conversion, node: YamlNode, isCommented: boolean): Node {
  if (conversion.copying.size > 0) spend(budgetOf(conversion), node)
  switch (node.kind) {
    case "scalar":
      return convertScalar(conversion, node)
    case "alias":
      return copy(conversion, node, (target) => convertNode(conversion, target, false))
    case "mapping":
      return convertMapping(conversion, node, isCommented)
    case "sequence":
      return convertSequence(conversion, node, isCommented)
    case "document":
      throw new Error("a document within a document")
    default:
      return assertNever(node)
  }
}

function convertScalar(conversion: Conversion, node: ScalarNode): Leaf | Null {
  const scalar = resolveScalar(node)
  const span = spanOf(conversion, node)
  return span === undefined ? scalar : { ...scalar, span }
}

function convertMapping(conversion: Conversion, node: MappingNode, isCommented: boolean): MapNode {
  enter(conversion, node)
  const items: Items<Entry> = []
  if (!isCommented) {
    pushComments(conversion, items, node.comments.head)
    pushComments(conversion, items, node.comments.line)
  }
  pushEntries(conversion, items, node)
  if (!isCommented) pushComments(conversion, items, node.comments.foot)
  conversion.depth--
  const span = spanOf(conversion, node)
  return span === undefined ? { kind: "map", items } : { kind: "map", items, span }
}

function convertSequence(conversion: Conversion, node: SequenceNode, isCommented: boolean): ListNode {
  enter(conversion, node)
  const items: Items<Node> = []
  if (!isCommented) {
    pushComments(conversion, items, node.comments.head)
    pushComments(conversion, items, node.comments.line)
  }
  for (const item of node.content) {
    pushComments(conversion, items, item.comments.head)
    pushComments(conversion, items, item.comments.line, true)
    items.push(convertNode(conversion, item, true))
    pushComments(conversion, items, item.comments.foot)
  }
  if (!isCommented) pushComments(conversion, items, node.comments.foot)
  conversion.depth--
  const span = spanOf(conversion, node)
  return span === undefined ? { kind: "list", items } : { kind: "list", items, span }
}

function enter(conversion: Conversion, collection: YamlNode): void {
  if (++conversion.depth > MAX_DEPTH) throw tooDeepError(markOf(collection))
}

function copy<Result>(
  conversion: Conversion,
  alias: YamlNode & { readonly kind: "alias" },
  convert: (target: YamlNode) => Result,
): Result {
  const { target } = alias
  const { copying } = conversion
  if (copying.has(target)) throw syntaxError("anchor contains an alias to itself", markOf(alias))
  copying.add(target)
  const result = convert(target)
  copying.delete(target)
  return result
}

function budgetOf(conversion: Conversion): AliasBudget {
  conversion.budget ??= createAliasBudget(conversion.documents)
  return conversion.budget
}

function pushComments<Item>(
  conversion: Conversion,
  items: Items<Item>,
  lines: readonly CommentLine[],
  inline = false,
): void {
  for (const line of lines) {
    // A blank line within a comment; SOPS loses it.
    if (line.text !== "") items.push(convertComment(conversion, line, inline))
  }
}

function convertComment(conversion: Conversion, line: CommentLine, inline: boolean): Comment {
  const text = line.text.slice(1)
  const { start } = line
  if (start < 0 || conversion.copying.size > 0) {
    return inline ? { kind: "comment", text, inline } : { kind: "comment", text }
  }
  const span = { start, end: start + line.text.length }
  return inline ? { kind: "comment", text, inline, span } : { kind: "comment", text, span }
}

/** None for a copy, nor for a node that was never in a source. */
function spanOf(conversion: Conversion, { start, end }: YamlNode): Span | undefined {
  return start < 0 || conversion.copying.size > 0 ? undefined : { start, end }
}

function markOf({ start, line, column }: YamlNode) {
  return { offset: start, line: line - 1, column: column - 1 }
}

function unsupported(message: string, { line, column }: YamlNode): ConclaveError {
  return new ConclaveError("unsupported-value", message, { at: `line ${line}`, line, column })
}
