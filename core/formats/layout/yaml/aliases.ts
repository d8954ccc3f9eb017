/**
 * Aliases that cannot stay: what they stand for holds a ciphertext, either in
 * their own place or where the anchor is, and a ciphertext opens at one place
 * only. A copy is written in the place of the alias; an anchor that no alias
 * needs any more goes.
 */

import type { Comment, Entry, Leaf, ListNode, MapNode, Node, Null } from "../../../sops/tree.ts"
import { isEncryptedValue } from "../../../sops/value.ts"
import type { AliasNode, YamlNode } from "../../yaml/node.ts"
import { hasChange, isSameItem } from "../changes.ts"
import { type Edit, lineEndAt } from "../edits.ts"
import { indented, indicatorsAt, isBlock, sealedBlock, swallowsNext } from "./block-scalar.ts"
import { blanksBefore } from "./extent.ts"
import { columnAt, type Position } from "./pairing.ts"
import { endsWithLiteral, isCollection, isEmpty, printBlock, printFlow, quoted } from "./printed-node.ts"
import { type PropertyFinder, removeProperty } from "./properties.ts"
import { bodyIndent, markedToken } from "./scalar-token.ts"
import { spellInline, spellText } from "./spelling.ts"

/** Follows the walk: which anchors have a change below, which aliases went, which stayed. */
export class AliasLedger {
  /** The aliases that went. */
  readonly aliases = new Set<AliasNode>()
  readonly #changed = new Set<YamlNode>()
  readonly #expanded = new Set<YamlNode>()
  readonly #kept = new Set<YamlNode>()
  /** Key paths of anchored nodes. */
  readonly #places = new Map<YamlNode, string>()
  #changes = 0
  /** For each open anchored node, how many changes there were before it. */
  readonly #before: number[] = []

  readonly #decided: ReadonlySet<AliasNode> | null

  /** @param decided - The aliases that went when the same source was written before: these go again, and no others. */
  constructor(decided: ReadonlySet<AliasNode> | null) {
    this.#decided = decided
  }

  noteChange(): void {
    this.#changes++
  }

  enter(node: YamlNode, at: () => string): void {
    if (node.anchor === "") return
    this.#before.push(this.#changes)
    this.#places.set(node, at())
  }

  leave(node: YamlNode): void {
    if (node.anchor !== "" && this.#before.pop() !== this.#changes) this.#changed.add(node)
  }

  /** Whether the alias must be expanded; remembers the answer. */
  mustExpand(alias: AliasNode, before: Node, after: Node, position: Position): boolean {
    const isGone =
      this.#decided === null ? this.#isGone(alias, before, after, position) : this.#decided.has(alias)
    if (isGone) this.aliases.add(alias)
    const answers = isGone ? this.#expanded : this.#kept
    answers.add(alias.target)
    return isGone
  }

  #isGone(alias: AliasNode, before: Node, after: Node, position: Position): boolean {
    return position.role === "root" || this.#changed.has(alias.target) || hasChange(before, after)
  }

