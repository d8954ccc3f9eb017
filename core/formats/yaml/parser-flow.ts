/**
 * Flow collections, and the single pairs that may stand in a flow sequence.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `parserc.go`.
 *
 *     flow_sequence       ::= FLOW-SEQUENCE-START (flow_sequence_entry FLOW-ENTRY)*
 *                             flow_sequence_entry? FLOW-SEQUENCE-END
 *     flow_sequence_entry ::= flow_node | KEY flow_node? (VALUE flow_node?)?
 *     flow_mapping        ::= FLOW-MAPPING-START (flow_mapping_entry FLOW-ENTRY)*
 *                             flow_mapping_entry? FLOW-MAPPING-END
 *     flow_mapping_entry  ::= flow_node | KEY flow_node? (VALUE flow_node?)?
 */

import { parseNode } from "./parser-node.ts"
import {
  emptyScalar,
  nextToken,
  type ParsedEvent,
  type ParserState,
  peekToken,
  popState,
  skipToken,
  takeComments,
  withoutComments,
} from "./parser-state.ts"
import { syntaxError } from "./scanner-error.ts"
import type { Token } from "./token.ts"

export function parseFlowSequenceEntry(parser: ParserState, first: boolean): ParsedEvent {
  if (first) openCollection(parser)
  let token = peekToken(parser)
  if (token.type !== "flow-sequence-end") {
    if (!first) token = nextAfterComma(parser, token, "while parsing a flow sequence", "]")
    if (token.type === "key") {
      parser.state = "flow-sequence-entry-mapping-key"
      skipToken(parser)
      return {
        type: "mapping-start",
        start: token.start,
        end: token.end,
        contentStart: token.start.offset,
        anchor: "",
        tag: "",
        implicit: true,
        flow: true,
        ...withoutComments(),
      }
    }
    if (token.type !== "flow-sequence-end") {
      parser.states.push("flow-sequence-entry")
      return parseNode(parser, false, false)
    }
  }
  popState(parser)
  parser.marks.pop()
  const comments = takeComments(parser)
  skipToken(parser)
  return { type: "sequence-end", start: token.start, end: token.end, ...comments }
}

export function parseFlowSequencePairKey(parser: ParserState): ParsedEvent {
  const token = peekToken(parser)
  if (token.type !== "value" && token.type !== "flow-entry" && token.type !== "flow-sequence-end") {
    parser.states.push("flow-sequence-entry-mapping-value")
    return parseNode(parser, false, false)
  }
  // As libyaml does it: the token is lost, so `[? , a]` and `[? : a]` are refused behind it.
  skipToken(parser)
  parser.state = "flow-sequence-entry-mapping-value"
  return emptyScalar(token.end)
}

export function parseFlowSequencePairValue(parser: ParserState): ParsedEvent {
  const token = peekToken(parser)
  if (token.type === "value") {
    const value = nextToken(parser)
    if (value.type !== "flow-entry" && value.type !== "flow-sequence-end") {
      parser.states.push("flow-sequence-entry-mapping-end")
      return parseNode(parser, false, false)
    }
  }
  parser.state = "flow-sequence-entry-mapping-end"
  return emptyScalar(token.start)
}

export function parseFlowSequencePairEnd(parser: ParserState): ParsedEvent {
  const { start } = peekToken(parser)
  parser.state = "flow-sequence-entry"
  return { type: "mapping-end", start, end: start, ...withoutComments() }
}

export function parseFlowMappingKey(parser: ParserState, first: boolean): ParsedEvent {
  if (first) openCollection(parser)
  let token = peekToken(parser)
  if (token.type !== "flow-mapping-end") {
    if (!first) token = nextAfterComma(parser, token, "while parsing a flow mapping", "}")
    if (token.type === "key") {
      const next = nextToken(parser)
      if (next.type !== "value" && next.type !== "flow-entry" && next.type !== "flow-mapping-end") {
        parser.states.push("flow-mapping-value")
        return parseNode(parser, false, false)
      }
      parser.state = "flow-mapping-value"
      return emptyScalar(next.start)
    }
    if (token.type !== "flow-mapping-end") {
      parser.states.push("flow-mapping-empty-value")
      return parseNode(parser, false, false)
    }
  }
  popState(parser)
  parser.marks.pop()
  const comments = takeComments(parser)
  skipToken(parser)
  return { type: "mapping-end", start: token.start, end: token.end, ...comments }
}

export function parseFlowMappingValue(parser: ParserState, empty: boolean): ParsedEvent {
  let token = peekToken(parser)
  if (!empty && token.type === "value") {
    token = nextToken(parser)
    if (token.type !== "flow-entry" && token.type !== "flow-mapping-end") {
      parser.states.push("flow-mapping-key")
      return parseNode(parser, false, false)
    }
  }
  parser.state = "flow-mapping-key"
  return emptyScalar(token.start)
}

function openCollection(parser: ParserState): void {
  parser.marks.push(peekToken(parser).start)
  skipToken(parser)
}

function nextAfterComma(parser: ParserState, token: Token, context: string, close: string): Token {
  if (token.type === "flow-entry") return nextToken(parser)
  throw syntaxError(`did not find expected ',' or '${close}'`, token.start, context, parser.marks.at(-1))
}
