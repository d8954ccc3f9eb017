/**
 * Tokens of tags, anchors and directives: what yaml.v3 3.0.4 scans of each
 * source. A token's line is its place, type, value and, behind `<-`, the text
 * that it covers; comments stand before the token that takes them.
 */

import { describe, expect, it } from "vitest"
import { listTokens } from "./scanner-listing.ts"

const CASES = [
  {
    name: "directives take a line each and lose their comments",
    source: "%YAML 1.1 # c\n%TAG !e! tag:x.org,2000:\n---\n!e!a b\n",
    tokens: [
      "1:1 stream-start",
      "1:1 version-directive 1.1",
      '2:1 tag-directive "!e!" "tag:x.org,2000:" <- "%TAG !e! tag:x.org,2000:"',
      "3:1 document-start",
      '4:1 tag "!e!" "a" <- "!e!a"',
      '4:6 scalar plain "b" <- "b"',
      "5:1 stream-end",
    ],
  },
  {
    name: "anchors, aliases and tags come before their node",
    source: "&a !!str b: *a\nc: !d &e {}\n",
    tokens: [
      "1:1 stream-start",
      "1:1 block-mapping-start",
      "1:1 key",
      '1:1 anchor a <- "&a"',
      '1:4 tag "!!" "str" <- "!!str"',
      '1:10 scalar plain "b" <- "b"',
      "1:11 value",
      '1:13 alias a <- "*a"',
      "2:1 key",
      '2:1 scalar plain "c" <- "c"',
      "2:2 value",
      '2:4 tag "!" "d" <- "!d"',
      '2:7 anchor e <- "&e"',
      "2:10 flow-mapping-start",
      "2:11 flow-mapping-end",
      "3:1 block-end",
      "3:1 stream-end",
    ],
  },
  {
    name: "tags are split into handle and suffix",
    source: "- !\n- !a\n- !a!b\n- !<tag:c,1:d>\n- !%41%c3%a9%F0%9F%98%80\n- !!int 1\n",
    tokens: [
      "1:1 stream-start",
      "1:1 block-sequence-start",
      "1:1 block-entry",
      '1:3 tag "" "!" <- "!"',
      "2:1 block-entry",
      '2:3 tag "!" "a" <- "!a"',
      "3:1 block-entry",
      '3:3 tag "!a!" "b" <- "!a!b"',
      "4:1 block-entry",
      '4:3 tag "" "tag:c,1:d" <- "!<tag:c,1:d>"',
      "5:1 block-entry",
      '5:3 tag "!" "Aé😀" <- "!%41%c3%a9%F0%9F%98%80"',
      "6:1 block-entry",
      '6:3 tag "!!" "int" <- "!!int"',
      '6:9 scalar plain "1" <- "1"',
      "7:1 block-end",
      "7:1 stream-end",
    ],
  },
]

describe("property tokens", () => {
  it.each(CASES)("$name", ({ source, tokens }) => {
    expect(listTokens(source)).toEqual(tokens)
  })
})
