/**
 * Events to text, byte for byte as go.yaml.in/yaml/v3 prints them.
 *
 * ported from go.yaml.in/yaml/v3 (libyaml, MIT / Apache-2.0), see NOTICE: the
 * queue and the state machine of `emitterc.go`. The other rooms are output,
 * comments, analysis, scalars, nodes, flow and block. Tags and anchors are
 * written as given: they come from a parser that has checked them.
 */

import { analyzeScalar } from "./emitter-analysis.ts"
import { emitBlockMappingKey, emitBlockMappingValue, emitBlockSequenceItem } from "./emitter-block.ts"
import { processFootComment, processHeadComment, processLineComment } from "./emitter-comments.ts"
import { emitFlowMappingKey, emitFlowMappingValue, emitFlowSequenceItem } from "./emitter-flow.ts"
import { analyzeEvent, emitNode } from "./emitter-nodes.ts"
import { type Emitter, putBreak, writeIndent, writeIndicator } from "./emitter-output.ts"
import type { YamlEvent } from "./event.ts"

const MIN_INDENT = 2
const MAX_INDENT = 9

/** An emitter at the start of its stream. An `indent` outside 2 to 9 becomes 2, as in libyaml. */
export function createEmitter(indent: number): Emitter {
  return {
    out: "",
    bestIndent: indent < MIN_INDENT || indent > MAX_INDENT ? MIN_INDENT : indent,
    state: "stream-start",
    states: [],
    indent: -1,
    indents: [],
    flowLevel: 0,
    events: [],
    eventsHead: 0,
    column: 0,
    whitespace: true,
    indention: true,
    footIndent: -1,
    headComment: "",
    lineComment: "",
    footComment: "",
    tailComment: "",
    keyLineComment: "",
    anchor: "",
    tagHandle: "",
    tagSuffix: "",
    value: "",
    analysis: analyzeScalar(""),
  }
}

/** Takes one event. What is written of it, and of those before it, stands in `emitter.out`. */
export function emit(emitter: Emitter, event: YamlEvent): void {
  const { events } = emitter
  events.push(event)
  while (!needsMoreEvents(emitter)) {
    const next = events[emitter.eventsHead]
    if (next === undefined) return
    analyzeEvent(emitter, next)
    advance(emitter, next)
    emitter.eventsHead++
    if (emitter.eventsHead === events.length) {
      events.length = 0
      emitter.eventsHead = 0
    }
  }
}

function needsMoreEvents({ events, eventsHead }: Emitter): boolean {
  const head = events[eventsHead]
  if (head === undefined) return true
  const awaited = AWAITED[head.type] ?? 0
  if (events.length - eventsHead > awaited) return false
  let level = 0
  for (let i = eventsHead; i < events.length; i++) {
    const type = events[i]?.type ?? ""
    if (type.endsWith("-start")) level++
    else if (type.endsWith("-end")) level--
    if (level === 0) return false
  }
  return true
}

/** How many events must follow before this one can be written. */
const AWAITED: { readonly [type in YamlEvent["type"]]?: number } = {
  "document-start": 1,
  "sequence-start": 2,
  "mapping-start": 3,
}

function advance(emitter: Emitter, event: YamlEvent): void {
  switch (emitter.state) {
    case "stream-start":
      expect(event, "stream-start")
      emitter.state = "first-document-start"
      break
    case "first-document-start":
      emitDocumentStart(emitter, event, true)
      break
    case "document-start":
      emitDocumentStart(emitter, event, false)
      break
    case "document-content":
      emitDocumentContent(emitter, event)
      break
    case "document-end":
      emitDocumentEnd(emitter, event)
      break
    case "flow-sequence-first-item":
      emitFlowSequenceItem(emitter, event, true, false)
      break
    case "flow-sequence-trail-item":
      emitFlowSequenceItem(emitter, event, false, true)
      break
    case "flow-sequence-item":
      emitFlowSequenceItem(emitter, event, false, false)
      break
    case "flow-mapping-first-key":
      emitFlowMappingKey(emitter, event, true, false)
      break
    case "flow-mapping-trail-key":
      emitFlowMappingKey(emitter, event, false, true)
      break
    case "flow-mapping-key":
      emitFlowMappingKey(emitter, event, false, false)
      break
    case "flow-mapping-simple-value":
      emitFlowMappingValue(emitter, event, true)
      break
    case "flow-mapping-value":
      emitFlowMappingValue(emitter, event, false)
      break
    case "block-sequence-first-item":
      emitBlockSequenceItem(emitter, event, true)
      break
    case "block-sequence-item":
      emitBlockSequenceItem(emitter, event, false)
      break
    case "block-mapping-first-key":
      emitBlockMappingKey(emitter, event, true)
      break
    case "block-mapping-key":
      emitBlockMappingKey(emitter, event, false)
      break
    case "block-mapping-simple-value":
      emitBlockMappingValue(emitter, event, true)
      break
    case "block-mapping-value":
      emitBlockMappingValue(emitter, event, false)
      break
    case "end":
      throw new Error(`event ${event.type} behind the end of the stream`)
  }
}

function expect(event: YamlEvent, type: YamlEvent["type"]): void {
  if (event.type !== type) throw new Error(`event ${event.type} where ${type} is expected`)
}

function emitDocumentStart(emitter: Emitter, event: YamlEvent, first: boolean): void {
  if (event.type === "stream-end") {
    emitter.state = "end"
    return
  }
  expect(event, "document-start")
  if (!first) {
    writeIndent(emitter)
    writeIndicator(emitter, "---", { spaced: true })
    writeIndent(emitter)
  }
  if (emitter.headComment !== "") {
    processHeadComment(emitter)
    putBreak(emitter)
  }
  emitter.state = "document-content"
}

function emitDocumentContent(emitter: Emitter, event: YamlEvent): void {
  processHeadComment(emitter)
  emitNode(emitter, event, "document-end")
  processLineComment(emitter)
  processFootComment(emitter)
}

function emitDocumentEnd(emitter: Emitter, event: YamlEvent): void {
  expect(event, "document-end")
  // An empty line keeps the document's foot comment from its last entry.
  emitter.footIndent = 0
  processFootComment(emitter)
  emitter.footIndent = -1
  writeIndent(emitter)
  emitter.state = "document-start"
}