  /** Anchors whose aliases are all gone, with the key paths of their nodes. */
  dropAnchors(source: string, properties: PropertyFinder): { readonly edit: Edit; readonly at: string }[] {
    return [...this.#expanded].flatMap((node) => {
      const { anchor } = properties.propertiesOf(node)
      if (anchor === null || this.#kept.has(node) || isBeforeComment(source, anchor.end)) return []
      return [{ edit: removeProperty(source, anchor), at: this.#places.get(node) ?? "" }]
    })
  }
}

/** The path of a comment behind an anchor depends on the anchor, so that one stays, though nobody names it. */
function isBeforeComment(source: string, offset: number): boolean {
  return /^[ \t]+(?:![^ \t\r\n]*[ \t]+)?#/.test(source.slice(offset, lineEndAt(source, offset)))
}

/**
 * What a copy holds: `after`, without the comments that were encrypted. Those
 * stand at the anchor; clear ones may be what a rule goes by.
 */
export function copyOf(before: Node, after: Node): Node {
  if (before.kind === "map" && after.kind === "map") {
    const items: (Entry | Comment)[] = []
    for (const [i, item] of after.items.entries()) {
      const old = before.items[i]
      if (item.kind === "entry") {
        items.push(old?.kind === "entry" ? { ...item, value: copyOf(old.value, item.value) } : item)
      } else if (old?.kind === "comment" && isCopied(old, item)) items.push(item)
    }
    return { kind: "map", items }
  }
  if (before.kind === "list" && after.kind === "list") {
    const items: (Node | Comment)[] = []
    for (const [i, item] of after.items.entries()) {
      const old = before.items[i]
      if (old === undefined) continue
      if (item.kind !== "comment") items.push(old.kind === "comment" ? item : copyOf(old, item))
      else if (old.kind === "comment" && isCopied(old, item)) items.push(item)
    }
    return { kind: "list", items }
  }
  return after
}

/** One with a place of its own is in the text already. */
function isCopied(before: Comment, after: Comment): boolean {
  return before.span === undefined && isSameItem(before, after)
}

export type ExpansionContext = {
  readonly source: string
  readonly lineBreak: string
  readonly step: number
  /** Whether the copies hold ciphertexts, and not texts that look like some. */
  readonly sealed: boolean
}

/** The edits that put a node in the place of an alias. */
export function expandAlias(
  context: ExpansionContext,
  alias: AliasNode,
  node: Node,
  position: Position,
): Edit[] {
  const { start, end } = alias
  if (position.role === "key") return [{ start, end, text: keyText(node, position) }]
  if (!isCollection(node)) return leafEdits(context, alias, node, position)
  const { source, lineBreak, step, sealed } = context
  const lineEnd = lineEndAt(source, end)
  // A literal at the end of the copy must not take in what follows, or miss its own line break.
  const isOpen =
    endsWithLiteral(node) &&
    (lineEnd === source.length || swallowsNext(source, lineEnd, "+", position.column + 1))
  if (position.flow || (position.role !== "root" && (isEmpty(node) || isOpen))) {
    return [{ start, end, text: printFlow(node, sealed ? markedToken : quoted) }]
  }
  if (position.role === "item") {
    const lines = printBlock(lineEnd > end ? withoutFirstComments(node) : node, step)
    const rest = indented(lines.slice(1), columnAt(source, start), lineBreak)
    return [
      { start, end, text: lines[0] ?? "" },
      ...(lines.length > 1 ? [{ start: lineEnd, end: lineEnd, text: lineBreak + rest }] : []),
    ]
  }
  const indent = position.role === "root" ? 0 : Math.max(position.column, 0) + step
  const lines = isEmpty(node) ? [] : printBlock(node, step)
  const below = lines.length === 0 ? "" : lineBreak + indented(lines, indent, lineBreak)
  return [
    { start: blanksBefore(source, start), end, text: "" },
    { start: lineEnd, end: lineEnd, text: below },
  ]
}

function keyText(node: Node, { flow }: Position): string {
  return node.kind === "str" ? spellText(node.text, "plain", { flow, tagged: false }) : ""
}

function leafEdits(
  context: ExpansionContext,
  alias: AliasNode,
  node: Leaf | Null,
  position: Position,
): Edit[] {
  const { start, end, target } = alias
  const { source, lineBreak } = context
  const isSealed = context.sealed && node.kind === "str" && isEncryptedValue(node.text)
  if (isSealed && !position.flow && target.kind === "scalar" && isBlock(target)) {
    const indent = bodyIndent({ ...context, position })
    const sealed = sealedBlock(target.value, indicatorsAt(source, target.start), indent, position.column)
    const lineEnd = lineEndAt(source, end)
    // In a last line that is not ended the text would lose its final line break.
    const isFree = lineEnd < source.length && sealed !== null
    if (isFree && !swallowsNext(source, lineEnd, sealed.header, indent)) {
      const below = lineBreak + indented([node.text], indent, lineBreak) + lineBreak.repeat(sealed.blanks)
      return [
        { start, end, text: sealed.header },
        { start: lineEnd, end: lineEnd, text: below },
      ]
    }
  }
  return [{ start, end, text: leafText(context, alias, node, position) }]
}

function leafText(
  { sealed }: ExpansionContext,
  { target }: AliasNode,
  node: Leaf | Null,
  { flow }: Position,
): string {
  if (node.kind === "null") return "null"
  const context = { flow, tagged: false }
  if (node.kind !== "str") return spellInline(node, "plain", context)
  const style = target.kind === "scalar" ? target.style : "plain"
  if (style === "single") return spellText(node.text, style, context)
  if (style !== "plain") return spellText(node.text, "double", context)
  const isMarked = sealed && flow && isEncryptedValue(node.text)
  return isMarked ? markedToken(node.text) : spellText(node.text, "plain", context)
}

/** A comment behind the alias will be behind the first entry, so there must be no line above that. */
function withoutFirstComments(node: MapNode | ListNode): MapNode | ListNode {
  const first = (node.items as readonly (Node | Entry | Comment)[]).findIndex(
    (item) => item.kind !== "comment",
  )
  return node.kind === "map"
    ? { ...node, items: node.items.slice(first) }
    : { ...node, items: node.items.slice(first) }
}
