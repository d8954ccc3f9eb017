/**
 * Flow collections: items and entries between brackets, on one line unless
 * comments break it.
 *
 * ported from go.yaml.in/yaml/v3 (libyaml, MIT / Apache-2.0), see NOTICE:
 * `yaml_emitter_emit_flow_*` of `emitterc.go`. `trail` says that the comma is
 * already written, before a comment. One difference: a collection that a
 * comment has pushed to a line of its own is indented there. yaml.v3 leaves it
 * in the first column, where it does not read back.
 */

import {
  hasTrailingComment,
  processFootComment,
  processHeadComment,
  processLineComment,
} from "./emitter-comments.ts"
import { decreaseIndent, emitNode, increaseIndent, isSimpleKey, popState } from "./emitter-nodes.ts"
import { type Emitter, type EmitterState, put, writeIndent, writeIndicator } from "./emitter-output.ts"
import type { YamlEvent } from "./event.ts"

export function emitFlowSequenceItem(
  emitter: Emitter,
  event: YamlEvent,
  first: boolean,
  trail: boolean,
): void {
  if (first) open(emitter, "[")
  if (event.type === "sequence-end") {
    emitter.flowLevel--
    decreaseIndent(emitter)
    if (emitter.column === 0) writeIndent(emitter)
    close(emitter, "]")
    return
  }
  if (!first && !trail) writeIndicator(emitter, ",")
  processHeadComment(emitter)
  if (emitter.column === 0) writeIndent(emitter)
  emitNode(emitter, event, hasTrailingComment(emitter) ? "flow-sequence-trail-item" : "flow-sequence-item")
  endItem(emitter)
}

export function emitFlowMappingKey(emitter: Emitter, event: YamlEvent, first: boolean, trail: boolean): void {
  if (first) open(emitter, "{")
  if (event.type === "mapping-end") {
    const hasComment = emitter.headComment !== "" || emitter.footComment !== "" || emitter.tailComment !== ""
    if (hasComment && !first && !trail) writeIndicator(emitter, ",")
    processHeadComment(emitter)
    emitter.flowLevel--
    decreaseIndent(emitter)
    close(emitter, "}")
    return
  }
  if (!first && !trail) writeIndicator(emitter, ",")
  processHeadComment(emitter)
  if (emitter.column === 0) writeIndent(emitter)
  if (isSimpleKey(emitter, event)) {
    emitNode(emitter, event, "flow-mapping-simple-value", true)
    return
  }
  writeIndicator(emitter, "?", { spaced: true })
  emitNode(emitter, event, "flow-mapping-value")
}

export function emitFlowMappingValue(emitter: Emitter, event: YamlEvent, simple: boolean): void {
  writeIndicator(emitter, ":", { spaced: !simple })
  emitNode(emitter, event, hasTrailingComment(emitter) ? "flow-mapping-trail-key" : "flow-mapping-key")
  endItem(emitter)
}

/** What follows an empty collection that is a key: it begins its line by right. */
const AFTER_KEY: EmitterState = "block-mapping-simple-value"

function open(emitter: Emitter, bracket: string): void {
  const isPushed = emitter.column === 0 && emitter.indent >= 0 && emitter.states.at(-1) !== AFTER_KEY
  increaseIndent(emitter, true)
  if (isPushed) put(emitter, " ".repeat(emitter.indent))
  writeIndicator(emitter, bracket, { spaced: true, whitespace: true })
  emitter.flowLevel++
}

function close(emitter: Emitter, bracket: string): void {
  writeIndicator(emitter, bracket)
  processLineComment(emitter)
  processFootComment(emitter)
  popState(emitter)
}

function endItem(emitter: Emitter): void {
  if (hasTrailingComment(emitter)) writeIndicator(emitter, ",")
  processLineComment(emitter)
  processFootComment(emitter)
}
