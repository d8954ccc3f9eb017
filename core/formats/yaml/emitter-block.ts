/**
 * Block collections: an item or entry on each line, with the comments around.
 *
 * ported from go.yaml.in/yaml/v3 (libyaml, MIT / Apache-2.0), see NOTICE:
 * `yaml_emitter_emit_block_*` of `emitterc.go`.
 */

import { processFootComment, processHeadComment, processLineComment } from "./emitter-comments.ts"
import { decreaseIndent, emitNode, increaseIndent, isSimpleKey, popState } from "./emitter-nodes.ts"
import { type Emitter, writeIndent, writeIndicator } from "./emitter-output.ts"
import type { YamlEvent } from "./event.ts"

export function emitBlockSequenceItem(emitter: Emitter, event: YamlEvent, first: boolean): void {
  if (first) increaseIndent(emitter, false)
  if (event.type === "sequence-end") {
    decreaseIndent(emitter)
    popState(emitter)
    return
  }
  processHeadComment(emitter)
  writeIndent(emitter)
  writeIndicator(emitter, "-", { spaced: true, indention: true })
  emitNode(emitter, event, "block-sequence-item")
  processLineComment(emitter)
  processFootComment(emitter)
}

export function emitBlockMappingKey(emitter: Emitter, event: YamlEvent, first: boolean): void {
  if (first) increaseIndent(emitter, false)
  processHeadComment(emitter)
  if (event.type === "mapping-end") {
    decreaseIndent(emitter)
    popState(emitter)
    return
  }
  writeIndent(emitter)
  if (emitter.lineComment !== "") {
    // A key has no line of its own: its comment waits for the value.
    emitter.keyLineComment = emitter.lineComment
    emitter.lineComment = ""
  }
  if (isSimpleKey(emitter, event)) {
    emitNode(emitter, event, "block-mapping-simple-value", true)
    return
  }
  writeIndicator(emitter, "?", { spaced: true, indention: true })
  emitNode(emitter, event, "block-mapping-value")
}

export function emitBlockMappingValue(emitter: Emitter, event: YamlEvent, simple: boolean): void {
  if (simple) {
    writeIndicator(emitter, ":")
  } else {
    writeIndent(emitter)
    writeIndicator(emitter, ":", { spaced: true, indention: true })
  }
  if (emitter.keyLineComment !== "") placeKeyLineComment(emitter, event)
  emitNode(emitter, event, "block-mapping-key")
  processLineComment(emitter)
  processFootComment(emitter)
}

function placeKeyLineComment(emitter: Emitter, event: YamlEvent): void {
  if (event.type === "scalar") {
    // There is room for one; as in yaml.v3, the key's then waits for a later scalar without.
    if (emitter.lineComment !== "") return
    emitter.lineComment = emitter.keyLineComment
    emitter.keyLineComment = ""
  } else if ((event.type === "mapping-start" || event.type === "sequence-start") && !event.flow) {
    const own = emitter.lineComment
    emitter.lineComment = emitter.keyLineComment
    processLineComment(emitter)
    emitter.lineComment = own
    emitter.keyLineComment = ""
  }
}
