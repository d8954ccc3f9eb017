/** From the text of an encrypted YAML file to that of its plaintext. */

import type { Comment, Leaf, ListNode, Tree } from "../../../sops/tree.ts"
import { parseYamlNodes } from "../../yaml/composer.ts"
import type { DocumentNode, ScalarNode } from "../../yaml/node.ts"
import { isSameItem } from "../changes.ts"
import { applyEdits, type Edit, LineCounter, nextLineAt } from "../edits.ts"
import type { LayoutNotice, Rewritten } from "../rewrite.ts"
import { indented, isBlock, readBlock } from "./block-scalar.ts"
import { type Range, removeMetadata } from "./metadata-block.ts"
import { notationOf } from "./notation.ts"
import { columnAt, type ListPair, type Position, walkPairs } from "./pairing.ts"
import { PropertyFinder, removeProperty } from "./properties.ts"
import { openToken } from "./scalar-token.ts"

export function decryptYaml(source: string, encrypted: Tree, plain: Tree): Rewritten {
  const documents = parseYamlNodes(source)
  const opening = new Opening(source, documents)
  opening.walk(encrypted, plain)
  const { edits, ranges, isOpen } = removeMetadata(source, documents)
  const kept = outside(opening.edits, ranges)
  const text = applyEdits(source, [...kept, ...edits])
  // A literal before the metadata needs the line break that its text ends with.
  const isText = isOpen && !opening.literals.has(ranges.at(-1)?.start ?? -1)
  return { text: isText ? text.replace(/\r?\n$/, "") : text, notices: opening.notices }
}

/** A comment between the lines of the metadata goes with them, wherever the tree has it. */
function outside(edits: readonly Edit[], ranges: readonly Range[]): Edit[] {
  let next = 0
  return [...edits]
    .sort((a, b) => a.start - b.start)
    .filter(({ start, end }) => {
      while ((ranges[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next++
      const range = ranges[next]
      return range === undefined || start < range.start || end > range.end
    })
}

class Opening {
  readonly edits: Edit[] = []
  /** Where the lines start that stand behind a literal with a line break at its end. */
  readonly literals = new Set<number>()
  readonly notices: LayoutNotice[] = []
  readonly #source: string
  readonly #documents: readonly DocumentNode[]
  readonly #notation
  readonly #lines: LineCounter
  readonly #properties: PropertyFinder

  constructor(source: string, documents: readonly DocumentNode[]) {
    this.#source = source
    this.#documents = documents
    this.#notation = notationOf(source, documents)
    this.#lines = new LineCounter(source)
    this.#properties = new PropertyFinder(source)
  }

  walk(encrypted: Tree, plain: Tree): void {
    walkPairs(this.#source, this.#documents, encrypted, plain, {
      leaf: (node, before, after, position, at, list) => {
        if (after.kind === "comment") this.#openItem(node, after, position, list)
        else if (!isSameItem(before, after)) this.#open(node, after, position, at)
      },
      comment: (before, after, at) => {
        if (before.span !== undefined && !isSameItem(before, after)) this.#openComment(before, after, at)
      },
    })
  }

  #open(node: ScalarNode, value: Leaf, position: Position, at: () => string): void {
    const tagged = node.tagged && value.kind === "str"
    if (node.tagged && !tagged) {
      const { tag } = this.#properties.propertiesOf(node)
      if (tag !== null) this.edits.push(removeProperty(this.#source, tag))
      this.#notice("dropped-tag", node.start, at)
    }
    const around = { source: this.#source, ...this.#notation, position, tagged }
    const { edits, isRespelled } = openToken(around, node, value)
    this.edits.push(...edits)
    if (value.kind === "str" && value.text.endsWith("\n")) this.#noteLiteral(node, edits)
    if (isRespelled) this.#notice("respelled", node.start, at)
  }

  #noteLiteral(node: ScalarNode, edits: readonly Edit[]): void {
    const below = edits.find(({ start, end }) => start === end)
    const token = isBlock(node) ? readBlock(this.#source, node) : null
    if (token !== null) {
      // Behind a blank line it keeps its own line break in any case.
      const breaks = this.#source.slice(token.contentEnd, token.end).split("\n").length - 1
      if (breaks <= 1 || token.indicators.includes("+")) this.literals.add(token.end)
    } else if (below !== undefined) this.literals.add(nextLineAt(this.#source, below.start))
  }

  #openComment(before: Comment, after: Comment, at: () => string): void {
    const { start, end } = before.span ?? { start: 0, end: 0 }
    const lines = after.text.split("\n")
    const [first = "", ...more] = lines
    if (more.length === 0) {
      this.edits.push({ start: start + 1, end, text: first })
      return
    }
    // Below each other where the comment has its line, else one behind the other.
    const column = columnAt(this.#source, start)
    const isAlone = this.#source.slice(start - column, start).trim() === ""
    const text = isAlone
      ? `${first}${this.#notation.lineBreak}${indented(
          more.map((line) => `#${line}`),
          column,
          this.#notation.lineBreak,
        )}`
      : lines.join(" ")
    this.edits.push({ start: start + 1, end, text })
    this.#notice("respelled", start, at)
  }

  /** An encrypted comment that sops has written as an item of a list becomes a comment in its line. */
  #openItem(node: ScalarNode, comment: Comment, position: Position, list: ListPair | null): void {
    const { start, end } = node
    const text = `#${comment.text.replaceAll("\n", " ")}`
    if (position.flow || list === null) {
      this.edits.push(this.#inFlow(start, end, text))
      return
    }
    const dash = this.#source.lastIndexOf("-", start)
    const isFirstOfNone = list.after.items[0] === comment && isOnlyComments(list.after)
    this.edits.push({ start: dash, end, text: isFirstOfNone ? `[] ${text}` : text })
  }

  /** The comment ends its line, and takes the comma behind the item with it. */
  #inFlow(start: number, end: number, text: string): Edit {
    const comma = /^[ \t]*,/.exec(this.#source.slice(end, end + 16))?.[0].length ?? 0
    const pad = " ".repeat(columnAt(this.#source, start))
    return { start, end: end + comma, text: ` ${text}${this.#notation.lineBreak}${pad}` }
  }

  #notice(code: LayoutNotice["code"], offset: number, at: () => string): void {
    this.notices.push({ code, line: this.#lines.lineAt(offset), at: at() })
  }
}

function isOnlyComments({ items }: ListNode): boolean {
  return items.every((item) => item.kind === "comment")
}
