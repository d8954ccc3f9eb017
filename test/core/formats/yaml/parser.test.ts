/** Events of each production; comments are tested where they land, on nodes. */

import { describe, expect, it } from "vitest"
import { Parser } from "#core/formats/yaml/parser.ts"
import { Scanner } from "#core/formats/yaml/scanner.ts"

/** The events between the stream's start and end; brackets tell collections apart, `=x` a scalar. */
function events(source: string): string {
  const parser = new Parser(new Scanner(source))
  const words: string[] = []
  for (;;) {
    const event = parser.next()
    switch (event.type) {
      case "stream-start":
        break
      case "stream-end":
        return words.join(" ")
      case "document-start":
        words.push(event.implicit ? "(doc" : "(--- doc")
        break
      case "document-end":
        words.push(event.implicit ? ")" : "...)")
        break
      case "sequence-start":
        words.push(event.flow ? "[" : "<-")
        break
      case "sequence-end":
        words.push("]")
        break
      case "mapping-start":
        words.push(event.flow ? "{" : "<:")
        break
      case "mapping-end":
        words.push("}")
        break
      case "alias":
        words.push(`*${event.anchor}`)
        break
      case "scalar":
        words.push(`${event.anchor === "" ? "" : `&${event.anchor}`}${event.tag}=${event.value}`)
    }
  }
}

describe("Parser", () => {
  it.each([
    ["an empty stream", "", ""],
    ["an implicit document", "a", "(doc =a )"],
    ["explicit documents", "---\na\n...\n---\n...\n", "(--- doc =a ...) (--- doc = ...)"],
    ["repeated document ends", "a\n...\n...\n---\nb\n", "(doc =a ...) (--- doc =b )"],
    ["a block mapping", "a: 1\nb:\n  c: 2\n", "(doc <: =a =1 =b <: =c =2 } } )"],
    ["omitted values", "a:\nb:\n", "(doc <: =a = =b = } )"],
    ["explicit keys", "? a\n: 1\n? b\n", "(doc <: =a =1 =b = } )"],
    ["an omitted explicit key", "?\n: 1\n", "(doc <: = =1 } )"],
    ["a block sequence", "- a\n- - b\n  - c\n", "(doc <- =a <- =b =c ] ] )"],
    ["omitted entries", "-\n- a\n-\n", "(doc <- = =a = ] )"],
    ["a sequence without indentation", "a:\n- 1\n-\nb: 2\n", "(doc <: =a <- =1 = ] =b =2 } )"],
    ["a flow sequence", "[a, [b], ]", "(doc [ =a [ =b ] ] )"],
    ["pairs in a flow sequence", "[a: 1, ? b : 2, c: ]", "(doc [ { =a =1 } { =b =2 } { =c = } ] )"],
    ["a flow mapping", "{a: 1, b, ? c, ? : d, e: , }", "(doc { =a =1 =b = =c = = =d =e = } )"],
    ["properties in both orders", "- &a !t x\n- !t &b y\n", "(doc <- &a!t=x &b!t=y ] )"],
    ["properties without content", "a: &x\nb: !!str\n", "(doc <: =a &x= =b tag:yaml.org,2002:str= } )"],
    ["aliases as key and value", "&a k: v\n*a : *a\n", "(doc <: &a=k =v *a *a } )"],
  ])("parses %s", (_name, source, expected) => {
    expect(events(source)).toBe(expected)
  })

  it("takes deep nesting without recursion", () => {
    expect(events("[".repeat(900) + "]".repeat(900))).toHaveLength("(doc  )".length + 4 * 900 - 1)
  })
})
