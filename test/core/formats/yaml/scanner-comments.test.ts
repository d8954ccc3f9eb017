/**
 * Comments as yaml.v3 3.0.4 scans them: head, line comment or foot, its text,
 * and the token that takes it.
 */

import { describe, expect, it } from "vitest"
import { listComments } from "./scanner-listing.ts"

const CASES = [
  {
    name: "a comment above a key is its head",
    source: "# a\n# b\nkey: v\n",
    comments: ['head "# a\\n# b" > 1:1 stream-start'],
  },
  {
    name: "an empty line after a head stays at its end",
    source: "# a\n\nkey: v\n",
    comments: ['head "# a\\n" > 1:1 stream-start'],
  },
  {
    name: "blocks of a head keep the empty line between them",
    source: "# a\n\n# b\nkey: v\n",
    comments: ['head "# a\\n\\n# b" > 1:1 stream-start'],
  },
  {
    name: "a comment behind a value belongs to the value's token",
    source: "a: b # c\nd: e\n",
    comments: ['line "# c" > 1:4 scalar'],
  },
  {
    name: "a comment behind a colon belongs to the key",
    source: "a: # b\n  c: d\n",
    comments: ['line "# b" > 1:1 stream-start'],
  },
  {
    name: "a comment directly below, then an empty line, is a foot",
    source: "a: b\n# c\n\nd: e\n",
    comments: ['foot "# c" > 1:4 scalar'],
  },
  {
    name: "a comment below an empty line is a head",
    source: "a: b\n\n# c\nd: e\n",
    comments: ['head "# c" > 4:1 key'],
  },
  {
    name: "a comment with less indentation is a foot of the inner block only at its column",
    source: "a:\n  b: c\n  # d\n\n  # e\n# f\ng: h\n",
    comments: ['foot "# d" > 2:6 scalar', 'foot "# e" > 7:1 key', 'head "# f" > 7:1 key'],
  },
  {
    name: "comments at the end are feet of the block they are in line with",
    source: "a:\n  b:\n    c: d\n    # e\n  # f\n# g\n",
    comments: ['foot "# e" > 3:8 scalar', 'foot "# f" > 4:4 block-end', 'foot "# g" > 5:2 block-end'],
  },
  {
    name: "a comment behind the dash that opens a sequence is the head of its item",
    source: "- # a\n  b: c\n- # d\n  e\n",
    comments: ['head "# a" > 2:3 block-mapping-start', 'head "# d" > 4:3 scalar'],
  },
  {
    name: "a comment behind the first dash moves to the nested sequence",
    source: "- # a\n  - b\n",
    comments: ['head "# a" > 2:3 block-sequence-start'],
  },
  {
    name: "a comment two lines above the nested item stays",
    source: "- # a\n\n  - b\n",
    comments: ['head "# a\\n" > 3:3 block-sequence-start'],
  },
  {
    name: "comments in a flow go to the entry before or after",
    source: "[\n  # a\n  b, # c\n  # d\n  e # f\n  # g\n]\n",
    comments: [
      'head "# a" > 3:3 scalar',
      'line "# c" > 3:3 scalar',
      'head "# d" > 5:3 scalar',
      'line "# f" > 5:3 scalar',
      'foot "# g" > 5:3 scalar',
    ],
  },
  {
    name: "a comment before the closing brace is a foot",
    source: "{\n  a: b,\n  # c\n\n  # d\n}\n",
    comments: ['foot "# c" > 2:6 scalar', 'foot "# d" > 6:1 flow-mapping-end'],
  },
  {
    name: "a comment behind a block scalar's header is a line comment",
    source: "a: | # b\n  c # d\n# e\nf: g\n",
    comments: ['line "# b" > 1:4 scalar', 'head "# e" > 4:1 key'],
  },
  {
    name: "hashes within text are no comments",
    source: "a: b#c\nd: '# e'\nf: \"# g\"\nh: |\n  # i\n",
    comments: [],
  },
  {
    name: "lines that end in CRLF leave empty lines between comment lines",
    source: "# a\r\n# b\r\nkey: v # c\r\n# d\r\n\r\ne: f\r\n",
    comments: [
      'head "# a\\n\\n# b\\n" > 1:1 stream-start',
      'line "# c" > 3:6 scalar',
      'foot "# d" > 3:6 scalar',
    ],
  },
  {
    name: "comments after the document's end belong to what follows",
    source: "a: b\n...\n# c\n---\n# d\ne: f\n",
    comments: ['head "# c" > 4:1 document-start', 'head "# d" > 6:1 block-mapping-start'],
  },
  {
    name: "an empty comment is a comment",
    source: "#\na: b #\n",
    comments: ['head "#" > 1:1 stream-start', 'line "#" > 2:4 scalar'],
  },
  {
    name: "a comment may end the stream without a break",
    source: "a: b\n# c",
    comments: ['foot "# c" > 1:4 scalar'],
  },
  {
    name: "comments of other columns are divided",
    source: "a:\n    # b\n  # c\n # d\n  e: f\n",
    comments: ['head "# b\\n# c\\n# d" > 5:3 block-mapping-start'],
  },
  {
    name: "a text of comments alone is a head at the stream's end",
    source: "# a\n\n# b\n",
    comments: ['head "# a\\n\\n# b" > 1:1 stream-start'],
  },
  {
    name: "a comment in another script keeps its text",
    source: "a: b # é 😀 #\n😀: c # d\n",
    comments: ['line "# é 😀 #" > 1:4 scalar', 'line "# d" > 2:4 scalar'],
  },
  {
    name: "NEL ends a comment",
    source: "# a\u0085# b\nc: d\n",
    comments: ['head "# a" > 1:1 stream-start', 'head "# b" > 3:1 block-mapping-start'],
  },
]

describe("comments between tokens", () => {
  it.each(CASES)("$name", ({ source, comments }) => {
    expect(listComments(source)).toEqual(comments)
  })
})
