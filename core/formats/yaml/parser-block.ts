/**
 * Block collections: sequences with their own indentation, sequences without
 * (under a mapping's key), and mappings.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `parserc.go`.
 *
 *     block_sequence      ::= BLOCK-SEQUENCE-START (BLOCK-ENTRY block_node?)* BLOCK-END
 *     indentless_sequence ::= (BLOCK-ENTRY block_node?)+
 *     block_mapping       ::= BLOCK-MAPPING-START
 *                             ((KEY block_node_or_indentless_sequence?)?
 *                             (VALUE block_node_or_indentless_sequence?)?)*
 *                             BLOCK-END
 */

import { parseNode } from "./parser-node.ts"
import {
  emptyScalar,
  nextToken,
  type ParsedEvent,
  type ParserState,
  peekToken,
  popState,
  type State,
  skipToken,
  splitStem,
  takeComments,
  withoutComments,
} from "./parser-state.ts"
import { syntaxError } from "./scanner-error.ts"
import type { Token } from "./token.ts"

export function parseBlockSequenceEntry(parser: ParserState, first: boolean): ParsedEvent {
  if (first) openCollection(parser)
  const token = peekToken(parser)
  if (token.type === "block-entry") {
    const next = nextAfterEntry(parser)
    if (next.type !== "block-entry" && next.type !== "block-end") {
      parser.states.push("block-sequence-entry")
      return parseNode(parser, true, false)
    }
    return omitted(parser, "block-sequence-entry", token)
  }
  if (token.type === "block-end") {
    popState(parser)
    parser.marks.pop()
    skipToken(parser)
    return { type: "sequence-end", start: token.start, end: token.end, ...withoutComments() }
  }
  throw syntaxError(
    "did not find expected '-' indicator",
    token.start,
    "while parsing a block collection",
    parser.marks.at(-1),
  )
}

export function parseIndentlessSequenceEntry(parser: ParserState): ParsedEvent {
  const token = peekToken(parser)
  if (token.type === "block-entry") {
    const next = nextAfterEntry(parser)
    if (next.type !== "block-entry" && !endsMappingItem(next)) {
      parser.states.push("indentless-sequence-entry")
      return parseNode(parser, true, false)
    }
    return omitted(parser, "indentless-sequence-entry", token)
  }
  popState(parser)
  return { type: "sequence-end", start: token.start, end: token.start, ...withoutComments() }
}

export function parseBlockMappingKey(parser: ParserState, first: boolean): ParsedEvent {
  if (first) openCollection(parser)
  const token = peekToken(parser)
  if (token.type === "key") {
    const next = nextToken(parser)
    if (!endsMappingItem(next)) {
      parser.states.push("block-mapping-value")
      return parseNode(parser, true, true)
    }
    return omitted(parser, "block-mapping-value", token)
  }
  if (token.type === "block-end") {
    popState(parser)
    parser.marks.pop()
    const comments = takeComments(parser)
    skipToken(parser)
    return { type: "mapping-end", start: token.start, end: token.end, ...comments }
  }
  throw syntaxError(
    "did not find expected key",
    token.start,
    "while parsing a block mapping",
    parser.marks.at(-1),
  )
}

export function parseBlockMappingValue(parser: ParserState): ParsedEvent {
  const token = peekToken(parser)
  if (token.type !== "value") {
    parser.state = "block-mapping-key"
    return emptyScalar(token.start)
  }
  const next = nextToken(parser)
  if (!endsMappingItem(next)) {
    parser.states.push("block-mapping-key")
    return parseNode(parser, true, true)
  }
  return omitted(parser, "block-mapping-key", token)
}

function openCollection(parser: ParserState): void {
  parser.marks.push(peekToken(parser).start)
  skipToken(parser)
}

function nextAfterEntry(parser: ParserState): Token {
  const stemSize = parser.head.length
  skipToken(parser)
  splitStem(parser, stemSize)
  return peekToken(parser)
}

function endsMappingItem({ type }: Token): boolean {
  return type === "key" || type === "value" || type === "block-end"
}

/** The empty node behind an indicator that nothing follows. */
function omitted(parser: ParserState, state: State, indicator: Token): ParsedEvent {
  parser.state = state
  return emptyScalar(indicator.end)
}
