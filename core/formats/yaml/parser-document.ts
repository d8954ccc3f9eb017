/**
 * The stream and its documents: their start, with directives, and their end.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `parserc.go`.
 * As there, `%YAML` accepts 1.1 only.
 *
 *     stream            ::= STREAM-START implicit_document? explicit_document* STREAM-END
 *     implicit_document ::= block_node DOCUMENT-END*
 *     explicit_document ::= DIRECTIVE* DOCUMENT-START block_node? DOCUMENT-END*
 */

import type { DocumentStartEvent, Mark, TagDirective } from "./event.ts"
import type { CommentLine } from "./node.ts"
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

const DEFAULT_TAG_DIRECTIVES: readonly TagDirective[] = [
  { handle: "!", prefix: "!" },
  { handle: "!!", prefix: "tag:yaml.org,2002:" },
]

export function parseStreamStart(parser: ParserState): ParsedEvent {
  const token = peekToken(parser)
  if (token.type !== "stream-start") {
    throw syntaxError("did not find expected <stream-start>", token.start)
  }
  parser.state = "implicit-document-start"
  skipToken(parser)
  return { type: "stream-start", start: token.start, end: token.end, ...withoutComments() }
}

export function parseDocumentStart(parser: ParserState, first: boolean): ParsedEvent {
  let token = peekToken(parser)
  if (!first) while (token.type === "document-end") token = nextToken(parser)
  if (token.type === "stream-end") {
    parser.state = "end"
    skipToken(parser)
    return { type: "stream-end", start: token.start, end: token.end, ...withoutComments() }
  }
  return first && !startsExplicitDocument(token)
    ? startImplicitDocument(parser, token)
    : startExplicitDocument(parser, token)
}

function startsExplicitDocument({ type }: Token): boolean {
  return type === "version-directive" || type === "tag-directive" || type === "document-start"
}

function startImplicitDocument(parser: ParserState, token: Token): ParsedEvent {
  addDefaultTagDirectives(parser)
  parser.states.push("document-end")
  parser.state = "block-node"
  return {
    type: "document-start",
    start: token.start,
    end: token.end,
    version: null,
    tagDirectives: [],
    implicit: true,
    ...withoutComments(),
    head: takeDocumentHead(parser),
  }
}

/** Lines above the last blank line describe the document; those below, whatever comes next. */
function takeDocumentHead(parser: ParserState): readonly CommentLine[] {
  const lines = parser.head
  let blank = lines.length - 1
  while (blank > 0 && lines[blank]?.text !== "") blank--
  if (blank <= 0) return []
  parser.head = lines.slice(blank + 1)
  return lines.slice(0, blank)
}

function startExplicitDocument(parser: ParserState, first: Token): ParsedEvent {
  const { version, tagDirectives } = parseDirectives(parser)
  const token = peekToken(parser)
  if (token.type !== "document-start") {
    throw syntaxError("did not find expected <document start>", token.start)
  }
  parser.states.push("document-end")
  parser.state = "document-content"
  skipToken(parser)
  return {
    type: "document-start",
    start: first.start,
    end: token.end,
    version,
    tagDirectives,
    implicit: false,
    ...withoutComments(),
  }
}

export function parseDocumentContent(parser: ParserState): ParsedEvent {
  const token = peekToken(parser)
  if (startsExplicitDocument(token) || token.type === "document-end" || token.type === "stream-end") {
    popState(parser)
    return emptyScalar(token.start)
  }
  return parseNode(parser, true, false)
}

export function parseDocumentEnd(parser: ParserState): ParsedEvent {
  const token = peekToken(parser)
  const implicit = token.type !== "document-end"
  if (!implicit) skipToken(parser)
  parser.tagPrefixes.clear()
  parser.state = "document-start"
  const comments = takeComments(parser)
  if (comments.head.length > 0 && comments.foot.length === 0) {
    comments.foot = comments.head
    comments.head = []
  }
  return {
    type: "document-end",
    start: token.start,
    end: implicit ? token.start : token.end,
    implicit,
    ...comments,
  }
}

type Directives = Pick<DocumentStartEvent, "version" | "tagDirectives">

function parseDirectives(parser: ParserState): Directives {
  let version: Directives["version"] = null
  const tagDirectives: TagDirective[] = []
  let token = peekToken(parser)
  while (token.type === "version-directive" || token.type === "tag-directive") {
    if (token.type === "version-directive") {
      if (version !== null) throw syntaxError("found duplicate %YAML directive", token.start)
      const { major, minor } = token
      if (major !== 1 || minor !== 1) throw syntaxError("found incompatible YAML document", token.start)
      version = { major, minor }
    } else {
      const directive = { handle: token.handle, prefix: token.prefix }
      addTagDirective(parser, directive, token.start)
      tagDirectives.push(directive)
    }
    token = nextToken(parser)
  }
  addDefaultTagDirectives(parser)
  return { version, tagDirectives }
}

function addTagDirective(parser: ParserState, { handle, prefix }: TagDirective, mark: Mark): void {
  if (parser.tagPrefixes.has(handle)) throw syntaxError("found duplicate %TAG directive", mark)
  parser.tagPrefixes.set(handle, prefix)
}

function addDefaultTagDirectives(parser: ParserState): void {
  for (const { handle, prefix } of DEFAULT_TAG_DIRECTIVES) {
    if (!parser.tagPrefixes.has(handle)) parser.tagPrefixes.set(handle, prefix)
  }
}
