/**
 * Walks the nodes of a YAML source side by side with the tree that was parsed
 * from it and the tree that is to be, in document order. Entries and items of
 * both trees are the nodes in order, but for the comments between them and the
 * metadata at the top level.
 */

import { formatKeyPath } from "../../../sops/key-path.ts"
import type { Comment, Entry, Leaf, ListNode, MapNode, Node, Tree } from "../../../sops/tree.ts"
import type {
  AliasNode,
  DocumentNode,
  MappingNode,
  ScalarNode,
  SequenceNode,
  YamlNode,
} from "../../yaml/node.ts"
import { lineStartAt } from "../edits.ts"

export const METADATA_KEY = "sops"

/** Where a node stands. */
export type Position = {
  readonly role: "root" | "key" | "value" | "item"
  /** In a flow collection: everything in it must be in flow style too. */
  readonly flow: boolean
  /** The column of the block collection around; what is in it must be deeper. -1 at the root. */
  readonly column: number
}

/** Each is told only what it asks for; `at` gives the key path in words. */
export interface PairVisitor {
  leaf?(
    node: ScalarNode,
    before: Leaf,
    after: Leaf | Comment,
    position: Position,
    at: () => string,
    list: ListPair | null,
  ): void
  /** A comment with a place of its own in the source. */
  comment?(before: Comment, after: Comment, at: () => string): void
  /** An alias; what it stands for has no place of its own. */
  alias?(node: AliasNode, before: Node, after: Node, position: Position, at: () => string): void
  /** Before a node and all that is in it. */
  entered?(node: YamlNode, at: () => string): void
  /** After it. */
  left?(node: YamlNode): void
}

/** The list that holds an item, before and after. */
export type ListPair = { readonly before: ListNode; readonly after: ListNode }

export function walkPairs(
  source: string,
  documents: readonly DocumentNode[],
  before: Tree,
  after: Tree,
  visitor: PairVisitor,
): void {
  const walk = new PairWalk(source, visitor)
  for (const [i, document] of documents.entries()) {
    const branch = before[i]
    const other = after[i]
    if (branch !== undefined && other !== undefined) walk.document(document, branch, other)
  }
}

class PairWalk {
  readonly #source: string
  readonly #visitor: PairVisitor
  readonly #path: (string | number)[] = []
  readonly #at = () => formatKeyPath(this.#path)

  constructor(source: string, visitor: PairVisitor) {
    this.#source = source
    this.#visitor = visitor
  }

  document({ content }: DocumentNode, before: MapNode, after: MapNode): void {
    const [root] = content
    const position: Position = { role: "root", flow: false, column: -1 }
    if (root?.kind === "mapping") {
      this.#visitor.entered?.(root, this.#at)
      this.#mapping(root, withoutMetadata(root), before, after, position)
      this.#visitor.left?.(root)
      return
    }
    for (const [i, item] of before.items.entries()) {
      if (item.kind === "comment") this.#comment(item, after.items[i])
    }
    if (root?.kind === "alias") this.#visitor.alias?.(root, before, after, position, this.#at)
  }

  #node(
    node: YamlNode,
    before: Node,
    after: Node | Comment,
    position: Position,
    list: ListPair | null,
  ): void {
    this.#visitor.entered?.(node, this.#at)
    if (node.kind === "scalar") {
      if (before.kind !== "null" && before.kind !== "map" && before.kind !== "list") {
        const to = after.kind === "null" || after.kind === "map" || after.kind === "list" ? before : after
        this.#visitor.leaf?.(node, before, to, position, this.#at, list)
      }
    } else if (after.kind !== "comment" && node.kind === "alias") {
      this.#visitor.alias?.(node, before, after, position, this.#at)
      this.#strays(before, after)
    } else if (node.kind === "mapping") {
      if (before.kind === "map" && after.kind === "map")
        this.#mapping(node, node.content, before, after, position)
    } else if (node.kind === "sequence") {
      if (before.kind === "list" && after.kind === "list") this.#sequence(node, before, after, position)
    }
    this.#visitor.left?.(node)
  }

  #mapping(
    node: MappingNode,
    content: readonly YamlNode[],
    before: MapNode,
    after: MapNode,
    outer: Position,
  ): void {
    const inner = innerPosition(this.#source, node, outer)
    let pair = 0
    for (const [i, item] of before.items.entries()) {
      const other = after.items[i]
      if (item.kind === "comment") {
        this.#comment(item, other)
        continue
      }
      const key = content[pair++]
      const value = content[pair++]
      if (key === undefined || value === undefined || other?.kind !== "entry") return
      this.#path.push(item.key)
      if (key.kind === "alias") {
        const name: Leaf = { kind: "str", text: item.key }
        this.#visitor.alias?.(key, name, name, { ...inner, role: "key" }, this.#at)
      }
      this.#node(value, item.value, other.value, { ...inner, role: "value" }, null)
      this.#path.pop()
    }
  }

  #sequence(node: SequenceNode, before: ListNode, after: ListNode, outer: Position): void {
    const position: Position = { ...innerPosition(this.#source, node, outer), role: "item" }
    const list = { before, after }
    let index = 0
    for (const [i, item] of before.items.entries()) {
      const other = after.items[i]
      if (item.kind === "comment") {
        this.#comment(item, other)
        continue
      }
      const child = node.content[index]
      if (child === undefined || other === undefined) return
      this.#path.push(index++)
      this.#node(child, item, other, position, list)
      this.#path.pop()
    }
  }

  /** Comments of the source that will be among the lines of what an alias stands for. */
  #strays(before: Node, after: Node): void {
    if ((before.kind !== "map" && before.kind !== "list") || before.kind !== after.kind) return
    const others: readonly (Node | Comment | Entry)[] = after.items
    for (const [i, item] of (before.items as readonly (Node | Comment | Entry)[]).entries()) {
      const other = others[i]
      if (item.kind === "comment") {
        this.#comment(item, other)
      } else if (item.kind === "entry") {
        if (other?.kind === "entry") this.#strays(item.value, other.value)
      } else if (other !== undefined && other.kind !== "entry" && other.kind !== "comment") {
        this.#strays(item, other)
      }
    }
  }

  #comment(before: Comment, after: Node | Comment | Entry | undefined): void {
    if (before.span !== undefined && after?.kind === "comment")
      this.#visitor.comment?.(before, after, this.#at)
  }
}

function innerPosition(source: string, node: MappingNode | SequenceNode, outer: Position): Position {
  if (outer.flow || node.flow) return { ...outer, flow: true }
  return { ...outer, column: columnAt(source, node.start) }
}

/** The column of an offset, from 0. */
export function columnAt(source: string, offset: number): number {
  return offset - lineStartAt(source, offset)
}

/** The content of a document's root map without the metadata. */
export function withoutMetadata({ content }: MappingNode): YamlNode[] {
  return content.filter((_, i) => !isMetadataKey(content[i - (i % 2)]))
}

export function isMetadataKey(key: YamlNode | undefined): boolean {
  return key?.kind === "scalar" && key.value === METADATA_KEY
}
