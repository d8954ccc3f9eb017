/**
 * Starting a node: its anchor and tag, a scalar whole, a collection up to the
 * choice between flow and block.
 *
 * ported from go.yaml.in/yaml/v3 (libyaml, MIT / Apache-2.0), see NOTICE:
 * `yaml_emitter_analyze_event` and `yaml_emitter_emit_node` of `emitterc.go`.
 */

import { toUtf8 } from "../../bytes.ts"
import { analyzeScalar, selectStyle } from "./emitter-analysis.ts"
import { type Emitter, type EmitterState, endText, put, putSpace, writeIndicator } from "./emitter-output.ts"
import { writeScalar } from "./emitter-scalars.ts"
import type { YamlEvent } from "./event.ts"
import type { CommentLine } from "./node.ts"

/** Takes the next event's comments, anchor, tag and text into the emitter's memory. */
export function analyzeEvent(emitter: Emitter, event: YamlEvent): void {
  emitter.anchor = ""
  emitter.tagHandle = ""
  emitter.tagSuffix = ""
  emitter.value = ""

  emitter.headComment = joined(event.head) || emitter.headComment
  emitter.lineComment = joined(event.line) || emitter.lineComment
  emitter.footComment = joined(event.foot) || emitter.footComment
  emitter.tailComment = joined(event.tail) || emitter.tailComment

  switch (event.type) {
    case "alias":
      emitter.anchor = event.anchor
      break
    case "scalar":
      emitter.anchor = event.anchor
      if (!event.implicit && !event.quotedImplicit) analyzeTag(emitter, event.tag)
      emitter.value = event.value
      emitter.analysis = analyzeScalar(event.value)
      break
    case "sequence-start":
    case "mapping-start":
      emitter.anchor = event.anchor
      if (!event.implicit) analyzeTag(emitter, event.tag)
      break
  }
}

function joined(comment: readonly CommentLine[]): string {
  return comment.length === 0 ? "" : comment.map((line) => line.text).join("\n")
}

const TAG_DIRECTIVES = [
  { handle: "!", prefix: "!" },
  { handle: "!!", prefix: "tag:yaml.org,2002:" },
] as const

function analyzeTag(emitter: Emitter, tag: string): void {
  const directive = TAG_DIRECTIVES.find(({ prefix }) => tag.startsWith(prefix))
  emitter.tagHandle = directive?.handle ?? ""
  emitter.tagSuffix = tag.slice(directive?.prefix.length ?? 0)
}

/** Increases the indentation for what stands inside the current node. */
export function increaseIndent(emitter: Emitter, flow: boolean): void {
  const { bestIndent, indent } = emitter
  emitter.indents.push(indent)
  if (indent < 0) {
    emitter.indent = flow ? bestIndent : 0
  } else if (emitter.states.at(-1) === "block-sequence-item") {
    // Inside an item the indentation only steps over its "- ".
    emitter.indent = indent + 2
  } else {
    emitter.indent = bestIndent * Math.floor((indent + bestIndent) / bestIndent)
  }
}

export function decreaseIndent(emitter: Emitter): void {
  emitter.indent = popped(emitter.indents)
}

/** Returns to the state that waits for the end of the current node. */
export function popState(emitter: Emitter): void {
  emitter.state = popped(emitter.states)
}

function popped<T>(stack: T[]): T {
  const top = stack.pop()
  if (top === undefined) throw new Error("event closes a node that was not opened")
  return top
}

/** Writes a scalar or alias, or opens a collection; afterwards the emitter goes to `next`. */
export function emitNode(emitter: Emitter, event: YamlEvent, next: EmitterState, simpleKey = false): void {
  emitter.states.push(next)
  switch (event.type) {
    case "alias":
      writeAnchor(emitter, "*")
      popState(emitter)
      return
    case "scalar": {
      const place = { flow: emitter.flowLevel > 0, simpleKey }
      const style = selectStyle(event.value, event.style, emitter.analysis, place)
      writeAnchor(emitter, "&")
      writeTag(emitter)
      increaseIndent(emitter, true)
      writeScalar(emitter, style)
      decreaseIndent(emitter)
      popState(emitter)
      return
    }
    case "sequence-start":
    case "mapping-start": {
      writeAnchor(emitter, "&")
      writeTag(emitter)
      const flow = emitter.flowLevel > 0 || event.flow || isEmptyCollection(emitter)
      if (event.type === "sequence-start") {
        emitter.state = flow ? "flow-sequence-first-item" : "block-sequence-first-item"
      } else {
        emitter.state = flow ? "flow-mapping-first-key" : "block-mapping-first-key"
      }
      return
    }
    default:
      throw new Error(`event ${event.type} where a node is expected`)
  }
}

/** Whether the collection that starts now ends with the event after it. */
function isEmptyCollection(emitter: Emitter): boolean {
  const next = emitter.events[emitter.eventsHead + 1]?.type
  return next === "sequence-end" || next === "mapping-end"
}

const MAX_SIMPLE_KEY = 128

/** Whether the node that starts now can be a key without `? `. */
export function isSimpleKey(emitter: Emitter, event: YamlEvent): boolean {
  const { anchor, tagHandle, tagSuffix, value } = emitter
  switch (event.type) {
    case "alias":
      return isWithin(MAX_SIMPLE_KEY, anchor)
    case "scalar":
      return !emitter.analysis.multiline && isWithin(MAX_SIMPLE_KEY, anchor, tagHandle, tagSuffix, value)
    case "sequence-start":
    case "mapping-start":
      return isEmptyCollection(emitter) && isWithin(MAX_SIMPLE_KEY, anchor, tagHandle, tagSuffix)
    default:
      return false
  }
}

/** Whether the texts together are at most `limit` bytes of UTF-8. */
function isWithin(limit: number, ...texts: readonly string[]): boolean {
  let size = 0
  for (const text of texts) {
    if (text.length > limit) return false
    size += toUtf8(text).length
  }
  return size <= limit
}

function writeAnchor(emitter: Emitter, indicator: string): void {
  if (emitter.anchor === "") return
  writeIndicator(emitter, indicator, { spaced: true })
  put(emitter, emitter.anchor)
  endText(emitter)
}

function writeTag(emitter: Emitter): void {
  const { tagHandle, tagSuffix } = emitter
  if (tagHandle === "" && tagSuffix === "") return
  putSpace(emitter)
  put(emitter, tagHandle === "" ? `!<${escapeTag(tagSuffix)}>` : tagHandle + escapeTag(tagSuffix))
  endText(emitter)
}

const TAG_CHARACTERS = /^[-0-9A-Za-z;/?:@&=+$,_.~*'()[\]]*$/
const TAG_CHARACTER = /[-0-9A-Za-z;/?:@&=+$,_.~*'()[\]]/

function escapeTag(suffix: string): string {
  if (TAG_CHARACTERS.test(suffix)) return suffix
  return Array.from(suffix, (character) => {
    if (TAG_CHARACTER.test(character)) return character
    return Array.from(
      toUtf8(character),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    ).join("")
  }).join("")
}
