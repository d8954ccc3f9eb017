/** Walks a YAML plaintext beside its encrypted tree and collects what must change in the source. */

import type { Comment, Leaf, Span, Tree } from "../../../sops/tree.ts"
import type { AliasNode, DocumentNode, ScalarNode } from "../../yaml/node.ts"
import { isSameItem, sealedText } from "../changes.ts"
import { type Edit, LineCounter, lacksFinalBreak, lineBreakOf, lineEndAt, nextLineAt } from "../edits.ts"
import type { LayoutNotice } from "../rewrite.ts"
import { AliasLedger, copyOf, expandAlias } from "./aliases.ts"
import { closeBlock, isBlock } from "./block-scalar.ts"
import { blanksBefore } from "./extent.ts"
import type { Parsed } from "./metadata-block.ts"
import { notationOf } from "./notation.ts"
import { type Position, walkPairs } from "./pairing.ts"
import { endsWithLiteral } from "./printed-node.ts"
import { PropertyFinder, removeProperty } from "./properties.ts"
import { sealToken } from "./scalar-token.ts"
import { spellInline } from "./spelling.ts"

/** What an earlier try to write the same source has shown. */
export type Decisions = {
  /** The aliases that are written out; `null`: to be found out. */
  readonly aliases: ReadonlySet<AliasNode> | null
  /** Comments behind an opening bracket, which get a line of their own. */
  readonly ownLines: readonly Comment[]
}

/** The edits that put the ciphertexts of one tree in the place of another's values. */
export class Sealing {
  readonly ledger: AliasLedger
  readonly edits: Edit[] = []
  readonly notices: LayoutNotice[] = []
  readonly notation
  /** Whether a text at the very end brings a line break, where there was none. */
  isClosed = false
  /** How many comments were encrypted. */
  comments = 0
  readonly #source: string
  readonly #documents: readonly DocumentNode[]
  readonly #lines: LineCounter
  readonly #properties: PropertyFinder
  readonly #taken: ReadonlyMap<string, string>

  constructor(
    source: string,
    documents: readonly DocumentNode[],
    previous: Parsed | null,
    decisions: Decisions,
  ) {
    this.ledger = new AliasLedger(decisions.aliases)
    this.#source = source
    this.#documents = documents
    this.#lines = new LineCounter(source)
    this.#properties = new PropertyFinder(source)
    this.#taken = previous === null ? new Map() : sealedTokens(previous)
    const notation = notationOf(source, documents)
    // A text of one line has no line ending to go by.
    const isOneLine = previous !== null && !source.includes("\n")
    this.notation = isOneLine ? { ...notation, lineBreak: lineBreakOf(previous.source) } : notation
    for (const { span } of decisions.ownLines) if (span !== undefined) this.#moveDown(span)
  }

  /** To where the next line starts: there SOPS sees it. */
  #moveDown({ start }: Span): void {
    const source = this.#source
    const line = nextLineAt(source, start)
    const pad = /^ */.exec(source.slice(line, lineEndAt(source, line)))?.[0] ?? ""
    this.edits.push({ start: blanksBefore(source, start), end: start, text: this.notation.lineBreak + pad })
    this.#notice("moved-comment", start, () => "")
  }

  walk(plain: Tree, encrypted: Tree): void {
    for (const { content } of this.#documents) {
      const [root] = content
      // A document that is null in so many words becomes a map, of metadata alone.
      if (root?.kind === "scalar" && root.start < root.end) this.#notice("respelled", root.start, () => "")
    }
    const { ledger } = this
    walkPairs(this.#source, this.#documents, plain, encrypted, {
      leaf: (node, before, after, position, at) => {
        if (after.kind === "comment") return
        if (isSameItem(before, after)) this.#keep(node, at)
        else this.#seal(node, before, sealedText(after), position, at)
      },
      comment: (before, after) => {
        if (before.span === undefined || isSameItem(before, after)) return
        ledger.noteChange()
        this.comments++
        this.edits.push({ start: before.span.start + 1, end: before.span.end, text: after.text })
      },
      alias: (node, before, after, position, at) => {
        if (!ledger.mustExpand(node, before, after, position)) return
        const context = { source: this.#source, ...this.notation, sealed: true }
        this.edits.push(...expandAlias(context, node, copyOf(before, after), position))
        if (endsWithLiteral(before) && lineEndAt(this.#source, node.end) === this.#source.length) {
          this.isClosed = true
        }
        this.#notice("expanded-alias", node.start, at)
      },
      entered: (node, at) => ledger.enter(node, at),
      left: (node) => ledger.leave(node),
    })
    for (const { edit, at } of ledger.dropAnchors(this.#source, this.#properties)) {
      this.edits.push(edit)
      this.#notice("dropped-anchor", edit.start, () => at)
    }
  }

  #seal(node: ScalarNode, value: Leaf, sealed: string, position: Position, at: () => string): void {
    this.ledger.noteChange()
    const isCore = node.tag.startsWith("!!") && node.tagged && node.tag !== "!!str"
    if (isCore) this.#dropTag(node, value, at)
    const around = { source: this.#source, ...this.notation, position, tagged: node.tagged && !isCore }
    const { edits, isRespelled } = sealToken(around, node, value, sealed, this.#taken.get(sealed))
    this.edits.push(...edits)
    if (isRespelled && value.kind !== "bytes") this.#notice("respelled", node.start, at)
  }

  /** A ciphertext is no number and no base64, so a tag that says so cannot stay. With bytes it comes back. */
  #dropTag(node: ScalarNode, value: Leaf, at: () => string): void {
    const source = this.#source
    const { tag } = this.#properties.propertiesOf(node)
    if (tag === null) return
    this.edits.push(removeProperty(source, tag))
    const isBack =
      spellInline(value, "plain", { flow: false, tagged: false }) === source.slice(tag.start, node.end)
    if (!isBack) this.#notice("dropped-tag", tag.start, at)
  }

  /** What stays as it is may still need another header, with the metadata behind it. */
  #keep(node: ScalarNode, at: () => string): void {
    if (node.end !== this.#source.length || !isBlock(node) || !lacksFinalBreak(this.#source)) return
    for (const edit of closeBlock(this.#source, node)) {
      this.edits.push(edit)
      this.#notice("respelled", node.start, at)
    }
  }

  #notice(code: LayoutNotice["code"], offset: number, at: () => string): void {
    this.notices.push({ code, line: this.#lines.lineAt(offset), at: at() })
  }
}

/** The tokens of one line that a file has, by the ciphertext in them. */
function sealedTokens({ source, documents }: Parsed): Map<string, string> {
  const tokens = new Map<string, string>()
  const open = documents.flatMap(({ content }) => content)
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "mapping" || node.kind === "sequence") {
      for (const child of node.content) open.push(child)
    } else if (node.kind === "scalar" && !isBlock(node)) {
      const token = source.slice(node.start, node.end)
      if (node.value.startsWith("ENC[") && !token.includes("\n")) tokens.set(node.value.trimEnd(), token)
    }
  }
  return tokens
}
