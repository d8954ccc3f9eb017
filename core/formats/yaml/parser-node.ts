/**
 * One node: an alias, or its properties (anchor, tag) and the scalar or the
 * start of the collection behind them.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `parserc.go`.
 *
 *     block_node    ::= ALIAS | properties block_content? | block_content
 *     flow_node     ::= ALIAS | properties flow_content? | flow_content
 *     properties    ::= TAG ANCHOR? | ANCHOR TAG?
 *     block_content ::= block_collection | flow_collection | SCALAR
 *     flow_content  ::= flow_collection | SCALAR
 */

import type { EventComments, Mark } from "./event.ts"
import {
  nextToken,
  type ParsedEvent,
  type ParserState,
  peekToken,
  popState,
  type State,
  skipToken,
  takeComments,
  takeStem,
  withoutComments,
} from "./parser-state.ts"
import { syntaxError } from "./scanner-error.ts"
import type { ScalarToken, TagToken, Token } from "./token.ts"

type Properties = {
  readonly anchor: string
  readonly tag: string
  /** Where the node starts, properties included. */
  readonly start: Mark
  /** Where the properties end. */
  readonly end: Mark
}

/**
 * The event of the node ahead.
 *
 * @param block - Whether block collections may stand here.
 * @param indentless - Whether a sequence may start with its first `-`, as
 * under a mapping's key.
 * @throws {@link ConclaveError} `syntax`
 */
export function parseNode(parser: ParserState, block: boolean, indentless: boolean): ParsedEvent {
  const first = peekToken(parser)
  if (first.type === "alias") {
    popState(parser)
    const comments = takeComments(parser)
    skipToken(parser)
    return { type: "alias", start: first.start, end: first.end, anchor: first.value, ...comments }
  }
  const properties = parseProperties(parser, first)
  const token = peekToken(parser)
  if (indentless && token.type === "block-entry") {
    return sequenceStart(parser, "indentless-sequence-entry", properties, token, withoutComments())
  }
  switch (token.type) {
    case "scalar":
      return scalar(parser, properties, token)
    case "flow-sequence-start":
      return sequenceStart(parser, "flow-sequence-first-entry", properties, token, takeComments(parser))
    case "flow-mapping-start":
      return mappingStart(parser, "flow-mapping-first-key", properties, token, takeComments(parser))
    case "block-sequence-start":
      if (!block) break
      return sequenceStart(parser, "block-sequence-first-entry", properties, token, takeStem(parser))
    case "block-mapping-start":
      if (!block) break
      return mappingStart(parser, "block-mapping-first-key", properties, token, takeStem(parser))
  }
  if (properties.anchor === "" && properties.tag === "") {
    const context = block ? "while parsing a block node" : "while parsing a flow node"
    throw syntaxError("did not find expected node content", token.start, context, properties.start)
  }
  popState(parser)
  return {
    type: "scalar",
    start: properties.start,
    end: properties.end,
    contentStart: properties.end.offset,
    anchor: properties.anchor,
    tag: properties.tag,
    value: "",
    implicit: properties.tag === "",
    quotedImplicit: false,
    style: "plain",
    ...withoutComments(),
  }
}

function parseProperties(parser: ParserState, first: Token): Properties {
  let token = first
  let anchor = ""
  let tag: TagToken | null = null
  let end = first.start
  if (token.type === "anchor") {
    anchor = token.value
    end = token.end
    token = nextToken(parser)
    if (token.type === "tag") {
      tag = token
      end = token.end
      skipToken(parser)
    }
  } else if (token.type === "tag") {
    tag = token
    end = token.end
    token = nextToken(parser)
    if (token.type === "anchor") {
      anchor = token.value
      end = token.end
      skipToken(parser)
    }
  }
  return { anchor, tag: tag === null ? "" : fullTag(parser, tag, first.start), start: first.start, end }
}

function fullTag(parser: ParserState, tag: TagToken, nodeStart: Mark): string {
  if (tag.handle === "") return tag.suffix
  const prefix = parser.tagPrefixes.get(tag.handle)
  const full = prefix === undefined ? "" : prefix + tag.suffix
  if (full === "") {
    throw syntaxError("found undefined tag handle", tag.start, "while parsing a node", nodeStart)
  }
  return full
}

function scalar(parser: ParserState, properties: Properties, token: ScalarToken): ParsedEvent {
  const { anchor, tag, start } = properties
  const implicit = (tag === "" && token.style === "plain") || tag === "!"
  popState(parser)
  const comments = takeComments(parser)
  skipToken(parser)
  return {
    type: "scalar",
    start,
    end: token.end,
    contentStart: token.start.offset,
    anchor,
    tag,
    value: token.value,
    implicit,
    quotedImplicit: !implicit && tag === "",
    style: token.style,
    ...comments,
  }
}

function sequenceStart(
  parser: ParserState,
  state: State,
  properties: Properties,
  token: Token,
  comments: EventComments,
): ParsedEvent {
  const { anchor, tag, start } = properties
  parser.state = state
  return {
    type: "sequence-start",
    start,
    end: token.end,
    contentStart: token.start.offset,
    anchor,
    tag,
    implicit: tag === "",
    flow: token.type === "flow-sequence-start",
    ...comments,
  }
}

function mappingStart(
  parser: ParserState,
  state: State,
  properties: Properties,
  token: Token,
  comments: EventComments,
): ParsedEvent {
  const { anchor, tag, start } = properties
  parser.state = state
  return {
    type: "mapping-start",
    start,
    end: token.end,
    contentStart: token.start.offset,
    anchor,
    tag,
    implicit: tag === "",
    flow: token.type === "flow-mapping-start",
    ...comments,
  }
}
