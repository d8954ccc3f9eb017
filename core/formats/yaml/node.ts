/**
 * The document tree of YAML as go.yaml.in/yaml/v3 builds it (`yaml.Node`),
 * with comments attached by its rules and with source offsets beside.
 *
 * SOPS' AAD of a comment and its canonical output both follow this attachment,
 * so nothing here is simplified. Offsets are UTF-16 units of the decoded
 * source; nodes that were not parsed have -1.
 */

/** One line of a comment, with its `#`; an empty text is a blank line inside a block. */
export type CommentLine = { readonly text: string; readonly start: number }

export type ScalarStyle = "plain" | "double" | "single" | "literal" | "folded"

export type Comments = {
  head: readonly CommentLine[]
  line: readonly CommentLine[]
  foot: readonly CommentLine[]
}

type Common = {
  readonly comments: Comments
  /** As written or resolved (`!!str`, `!custom`); "" when not yet resolved. */
  tag: string
  /** Whether the tag was written in the source (yaml.v3 `TaggedStyle`). */
  tagged: boolean
  anchor: string
  readonly start: number
  readonly end: number
  /** From 1. */
  readonly line: number
  readonly column: number
}

export type ScalarNode = Common & { readonly kind: "scalar"; value: string; style: ScalarStyle }
export type SequenceNode = Common & { readonly kind: "sequence"; flow: boolean; readonly content: YamlNode[] }
/** Keys and values alternate in `content`. */
export type MappingNode = Common & { readonly kind: "mapping"; flow: boolean; readonly content: YamlNode[] }
export type AliasNode = Common & { readonly kind: "alias"; readonly value: string; readonly target: YamlNode }
export type DocumentNode = Common & { readonly kind: "document"; readonly content: YamlNode[] }

export type YamlNode = ScalarNode | SequenceNode | MappingNode | AliasNode | DocumentNode
