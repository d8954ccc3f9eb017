/**
 * The events between parser and composer, and between serializer and emitter:
 * libyaml's, with the comments that go.yaml.in/yaml/v3 added (`yamlh.go`).
 */

import type { CommentLine, ScalarStyle } from "./node.ts"

/** A position in the decoded source: offset in UTF-16 units; line and column from 0. */
export type Mark = { readonly offset: number; readonly line: number; readonly column: number }

export type EventComments = {
  head: readonly CommentLine[]
  line: readonly CommentLine[]
  foot: readonly CommentLine[]
  /** Comments behind the last item of a block collection, before its end event. */
  tail: readonly CommentLine[]
}

export type TagDirective = { readonly handle: string; readonly prefix: string }

type Common = EventComments & { readonly start: Mark; readonly end: Mark }

type CollectionStart = Common & {
  anchor: string
  tag: string
  implicit: boolean
  flow: boolean
}

export type StreamStartEvent = Common & { readonly type: "stream-start" }
export type StreamEndEvent = Common & { readonly type: "stream-end" }
export type DocumentStartEvent = Common & {
  readonly type: "document-start"
  readonly version: { readonly major: number; readonly minor: number } | null
  readonly tagDirectives: readonly TagDirective[]
  implicit: boolean
}
export type DocumentEndEvent = Common & { readonly type: "document-end"; implicit: boolean }
export type AliasEvent = Common & { readonly type: "alias"; anchor: string }
export type ScalarEvent = Common & {
  readonly type: "scalar"
  anchor: string
  tag: string
  value: string
  implicit: boolean
  quotedImplicit: boolean
  style: ScalarStyle
}
export type SequenceStartEvent = CollectionStart & { readonly type: "sequence-start" }
export type SequenceEndEvent = Common & { readonly type: "sequence-end" }
export type MappingStartEvent = CollectionStart & { readonly type: "mapping-start" }
export type MappingEndEvent = Common & { readonly type: "mapping-end" }
/** yaml.v3's own: a comment in a block mapping's tail that belongs to no node. */
export type TailCommentEvent = Common & { readonly type: "tail-comment" }

export type YamlEvent =
  | StreamStartEvent
  | StreamEndEvent
  | DocumentStartEvent
  | DocumentEndEvent
  | AliasEvent
  | ScalarEvent
  | SequenceStartEvent
  | SequenceEndEvent
  | MappingStartEvent
  | MappingEndEvent
  | TailCommentEvent
