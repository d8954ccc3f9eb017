/**
 * Whole documents, against what go.yaml.in/yaml/v3 3.0.4's Encoder prints for
 * the same nodes; where it prints what it cannot read back, our own text.
 */

import { describe, expect, test } from "vitest"
import { hasCode } from "../../../../core/errors.ts"
import {
  commentLines,
  documentNode,
  mappingNode,
  scalarNode,
  sequenceNode,
} from "../../../../core/formats/yaml/build.ts"
import { encodeScalar } from "../../../../core/formats/yaml/encode.ts"
import type { MappingNode, ScalarStyle, SequenceNode, YamlNode } from "../../../../core/formats/yaml/node.ts"
import { printDocuments } from "../../../../core/formats/yaml/printer.ts"
import { str } from "../../../../core/sops/scalar.ts"

type Plain = string | readonly Plain[] | { readonly [key: string]: Plain }

function node(value: Plain): YamlNode {
  if (typeof value === "string") return encodeScalar(str(value))
  if (Array.isArray(value)) return sequenceNode(value.map(node))
  return map(value as { readonly [key: string]: Plain })
}

function map(entries: { readonly [key: string]: Plain }): MappingNode {
  return mappingNode(Object.entries(entries).flatMap(([key, value]) => [encodeScalar(str(key)), node(value)]))
}

function commented<N extends YamlNode>(
  target: N,
  comments: { head?: string; line?: string; foot?: string },
): N {
  target.comments.head = commentLines(comments.head ?? "")
  target.comments.line = commentLines(comments.line ?? "")
  target.comments.foot = commentLines(comments.foot ?? "")
  return target
}

function print(root: YamlNode, indent = 4): string {
  return printDocuments([documentNode([root])], { indent })
}

function lines(...text: readonly string[]): string {
  return `${text.join("\n")}\n`
}

describe("indentation", () => {
  const nested = map({ a: { b: "c" }, l: ["x", ["z", { k: "v", m: { n: "o" } }]] })

  test("of four puts lists below their key and items in items behind the dash", () => {
    expect(print(nested)).toBe(
      lines(
        "a:",
        "    b: c",
        "l:",
        "    - x",
        "    - - z",
        "      - k: v",
        "        m:",
        '            "n": o',
      ),
    )
  })

  test("of three goes to the next multiple of three", () => {
    expect(print(nested, 3)).toBe(
      lines("a:", "   b: c", "l:", "   - x", "   - - z", "     - k: v", "       m:", '         "n": o'),
    )
  })

  test.each([0, 1, 10, 100])("of %i is two", (indent) => {
    expect(print(nested, indent)).toBe(print(nested, 2))
  })
})

describe("documents", () => {
  test("are separated, and the first has no marker", () => {
    const documents = [map({ a: "1" }), map({}), map({ b: "x\n\n" })].map((root) => documentNode([root]))
    expect(printDocuments(documents, { indent: 4 })).toBe(
      lines('a: "1"', "---", "{}", "---", "b: |+", "    x", ""),
    )
  })

  test("none at all is the empty text", () => {
    expect(printDocuments([], { indent: 4 })).toBe("")
  })

  test("nested deeper than the limit are refused", () => {
    let root: YamlNode = node("x")
    for (let depth = 0; depth < 1000; depth++) root = sequenceNode([root])
    let error: unknown
    try {
      print(root)
    } catch (thrown) {
      error = thrown
    }
    expect(hasCode(error, "too-deep")).toBe(true)
  })
})

