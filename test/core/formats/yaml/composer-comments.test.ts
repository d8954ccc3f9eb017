/** Where comments land: what yaml.v3 3.0.4 attaches to the nodes of each source. */

import { describe, expect, it } from "vitest"
import { outline } from "./composer-outline.ts"

const CASES = [
  {
    name: "lines above, beside and below an entry are its head, line and foot",
    source: "# head\na: 1 # line\n# foot\n\nb: 2\n",
    nodes: [
      "document",
      "  mapping",
      "    'a' head(# head) foot(# foot)",
      "    '1' line(# line)",
      "    'b'",
      "    '2'",
    ],
  },
  {
    name: "a comment behind a key that opens a map stays with the key",
    source: "a: # opens\n  # inner\n  b: 1\n  # end of inner\n# end of outer\n",
    nodes: [
      "document",
      "  mapping",
      "    'a' line(# opens) foot(# end of outer)",
      "    mapping",
      "      'b' head(# inner) foot(# end of inner)",
      "      '1'",
    ],
  },
  {
    name: "a blank line parts the foot of one entry from the head of the next",
    source: "a:\n  b: 1\n  # foot of b\n\n# head of c\nc: 2\n",
    nodes: [
      "document",
      "  mapping",
      "    'a'",
      "    mapping",
      "      'b' foot(# foot of b)",
      "      '1'",
      "    'c' head(# head of c)",
      "    '2'",
    ],
  },
  {
    name: "a comment above a list entry describes the collection in it, one behind its dash the first key",
    source: "# stem\n- # first\n  a: 1\n# next\n- b\n",
    nodes: [
      "document",
      "  sequence",
      "    mapping head(# stem)",
      "      'a' head(# first)",
      "      '1'",
      "    'b' head(# next)",
    ],
  },
  {
    name: "nested lists take the comments above their entries",
    source: "l:\n  # one\n  - # own\n    k: v\n  # two\n  - - x # deep\n    # foot\n",
    nodes: [
      "document",
      "  mapping",
      "    'l'",
      "    sequence",
      "      mapping head(# one)",
      "        'k' head(# own)",
      "        'v'",
      "      sequence head(# two)",
      "        'x' line(# deep) foot(# foot)",
    ],
  },
  {
    name: "a comment below an unindented list is the head of the next key",
    source: "l:\n- a\n# between\n- b # line\n# after\nm: 1\n",
    nodes: [
      "document",
      "  mapping",
      "    'l'",
      "    sequence",
      "      'a'",
      "      'b' head(# between) line(# line)",
      "    'm' head(# after)",
      "    '1'",
    ],
  },
  {
    name: "a flow map keeps comments behind commas and before its end, and loses the one behind its brace",
    source: "f: { # open\n  a: 1, # of a\n  # above b\n  b: 2 # of b\n  # last\n} # closed\n",
    nodes: [
      "document",
      "  mapping",
      "    'f'",
      "    mapping line(# closed)",
      "      'a'",
      "      '1' line(# of a)",
      "      'b' head(# above b) foot(# last)",
      "      '2' line(# of b)",
    ],
  },
  {
    name: "lines above a blank line at the top belong to the document",
    source: "# document\n\n# key\na: 1\n\n# end\n",
    nodes: ["document head(# document) foot(# end)", "  mapping", "    'a' head(# key)", "    '1'"],
  },
  {
    name: "comments before a document's end are its foot, those behind its start the next head",
    source: "a: 1\n# foot\n---\n# head\nb: 2\n...\n# trail\n",
    nodes: [
      "document foot(# foot)",
      "  mapping",
      "    'a'",
      "    '1'",
      "document foot(# trail)",
      "  mapping",
      "    'b' head(# head)",
      "    '2'",
    ],
  },
  {
    name: "a comment behind a block scalar's indicator is its line comment",
    source: "a: |  # block\n  text\n# foot\nb: > # fold\n  t\n",
    nodes: [
      "document",
      "  mapping",
      "    'a'",
      "    'text\n' line(# block)",
      "    'b' head(# foot)",
      "    't\n' line(# fold)",
    ],
  },
  {
    name: "all comments of an explicit key gather at the key",
    source: "? # key\n  a # a\n: # value\n  b # b\n",
    nodes: ["document", "  mapping", "    'a' line(# key|# a|# value)", "    'b' line(# b)"],
  },
  {
    name: "a comment behind an anchor goes to the first key in the map, one behind an alias to the alias",
    source: "a: &x # anchored\n  b: 1\nc: *x # alias\n# foot\n",
    nodes: [
      "document",
      "  mapping",
      "    'a'",
      "    mapping &x",
      "      'b' line(# anchored)",
      "      '1'",
      "    'c' foot(# foot)",
      "    *x line(# alias)",
    ],
  },
  {
    name: "comments that step back in indentation close one level each",
    source: "a:\n    b: 1\n\n      # too deep\n  # between\n# outside\n",
    nodes: [
      "document foot(# outside)",
      "  mapping",
      "    'a' foot(# between)",
      "    mapping",
      "      'b' foot(# too deep)",
      "      '1'",
    ],
  },
]

describe("comments of composed nodes", () => {
  it.each(CASES)("$name", ({ source, nodes }) => {
    expect(outline(source)).toEqual(nodes)
  })
})
