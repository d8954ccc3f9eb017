/**
 * The YAML parser: tokens to events, one at a time, with the comments of each
 * event as yaml.v3 attaches them.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `parserc.go`. A
 * state machine with its own stack, so nesting costs no recursion here.
 */

import { assertNever } from "../../errors.ts"
import {
  parseBlockMappingKey,
  parseBlockMappingValue,
  parseBlockSequenceEntry,
  parseIndentlessSequenceEntry,
} from "./parser-block.ts"
import {
  parseDocumentContent,
  parseDocumentEnd,
  parseDocumentStart,
  parseStreamStart,
} from "./parser-document.ts"
import {
  parseFlowMappingKey,
  parseFlowMappingValue,
  parseFlowSequenceEntry,
  parseFlowSequencePairEnd,
  parseFlowSequencePairKey,
  parseFlowSequencePairValue,
} from "./parser-flow.ts"
import { parseNode } from "./parser-node.ts"
import { createParserState, type ParsedEvent, type ParserState } from "./parser-state.ts"
import type { TokenSource } from "./token.ts"

export class Parser {
  readonly #parser: ParserState

  constructor(tokens: TokenSource) {
    this.#parser = createParserState(tokens)
  }

  /**
   * The next event; must not be called again after `stream-end`.
   *
   * @throws {@link ConclaveError} `syntax`, `too-deep`
   */
  next(): ParsedEvent {
    const parser = this.#parser
    switch (parser.state) {
      case "stream-start":
        return parseStreamStart(parser)
      case "implicit-document-start":
        return parseDocumentStart(parser, true)
      case "document-start":
        return parseDocumentStart(parser, false)
      case "document-content":
        return parseDocumentContent(parser)
      case "document-end":
        return parseDocumentEnd(parser)
      case "block-node":
        return parseNode(parser, true, false)
      case "block-sequence-first-entry":
        return parseBlockSequenceEntry(parser, true)
      case "block-sequence-entry":
        return parseBlockSequenceEntry(parser, false)
      case "indentless-sequence-entry":
        return parseIndentlessSequenceEntry(parser)
      case "block-mapping-first-key":
        return parseBlockMappingKey(parser, true)
      case "block-mapping-key":
        return parseBlockMappingKey(parser, false)
      case "block-mapping-value":
        return parseBlockMappingValue(parser)
      case "flow-sequence-first-entry":
        return parseFlowSequenceEntry(parser, true)
      case "flow-sequence-entry":
        return parseFlowSequenceEntry(parser, false)
      case "flow-sequence-entry-mapping-key":
        return parseFlowSequencePairKey(parser)
      case "flow-sequence-entry-mapping-value":
        return parseFlowSequencePairValue(parser)
      case "flow-sequence-entry-mapping-end":
        return parseFlowSequencePairEnd(parser)
      case "flow-mapping-first-key":
        return parseFlowMappingKey(parser, true)
      case "flow-mapping-key":
        return parseFlowMappingKey(parser, false)
      case "flow-mapping-value":
        return parseFlowMappingValue(parser, false)
      case "flow-mapping-empty-value":
        return parseFlowMappingValue(parser, true)
      case "end":
        throw new Error("no events after the end of the stream")
      default:
        return assertNever(parser.state)
    }
  }
}