describe("comments", () => {
  test("stand before a key, on a value's line, and behind a last entry", () => {
    const root = map({ a: "one", b: { c: "two" }, d: "three" })
    const [a, one, b, inner] = root.content as [YamlNode, YamlNode, YamlNode, MappingNode]
    commented(root, { head: "# first" })
    commented(a, { head: "# before a\n# still" })
    commented(one, { line: "# inline" })
    commented(b, { head: "# before b" })
    commented(inner, { head: "# inside" })
    commented(inner.content[0] as YamlNode, { foot: "# end of b" })
    commented(root.content[4] as YamlNode, { foot: "# end" })
    expect(print(root)).toBe(
      lines(
        "# first",
        "# before a",
        "# still",
        "a: one # inline",
        "# before b",
        "b:",
        "    # inside",
        "    c: two",
        "    # end of b",
        "d: three",
        "# end",
      ),
    )
  })

  test("in a list stand before an item, on its line, and behind the last", () => {
    const list = node(["x", { k: "v" }, "z"])
    if (list.kind !== "sequence") throw new Error("not a list")
    const [x, entry, z] = list.content as [YamlNode, MappingNode, YamlNode]
    commented(list, { head: "# list" })
    commented(x, { line: "# inline" })
    commented(entry, { head: "# before entry" })
    commented(z, { head: "# before z", foot: "# end" })
    expect(print(mappingNode([node("l"), list]))).toBe(
      lines(
        "l:",
        "    # list",
        "    - x # inline",
        "    # before entry",
        "    - k: v",
        "    # before z",
        "    - z",
        "    # end",
      ),
    )
  })

  test("of a key that opens a block stand on the key's line", () => {
    const root = map({ a: { b: "c" } })
    commented(root.content[0] as YamlNode, { line: "# key" })
    expect(print(root)).toBe(lines("a: # key", "    b: c"))
  })

  test("of a block scalar stand behind its indicator", () => {
    const root = map({ a: "one\ntwo\n" })
    commented(root.content[1] as YamlNode, { line: "# inline" })
    expect(print(root)).toBe(lines("a: | # inline", "    one", "    two"))
  })

  test("without a number sign get one, and empty lines are kept", () => {
    const root = map({ a: "b" })
    commented(root.content[0] as YamlNode, { head: "bare\n\n# sign" })
    expect(print(root)).toBe(lines("# bare", "", "# sign", "a: b"))
  })

  test("of an empty map stand inside it, of an empty list behind it", () => {
    const root = map({ m: {}, l: [] })
    commented(root.content[1] as YamlNode, { head: "# in m" })
    commented(root.content[3] as YamlNode, { head: "# in l" })
    expect(print(root)).toBe(lines("m: {", "    # in m", "}", "l: []", "# in l"))
  })

  test("of a document stand apart from its entries", () => {
    const document = commented(documentNode([map({ a: "b" })]), { head: "# head", foot: "# foot" })
    expect(printDocuments([document, document], { indent: 4 })).toBe(
      lines("# head", "", "a: b", "", "# foot", "---", "# head", "", "a: b", "", "# foot"),
    )
  })
})

describe("keys", () => {
  test.each([
    ["a".repeat(128), "a".repeat(128)],
    ["é".repeat(64), "é".repeat(64)],
    ["", '""'],
    ["- a", "'- a'"],
    ["<<", "!!merge <<"],
    ["on", '"on"'],
  ])("%j is simple", (key, printed) => {
    expect(print(map({ [key]: "v" }))).toBe(lines(`${printed}: v`))
  })

  test.each([
    ["a".repeat(129), ["a".repeat(129)]],
    ["é".repeat(65), ["é".repeat(65)]],
    ["a\nb", ["|-", "    a", "    b"]],
  ])("%j, long or of several lines, is written out", (key, printed) => {
    expect(print(map({ [key]: "v" }))).toBe(lines(...`? ${printed.join("\n")}`.split("\n"), ": v"))
  })

  test("that are collections are written out, unless they are empty", () => {
    const root = mappingNode([node(["x"]), node("v"), node([]), node({ k: "v" })])
    expect(print(root)).toBe(lines("?   - x", ": v", "[]:", "    k: v"))
  })
})

