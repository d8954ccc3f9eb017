/** Where a tree's comments go in the nodes that are printed, as sops 3.13.2 places them. */

import { describe, expect, it } from "vitest"
import type { CommentLine, YamlNode } from "#core/formats/yaml/node.ts"
import { treeToNodes } from "#core/formats/yaml/tree-to-nodes.ts"
import { str } from "#core/sops/scalar.ts"
import type { Comment, Entry, ListNode, MapNode, Node } from "#core/sops/tree.ts"

const comment = (text: string): Comment => ({ kind: "comment", text })
const inline = (text: string): Comment => ({ kind: "comment", text, inline: true })
const entry = (key: string, value: Node): Entry => ({ kind: "entry", key, value })
const map = (...items: (Entry | Comment)[]): MapNode => ({ kind: "map", items })
const list = (...items: (Node | Comment)[]): ListNode => ({ kind: "list", items })

function outline(root: MapNode): string[] {
  const lines: string[] = []
  const push = (node: YamlNode, depth: number): void => {
    const name = node.kind === "scalar" || node.kind === "alias" ? node.value : node.kind
    const { head, line, foot } = node.comments
    const words = [name, place("head", head), place("line", line), place("foot", foot)]
    lines.push("  ".repeat(depth) + words.filter((word) => word !== "").join(" "))
    if (node.kind !== "scalar" && node.kind !== "alias")
      for (const child of node.content) push(child, depth + 1)
  }
  for (const document of treeToNodes([root])) for (const node of document.content) push(node, 0)
  return lines
}

function place(name: string, lines: readonly CommentLine[]): string {
  return lines.length === 0 ? "" : `${name}(${lines.map(({ text }) => text).join("|")})`
}

describe("treeToNodes", () => {
  it("puts comments before the first entry on the map, later ones on the key behind them", () => {
    const tree = map(comment("1"), comment("2"), entry("a", str("x")), comment("3"), entry("b", str("y")))
    expect(outline(tree)).toEqual(["mapping head(#1|#2)", "  a", "  x", "  b head(#3)", "  y"])
  })

  it("puts comments behind the last entry at its key's foot, inline ones last", () => {
    const tree = map(entry("a", str("x")), inline("1"), comment("2"))
    expect(outline(tree)).toEqual(["mapping", "  a foot(#2|#1)", "  x"])
  })

  it("puts inline comments behind the value of the next entry", () => {
    const tree = map(inline("1"), comment("2"), inline("3"), entry("a", str("x")), entry("b", str("y")))
    expect(outline(tree)).toEqual(["mapping head(#2)", "  a", "  x line(#1|#3)", "  b", "  y"])
  })

  it("puts a list's comments on its items, before those of a map within", () => {
    const tree = map(
      entry(
        "l",
        list(comment("1"), str("x"), comment("2"), map(comment("3"), entry("k", str("v"))), comment("4")),
      ),
    )
    expect(outline(tree)).toEqual([
      "mapping",
      "  l",
      "  sequence head(#1)",
      "    x",
      "    mapping head(#2|#3) foot(#4)",
      "      k",
      "      v",
    ])
  })

  it("puts the comments of an empty collection at its head", () => {
    const tree = map(entry("m", map(comment("1"), inline("2"))), entry("l", list(comment("3"))))
    expect(outline(tree)).toEqual(["mapping", "  m", "  mapping head(#1|#2)", "  l", "  sequence head(#3)"])
  })

  it("splits a comment at line feeds", () => {
    expect(outline(map(comment("1\n2"), entry("a", str("x"))))).toEqual(["mapping head(#1|2)", "  a", "  x"])
  })

  it("keeps comments of one place apart from those of the next", () => {
    const tree = map(entry("a", str("x")), entry("b", list()), comment("1"), entry("c", map()), inline("2"))
    expect(outline(tree)).toEqual([
      "mapping",
      "  a",
      "  x",
      "  b",
      "  sequence",
      "  c head(#1) foot(#2)",
      "  mapping",
    ])
  })

  it("gives one document for each map", () => {
    expect(treeToNodes([map(), map(entry("a", { kind: "null" }))])).toHaveLength(2)
  })

  it("refuses more than 1,000 levels", () => {
    const nest = (depth: number): MapNode => {
      let inner: Node = str("x")
      for (let i = 1; i < depth; i++) inner = list(inner)
      return map(entry("a", inner))
    }
    expect(treeToNodes([nest(1000)])).toHaveLength(1)
    expect(() => treeToNodes([nest(1001)])).toThrow(expect.objectContaining({ code: "too-deep" }))
  })
})
