/**
 * Nodes and comments made by hand or by the composer, in the shape of
 * `node.ts`: without source (offsets -1, line and column 0), untagged, without
 * anchor, in block style. Each call gives a fresh node with its own comments.
 */

import type {
  CommentLine,
  Comments,
  DocumentNode,
  MappingNode,
  ScalarNode,
  ScalarStyle,
  SequenceNode,
  YamlNode,
} from "./node.ts"

const NO_LINES: readonly CommentLine[] = []

/** No comments at all; the three lists are replaced, never pushed to. */
export function newComments(): Comments {
  return { head: NO_LINES, line: NO_LINES, foot: NO_LINES }
}

/** The lines of a comment's text, split at line feeds; none for the empty text. */
export function commentLines(text: string): CommentLine[] {
  if (text === "") return []
  return text.split("\n").map((line) => ({ text: line, start: -1 }))
}

/** A scalar with the given resolved tag (`!!str`), printed in `style` where YAML allows it. */
export function scalarNode(value: string, tag: string, style: ScalarStyle): ScalarNode {
  return { kind: "scalar", value, style, ...unplaced(), tag }
}

/** A block mapping; keys and values are pushed alternately to its `content`. */
export function mappingNode(content: YamlNode[] = []): MappingNode {
  return { kind: "mapping", flow: false, content, ...unplaced() }
}

/** A block sequence; items are pushed to its `content`. */
export function sequenceNode(content: YamlNode[] = []): SequenceNode {
  return { kind: "sequence", flow: false, content, ...unplaced() }
}

/** A document with its root as the only content. */
export function documentNode(content: YamlNode[]): DocumentNode {
  return { kind: "document", content, ...unplaced() }
}

function unplaced() {
  return {
    comments: newComments(),
    tag: "",
    tagged: false,
    anchor: "",
    start: -1,
    end: -1,
    line: 0,
    column: 0,
  }
}
