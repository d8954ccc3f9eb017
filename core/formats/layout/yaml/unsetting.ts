/** Takes an entry or an item out of a YAML plaintext. The last one leaves `{}` or `[]`. */

import type { KeyPath, MapNode } from "../../../sops/tree.ts"
import { isBlank, isBreak } from "../../yaml/characters.ts"
import type { MappingNode, SequenceNode, YamlNode } from "../../yaml/node.ts"
import { applyEdits, type Edit, lineEndAt, lineStartAt, nextLineAt } from "../edits.ts"
import { placeOfExisting } from "../place.ts"
import type { Rewritten } from "../rewrite.ts"
import { indicatorsAt, isBlock } from "./block-scalar.ts"
import {
  behindColon,
  contentEnd,
  dashOf,
  isFirstOnLine,
  isSinglePair,
  lastScalar,
  lineBehind,
} from "./extent.ts"
import { columnAt } from "./pairing.ts"
import { PropertyFinder } from "./properties.ts"
import { type Step, stepsTo, unaliasedAt } from "./unaliased.ts"

/** @throws {@link ConclaveError} `path-not-found` */
export function unsetYaml(original: string, path: KeyPath): Rewritten {
  const { source, documents, tree, notices } = unaliasedAt(original, path)
  placeOfExisting(tree[0] ?? ({ kind: "map", items: [] } satisfies MapNode), path)
  const edits = remove(source, stepsTo(source, documents, path))
  return { text: applyEdits(source, edits), notices }
}

function remove(source: string, steps: readonly Step[]): Edit[] {
  const parent = steps.at(-1)
  if (parent === undefined) return []
  const { node, index } = parent
  const members = membersOf(source, node)
  const member = members[index]
  if (member === undefined) return []
  if (node.flow) return [removeFromFlow(source, node, members, index)]
  if (members.length === 1) return empty(source, node, steps.at(-2))
  const behind = lineBehind(source, member.last)
  if (isFirstOnLine(source, member.start)) {
    const start = lineStartAt(source, member.start)
    const before = index === 0 ? undefined : members[index - 1]?.last
    return [
      { start, end: behind, text: "" },
      ...keepApart(source, before, behind, columnAt(source, member.start)),
    ]
  }
  // The first of a collection that starts behind a dash: the next one moves up.
  return [{ start: member.start, end: skipWhite(source, behind), text: "" }]
}

type Member = {
  /** Of its dash or key, anchor and tag included. */
  readonly start: number
  readonly last: YamlNode
}

function membersOf(source: string, node: MappingNode | SequenceNode): Member[] {
  const finder = new PropertyFinder(source)
  if (node.kind === "sequence") {
    return node.content.map((item, i) => ({
      start: node.flow ? finder.propertiesOf(item).start : dashOf(source, node, i),
      last: item,
    }))
  }
  const members: Member[] = []
  for (let i = 0; i + 1 < node.content.length; i += 2) {
    const key = node.content[i] as YamlNode
    members.push({
      start: keyStart(source, finder.propertiesOf(key).start),
      last: node.content[i + 1] as YamlNode,
    })
  }
  return members
}

/** An explicit key starts with its `? `. */
function keyStart(source: string, start: number): number {
  const before = /\?[ \t]+$/.exec(source.slice(lineStartAt(source, start), start))?.[0].length ?? 0
  return start - before
}

/** What comes to stand behind a block scalar must not become part of it: blank lines go or lose their blanks, comments move left. */
function keepApart(source: string, before: YamlNode | undefined, behind: number, column: number): Edit[] {
  const last = before === undefined ? null : lastScalar(before)
  if (last === null || !isBlock(last)) return []
  const isKept = indicatorsAt(source, last.start).includes("+")
  const edits: Edit[] = []
  for (let line = behind; line < source.length; line = nextLineAt(source, line)) {
    const text = source.slice(line, lineEndAt(source, line))
    const spaces = text.length - text.trimStart().length
    if (text.trim() === "") {
      const end = isKept ? nextLineAt(source, line) : line + text.length
      if (end > line) edits.push({ start: line, end, text: "" })
    } else if (text.startsWith("#", spaces) && spaces > column) {
      edits.push({ start: line, end: line + spaces, text: " ".repeat(column) })
    } else break
  }
  return edits
}

function removeFromFlow(
  source: string,
  node: MappingNode | SequenceNode,
  members: readonly Member[],
  index: number,
): Edit {
  const member = members[index]
  const before = members[index - 1]
  const after = members[index + 1]
  if (member === undefined) throw new Error("a member that is not there")
  if (before !== undefined) return { start: before.last.end, end: member.last.end, text: "" }
  if (after !== undefined) return { start: member.start, end: after.start, text: "" }
  if (isSinglePair(source, node)) return { start: node.start, end: node.end, text: "{}" }
  return { start: node.start + 1, end: node.end - 1, text: "" }
}

/** A collection that loses its only member. Anchor and tag stay before the brackets. */
function empty(source: string, node: MappingNode | SequenceNode, outer: Step | undefined): Edit[] {
  const brackets = node.kind === "mapping" ? "{}" : "[]"
  const end = contentEnd(source, node)
  if (outer?.node.kind !== "mapping") return [{ start: node.start, end, text: brackets }]
  const { anchor, tag } = new PropertyFinder(source).propertiesOf(node)
  const colon = behindColon(source, outer.node, outer.index) ?? node.start
  const at = Math.max(colon, anchor?.end ?? 0, tag?.end ?? 0)
  const lineEnd = lineEndAt(source, at)
  if (node.start <= lineEnd) return [{ start: node.start, end, text: brackets }]
  return [
    { start: at, end: at, text: ` ${brackets}` },
    { start: lineEnd, end: lineEndAt(source, end), text: "" },
  ]
}

function skipWhite(source: string, start: number): number {
  let at = start
  while (at < source.length && (isBlank(source.charCodeAt(at)) || isBreak(source.charCodeAt(at)))) at++
  return at
}
