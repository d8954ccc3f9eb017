/**
 * The composer: events to document trees, with the comments moved between
 * keys and values as yaml.v3 moves them.
 *
 * Ported from go.yaml.in/yaml/v3 (MIT / Apache-2.0), see NOTICE: the parser
 * half of `decode.go`. As there, an anchor is known from its node's start to
 * the end of the stream, also in later documents, and a later one of the same
 * name takes its place.
 */

import { MAX_DEPTH } from "../format.ts"
import type { AliasEvent, DocumentStartEvent, EventComments } from "./event.ts"
import type {
  AliasNode,
  Comments,
  DocumentNode,
  MappingNode,
  ScalarNode,
  SequenceNode,
  YamlNode,
} from "./node.ts"
import { Parser } from "./parser.ts"
import type { ParsedEvent, ParsedMappingStart, ParsedScalar, ParsedSequenceStart } from "./parser-state.ts"
import { MAP_TAG, MERGE_TAG, SEQ_TAG, STR_TAG, shortTag } from "./resolve.ts"
import { Scanner } from "./scanner.ts"
import { syntaxError, tooDeepError } from "./scanner-error.ts"

/**
 * Every document of a decoded YAML source; none when it holds only blanks and
 * comments. Aliases are not expanded and may point to a node they are in.
 *
 * `start` and `end` of a scalar are its token without anchor and tag (a block
 * scalar's with the blank lines behind it), of a flow collection its brackets;
 * a block collection ends where its last node ends. `line` and `column` include anchor and tag. The tag of a plain scalar
 * without a written one is "".
 *
 * @throws {@link ConclaveError} `syntax`, `too-deep`
 */
export function parseYamlNodes(source: string): DocumentNode[] {
  const composer: Composer = { parser: new Parser(new Scanner(source)), ahead: null, anchors: new Map() }
  const documents: DocumentNode[] = []
  takeEvent(composer)
  for (;;) {
    const event = takeEvent(composer)
    if (event.type !== "document-start") return documents
    documents.push(composeDocument(composer, event))
  }
}

type Composer = {
  readonly parser: Parser
  ahead: ParsedEvent | null
  readonly anchors: Map<string, YamlNode>
}

/** A node whose end is not known before its content. */
type Open<Node> = Node & { end: number }

function peekEvent(composer: Composer): ParsedEvent {
  composer.ahead ??= composer.parser.next()
  return composer.ahead
}

function takeEvent(composer: Composer): ParsedEvent {
  const event = peekEvent(composer)
  composer.ahead = null
  return event
}

function composeDocument(composer: Composer, event: DocumentStartEvent): DocumentNode {
  const { offset, line, column } = event.start
  const node: Open<DocumentNode> = {
    kind: "document",
    content: [],
    comments: commentsOf(event),
    tag: "",
    tagged: false,
    anchor: "",
    start: offset,
    end: offset,
    line: line + 1,
    column: column + 1,
  }
  composeChild(composer, node, 0)
  const end = takeEvent(composer)
  node.end = end.end.offset
  node.comments.foot = end.foot
  return node
}

/** One node into its parent's content. */
function composeChild(
  composer: Composer,
  parent: Exclude<YamlNode, ScalarNode | AliasNode>,
  depth: number,
): YamlNode {
  const node = composeNode(composer, depth)
  parent.content.push(node)
  return node
}

/** @param depth - How many collections are open around the node. */
function composeNode(composer: Composer, depth: number): YamlNode {
  const event = takeEvent(composer)
  switch (event.type) {
    case "scalar":
      return composeScalar(composer, event)
    case "alias":
      return composeAlias(composer, event)
    case "sequence-start":
    case "mapping-start":
      if (depth >= MAX_DEPTH) throw tooDeepError(event.start)
      return event.type === "sequence-start"
        ? composeSequence(composer, event, depth + 1)
        : composeMapping(composer, event, depth + 1)
    default:
      throw new Error(`no node starts with ${event.type}`)
  }
}

function composeScalar(composer: Composer, event: ParsedScalar): ScalarNode {
  const { value, style } = event
  const node: ScalarNode = {
    kind: "scalar",
    value,
    style,
    ...placed(event, impliedTag(event)),
    end: event.end.offset,
  }
  remember(composer, node)
  return node
}

function impliedTag({ style, value }: ParsedScalar): string {
  if (style !== "plain") return STR_TAG
  return value === "<<" ? MERGE_TAG : ""
}

function composeAlias(composer: Composer, event: AliasEvent): AliasNode {
  const target = composer.anchors.get(event.anchor)
  if (target === undefined) throw syntaxError("unknown anchor referenced", event.start)
  const { offset, line, column } = event.start
  return {
    kind: "alias",
    value: event.anchor,
    target,
    comments: commentsOf(event),
    tag: "",
    tagged: false,
    anchor: "",
    start: offset,
    end: event.end.offset,
    line: line + 1,
    column: column + 1,
  }
}

function composeSequence(composer: Composer, event: ParsedSequenceStart, depth: number): SequenceNode {
  const { flow } = event
  const node: Open<SequenceNode> = { kind: "sequence", flow, content: [], ...placed(event, SEQ_TAG) }
  remember(composer, node)
  while (peekEvent(composer).type !== "sequence-end") composeChild(composer, node, depth)
  close(node, takeEvent(composer))
  return node
}

function composeMapping(composer: Composer, event: ParsedMappingStart, depth: number): MappingNode {
  const { flow } = event
  const node: Open<MappingNode> = { kind: "mapping", flow, content: [], ...placed(event, MAP_TAG) }
  remember(composer, node)
  let previousKey: YamlNode | null = null
  while (peekEvent(composer).type !== "mapping-end") {
    const key = composeChild(composer, node, depth)
    if (!flow && previousKey !== null && key.comments.foot.length > 0) {
      // A foot above a key, after a dedent, closes the entry before.
      previousKey.comments.foot = key.comments.foot
      key.comments.foot = []
    }
    const value = composeChild(composer, node, depth)
    if (key.comments.foot.length === 0 && value.comments.foot.length > 0) {
      key.comments.foot = value.comments.foot
      value.comments.foot = []
    }
    previousKey = key
  }
  close(node, takeEvent(composer))
  if (!flow && previousKey !== null && node.comments.foot.length > 0) {
    previousKey.comments.foot = node.comments.foot
    node.comments.foot = []
  }
  return node
}

/** The end of a collection brings its line and foot comments, and the place where it ends. */
function close(node: Open<SequenceNode> | Open<MappingNode>, event: ParsedEvent): void {
  node.comments.line = event.line
  node.comments.foot = event.foot
  // A block ends with its last node, and so does a lone pair in a flow sequence.
  const isClosed = node.flow && event.end.offset > event.start.offset
  node.end = isClosed ? event.end.offset : (node.content.at(-1)?.end ?? node.start)
}

/** What every node with properties has, from the event that starts it. */
function placed(event: ParsedScalar | ParsedSequenceStart | ParsedMappingStart, impliedTag: string) {
  const tagged = event.tag !== "" && event.tag !== "!"
  return {
    comments: commentsOf(event),
    tag: tagged ? shortTag(event.tag) : impliedTag,
    tagged,
    anchor: event.anchor,
    start: event.contentStart,
    end: event.contentStart,
    line: event.start.line + 1,
    column: event.start.column + 1,
  }
}

function commentsOf({ head, line, foot }: EventComments): Comments {
  return { head, line, foot }
}

function remember(composer: Composer, node: YamlNode): void {
  if (node.anchor !== "") composer.anchors.set(node.anchor, node)
}
