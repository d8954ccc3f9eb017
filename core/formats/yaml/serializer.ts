/**
 * Nodes to events, with the tags that must be written and the foot comments of
 * keys moved behind their values.
 *
 * ported from go.yaml.in/yaml/v3 (libyaml, MIT / Apache-2.0), see NOTICE:
 * `encoder.node` of `encode.go`.
 */

import { ConclaveError } from "../../errors.ts"
import { MAX_DEPTH } from "../format.ts"
import type { EventComments, Mark, YamlEvent } from "./event.ts"
import type {
  AliasNode,
  CommentLine,
  DocumentNode,
  MappingNode,
  ScalarNode,
  ScalarStyle,
  SequenceNode,
  YamlNode,
} from "./node.ts"
import { longTag, MAP_TAG, resolve, SEQ_TAG, STR_TAG, shortTag } from "./resolve.ts"

/** Takes events one by one. */
export type EventSink = (event: YamlEvent) => void

const NOWHERE: Mark = { offset: -1, line: 0, column: 0 }
/** The marks of an event without a source. */
export const NO_MARKS = { start: NOWHERE, end: NOWHERE } as const
const NO_LINES: readonly CommentLine[] = []
export const NO_COMMENTS: EventComments = { head: NO_LINES, line: NO_LINES, foot: NO_LINES, tail: NO_LINES }

/**
 * Gives a document's events, from its start to its end.
 *
 * @throws {@link ConclaveError} `too-deep` beyond {@link MAX_DEPTH} levels.
 */
export function serializeDocument(document: DocumentNode, sink: EventSink): void {
  const { head, foot } = document.comments
  sink({
    type: "document-start",
    ...NO_MARKS,
    ...NO_COMMENTS,
    head,
    version: null,
    tagDirectives: [],
    implicit: true,
  })
  for (const root of document.content) serializeNode(root, sink, NO_LINES, root.comments.foot, 1)
  sink({ type: "document-end", ...NO_MARKS, ...NO_COMMENTS, foot, implicit: true })
}

function serializeNode(
  node: YamlNode,
  sink: EventSink,
  tail: readonly CommentLine[],
  foot: readonly CommentLine[],
  depth: number,
): void {
  if (depth > MAX_DEPTH) throw new ConclaveError("too-deep", "nested too deep", { limit: MAX_DEPTH })
  switch (node.kind) {
    case "scalar":
      serializeScalar(node, sink, tail, foot)
      break
    case "sequence":
      serializeSequence(node, sink, foot, depth)
      break
    case "mapping":
      serializeMapping(node, sink, tail, foot, depth)
      break
    case "alias":
      serializeAlias(node, sink, foot)
      break
    case "document":
      throw new Error("document inside a document")
  }
}

function serializeSequence(
  node: SequenceNode,
  sink: EventSink,
  foot: readonly CommentLine[],
  depth: number,
): void {
  const { head, line } = node.comments
  const { anchor, flow } = node
  const tag = longTag(collectionTag(node, SEQ_TAG))
  sink({ type: "sequence-start", ...NO_MARKS, ...NO_COMMENTS, head, anchor, tag, implicit: tag === "", flow })
  for (const item of node.content) serializeNode(item, sink, NO_LINES, item.comments.foot, depth + 1)
  sink({ type: "sequence-end", ...NO_MARKS, ...NO_COMMENTS, line, foot })
}

function serializeMapping(
  node: MappingNode,
  sink: EventSink,
  tail: readonly CommentLine[],
  foot: readonly CommentLine[],
  depth: number,
): void {
  const { head, line } = node.comments
  const { anchor, flow, content } = node
  const tag = longTag(collectionTag(node, MAP_TAG))
  sink({
    type: "mapping-start",
    ...NO_MARKS,
    ...NO_COMMENTS,
    head,
    tail,
    anchor,
    tag,
    implicit: tag === "",
    flow,
  })
  // A key's foot comment stands behind its value, however much that is: before the next key, or the end.
  let waiting = NO_LINES
  for (let i = 0; i + 1 < content.length; i += 2) {
    const key = content[i] as YamlNode
    const value = content[i + 1] as YamlNode
    serializeNode(key, sink, waiting, NO_LINES, depth + 1)
    waiting = key.comments.foot
    serializeNode(value, sink, NO_LINES, value.comments.foot, depth + 1)
  }
  sink({ type: "mapping-end", ...NO_MARKS, tail: waiting, head: NO_LINES, line, foot })
}

function serializeAlias(node: AliasNode, sink: EventSink, foot: readonly CommentLine[]): void {
  const { head, line } = node.comments
  sink({ type: "alias", ...NO_MARKS, head, line, foot, tail: NO_LINES, anchor: node.value })
}

function serializeScalar(
  node: ScalarNode,
  sink: EventSink,
  tail: readonly CommentLine[],
  foot: readonly CommentLine[],
): void {
  const { head, line } = node.comments
  const { anchor, value } = node
  const { tag, quoted } = scalarTag(node)
  const implicit = tag === ""
  sink({
    type: "scalar",
    ...NO_MARKS,
    head,
    line,
    foot,
    tail,
    anchor,
    tag: longTag(tag),
    value,
    implicit,
    quotedImplicit: implicit,
    style: scalarStyle(node, quoted),
  })
}

/** The tag that must be written, "" for none, and whether the text needs quotes to stay a string. */
function scalarTag(node: ScalarNode): { readonly tag: string; readonly quoted: boolean } {
  const { tag, tagged, style, value } = node
  if (tag === "" || tagged) return { tag, quoted: false }
  const short = shortTag(tag)
  if (short === STR_TAG && style !== "plain") return { tag: "", quoted: false }
  if (resolve("", value).tag === short) return { tag: "", quoted: false }
  return short === STR_TAG ? { tag: "", quoted: true } : { tag, quoted: false }
}

function scalarStyle({ style, value }: ScalarNode, quoted: boolean): ScalarStyle {
  if (style !== "plain") return style
  if (value.includes("\n")) return "literal"
  return quoted ? "double" : "plain"
}

function collectionTag({ tag, tagged }: SequenceNode | MappingNode, implied: string): string {
  return !tagged && shortTag(tag) === implied ? "" : tag
}
