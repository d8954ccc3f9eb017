/**
 * What every production of the YAML parser works on: the token ahead, the
 * stack of states to come back to, and the comments collected until an event
 * takes them.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `parserc.go`.
 * yaml.v3's tail comments are left out: nothing in it ever fills them.
 */

import type {
  EventComments,
  MappingStartEvent,
  Mark,
  ScalarEvent,
  SequenceStartEvent,
  TailCommentEvent,
  YamlEvent,
} from "./event.ts"
import type { CommentLine } from "./node.ts"
import type { Token, TokenSource } from "./token.ts"

/** The production that makes the next event (libyaml's `yaml_parser_state_t`). */
export type State =
  | "stream-start"
  | "implicit-document-start"
  | "document-start"
  | "document-content"
  | "document-end"
  | "block-node"
  | "block-sequence-first-entry"
  | "block-sequence-entry"
  | "indentless-sequence-entry"
  | "block-mapping-first-key"
  | "block-mapping-key"
  | "block-mapping-value"
  | "flow-sequence-first-entry"
  | "flow-sequence-entry"
  | "flow-sequence-entry-mapping-key"
  | "flow-sequence-entry-mapping-value"
  | "flow-sequence-entry-mapping-end"
  | "flow-mapping-first-key"
  | "flow-mapping-key"
  | "flow-mapping-value"
  | "flow-mapping-empty-value"
  | "end"

/** Where a node's own token starts, behind anchor and tag, which `start` includes. */
type Placed = { readonly contentStart: number }
export type ParsedScalar = ScalarEvent & Placed
export type ParsedSequenceStart = SequenceStartEvent & Placed
export type ParsedMappingStart = MappingStartEvent & Placed

/** The events a parsed source gives: never a tail comment, and nodes know where their content starts. */
export type ParsedEvent =
  | Exclude<YamlEvent, ScalarEvent | SequenceStartEvent | MappingStartEvent | TailCommentEvent>
  | ParsedScalar
  | ParsedSequenceStart
  | ParsedMappingStart

/** A parser in the middle of its source; the productions change it. */
export type ParserState = {
  readonly tokens: TokenSource
  state: State
  readonly states: State[]
  /** Starts of the open collections, for error messages. */
  readonly marks: Mark[]
  /** Prefixes by handle, of the document at hand. */
  readonly tagPrefixes: Map<string, string>
  head: CommentLine[]
  line: CommentLine[]
  foot: CommentLine[]
  /** The head of a sequence entry, which belongs to the collection in it and not to that one's first entry. */
  stem: CommentLine[]
}

export function createParserState(tokens: TokenSource): ParserState {
  return {
    tokens,
    state: "stream-start",
    states: [],
    marks: [],
    tagPrefixes: new Map(),
    head: [],
    line: [],
    foot: [],
    stem: [],
  }
}

/**
 * The token ahead. Comments that start before it come along: they wait in
 * the state until {@link takeComments} hands them to an event.
 */
export function peekToken(parser: ParserState): Token {
  const token = parser.tokens.peek()
  for (;;) {
    const comment = parser.tokens.comment
    if (comment === undefined || token.start.offset < comment.token.offset) return token
    // A block's end has no head; the comment waits for the token behind it.
    if (comment.head.length > 0 && token.type === "block-end") return token
    append(parser.head, comment.head)
    append(parser.foot, comment.foot)
    append(parser.line, comment.line)
    parser.tokens.takeComment()
  }
}

function append(lines: CommentLine[], more: readonly CommentLine[]): void {
  for (const line of more) lines.push(line)
}

/** Consumes the token of the last {@link peekToken}. */
export function skipToken(parser: ParserState): void {
  parser.tokens.skip()
}

/** Consumes the token ahead and gives the one behind it. */
export function nextToken(parser: ParserState): Token {
  parser.tokens.skip()
  return peekToken(parser)
}

/** Goes back to the production that waits for the node which is now complete. */
export function popState(parser: ParserState): void {
  parser.state = parser.states.pop() ?? "end"
}

const NO_LINES: readonly CommentLine[] = []

/** No comments. A fresh object: events are changed while comments move between them. */
export function withoutComments(): EventComments {
  return { head: NO_LINES, line: NO_LINES, foot: NO_LINES, tail: NO_LINES }
}

/** All comments collected so far; the state has none afterwards. */
export function takeComments(parser: ParserState): EventComments {
  const { head, line, foot } = parser
  if (head.length > 0) parser.head = []
  if (line.length > 0) parser.line = []
  if (foot.length > 0) parser.foot = []
  if (parser.stem.length > 0) parser.stem = []
  return {
    head: head.length > 0 ? head : NO_LINES,
    line: line.length > 0 ? line : NO_LINES,
    foot: foot.length > 0 ? foot : NO_LINES,
    tail: NO_LINES,
  }
}

/** The comment set aside for a block collection in a sequence entry. */
export function takeStem(parser: ParserState): EventComments {
  const comments = withoutComments()
  if (parser.stem.length > 0) {
    comments.head = parser.stem
    parser.stem = []
  }
  return comments
}

/**
 * Moves the first `size` lines of the head comment aside when a block
 * collection follows a sequence entry's `-`: they describe that collection as
 * a whole, the rest its first entry.
 */
export function splitStem(parser: ParserState, size: number): void {
  if (size === 0) return
  const { type } = peekToken(parser)
  if (type !== "block-sequence-start" && type !== "block-mapping-start") return
  parser.stem = parser.head.slice(0, size)
  parser.head = parser.head.slice(size)
}

/** The null that stands where a node is left out. */
export function emptyScalar(mark: Mark): ParsedScalar {
  return {
    type: "scalar",
    start: mark,
    end: mark,
    contentStart: mark.offset,
    anchor: "",
    tag: "",
    value: "",
    implicit: true,
    quotedImplicit: false,
    style: "plain",
    ...withoutComments(),
  }
}