describe("scalars", () => {
  const styles: readonly [string, ScalarStyle, readonly string[]][] = [
    ["it's", "single", ["'it''s'"]],
    ["a\nb\n\nc", "single", ["'a", "", "    b", "", "", "    c'"]],
    ["a\tb", "single", ['"a\\tb"']],
    [
      '\u0000\u0007\u001b\u0085\u2028\ufeff\u{1f511}"\\',
      "double",
      ['"\\0\\a\\e\\N\\L\\uFEFF\\U0001F511\\"\\\\"'],
    ],
    ["\ufeffa\u00a0", "double", ['"\\uFEFF\\x61\\_"']],
    ["a\n\nb\n", "literal", ["|", "    a", "", "    b"]],
    ["a\n\n", "literal", ["|+", "    a", ""]],
    ["  a\nb", "literal", ["|4-", "      a", "    b"]],
    ["a \nb", "literal", ['"a \\nb"']],
    ["a\nb\n\nc\n  d\n", "folded", [">", "    a", "", "    b", "", "", "    c", "", "      d"]],
    ["a\nb", "plain", ["|-", "    a", "    b"]],
  ]

  test.each(styles)("%j asked for as %s", (text, style, printed) => {
    expect(print(mappingNode([node("k"), scalarNode(text, "", style)]))).toBe(
      lines(`k: ${printed.join("\n")}`),
    )
  })

  test("are never folded for width", () => {
    const text = "word ".repeat(500).trim()
    expect(print(map({ k: text }))).toBe(lines(`k: ${text}`))
  })
})

describe("tags, anchors and flow collections", () => {
  test("are written as the nodes have them", () => {
    const anchored = { ...map({ a: "1" }), anchor: "base", tag: "!custom", tagged: true }
    const flow = { ...node(["x", { y: "2" }, "z, w"]), flow: true } as YamlNode
    const alias = { ...scalarNode("base", "", "plain"), kind: "alias", target: anchored } as const
    const root = mappingNode([node("m"), anchored, node("f"), flow, node("r"), alias])
    expect(print(root)).toBe(
      lines("m: &base !custom", '    a: "1"', 'f: [x, {"y": "2"}, \'z, w\']', "r: *base"),
    )
  })

  test("keep the tag that the text alone would not have", () => {
    const root = mappingNode([
      node("s"),
      scalarNode("5", "!!str", "plain"),
      node("f"),
      scalarNode("5", "!!float", "plain"),
      node("i"),
      scalarNode("5", "!!int", "plain"),
      node("b"),
      encodeScalar({ kind: "bytes", bytes: new Uint8Array([255]) }),
      node("u"),
      { ...scalarNode("x", "!a b/é", "plain"), tagged: true },
      node("v"),
      { ...scalarNode("x", "tag:example.org,2000:t", "plain"), tagged: true },
    ])
    expect(print(root)).toBe(
      lines(
        's: "5"',
        "f: !!float 5",
        "i: 5",
        "b: !!binary /w==",
        "u: !a%20b/%C3%A9 x",
        "v: !<tag:example.org,2000:t> x",
      ),
    )
  })

  test("break their line for comments", () => {
    const flow = { ...node(["x", "z"]), flow: true } as SequenceNode
    commented(flow.content[0] as YamlNode, { line: "# one" })
    commented(flow, { line: "# list" })
    expect(print(mappingNode([node("f"), flow]))).toBe(lines("f: [x, # one", "    z] # list"))
  })
})

describe("where yaml.v3 prints what it cannot read back, we print", () => {
  test("the indentation really used behind the indicator of a block in a list", () => {
    expect(print(map({ l: [" a\nb", { k: "\n c" }] }))).toBe(
      lines("l:", "    - |2-", "       a", "      b", "    - k: |2-", "", "         c"),
    )
  })

  test("an indentation for a block that begins with a tab", () => {
    expect(print(map({ k: "\ta\nb" }))).toBe(lines("k: |4-", "    \ta", "    b"))
  })

  test("a block's comment on one line", () => {
    const root = map({ k: "a\nb" })
    commented(root.content[1] as YamlNode, { line: "# one\n# two" })
    expect(print(root)).toBe(lines("k: |- # one # two", "    a", "    b"))
  })

  test("an empty collection behind a comment with an indentation", () => {
    const root = map({ k: [], l: "x" })
    commented(root.content[0] as YamlNode, { line: "# key" })
    expect(print(root)).toBe(lines("k: # key", "    []", "l: x"))
  })
})
