/** Nodes without regard to comments: anchors, tags, places in the source, and what is refused. */

import { describe, expect, it } from "vitest"
import { hasCode } from "#core/errors.ts"
import { parseYamlNodes } from "#core/formats/yaml/composer.ts"
import type { YamlNode } from "#core/formats/yaml/node.ts"
import { outline } from "./composer-outline.ts"

/** What each node covers in the source, in the order of their starts. */
function covered(source: string): string[] {
  const texts: string[] = []
  const visit = (node: YamlNode): void => {
    if (node.kind !== "document") texts.push(source.slice(node.start, node.end))
    if (node.kind !== "scalar" && node.kind !== "alias") for (const child of node.content) visit(child)
  }
  for (const document of parseYamlNodes(source)) visit(document)
  return texts
}

function failure(source: string): unknown {
  try {
    parseYamlNodes(source)
  } catch (error) {
    return error
  }
  return null
}

/** Line and column of the syntax error that `source` gives. */
function refusal(source: string): string {
  const error = failure(source)
  if (!hasCode(error, "syntax")) return `not refused: ${String(error)}`
  return `${error.details.line}:${error.details.column}`
}

describe("parseYamlNodes", () => {
  it("gives no document for blanks and comments", () => {
    expect(parseYamlNodes("\n  # only\n\n")).toEqual([])
  })

  it("gives a null for a document without content", () => {
    expect(outline("---\n---\na: 1\n")).toEqual([
      "document",
      "  ''",
      "document",
      "  mapping",
      "    'a'",
      "    '1'",
    ])
  })

  it("shortens written tags and knows implied ones", () => {
    const nodes = ["a: !!str 1", "b: !x y", "c: 'q'", "d: <<", "e: ! z", "f: !<tag:yaml.org,2002:int> 3"].map(
      (line) => parseYamlNodes(line)[0]?.content[0],
    )
    const tags = nodes.map((node) => {
      const value = node?.kind === "mapping" ? node.content[1] : undefined
      return [value?.tag, value?.tagged]
    })
    expect(tags).toEqual([
      ["!!str", true],
      ["!x", true],
      ["!!str", false],
      ["!!merge", false],
      ["", false],
      ["!!int", true],
    ])
  })

  it("resolves tag handles of the document's own directives only", () => {
    expect(outline("%TAG !e! tag:x,1:\n---\na: !e!t v\n")).toContain("    'v' tag:x,1:t")
    expect(refusal("%TAG !e! tag:x,1:\n---\na: 1\n...\n---\na: !e!t v\n")).toBe("6:4")
  })

  it("takes an anchor's last definition, also of an earlier document", () => {
    const documents = parseYamlNodes("a: &x 1\nb: &x 2\nc: *x\n---\nd: *x\n")
    const targets = documents.flatMap((document) => {
      const root = document.content[0]
      return root?.kind === "mapping" ? root.content : []
    })
    const values = targets.map((node) => (node.kind === "alias" ? node.target : null))
    expect(values.filter((target) => target !== null)).toEqual([
      expect.objectContaining({ value: "2" }),
      expect.objectContaining({ value: "2" }),
    ])
  })

  it("knows an anchor within its own node", () => {
    const root = parseYamlNodes("&x [*x]\n")[0]?.content[0]
    const alias = root?.kind === "sequence" ? root.content[0] : undefined
    expect(alias?.kind === "alias" && alias.target === root).toBe(true)
  })

  it("marks scalars without anchor and tag, flow collections with their brackets, blocks to their last node", () => {
    expect(covered("k: &a !!str 'q' # c\nl:\n  - {x: 1 } \n  -  |-\n   t\n\n# end\n")).toEqual([
      "k: &a !!str 'q' # c\nl:\n  - {x: 1 } \n  -  |-\n   t\n\n",
      "k",
      "'q'",
      "l",
      "- {x: 1 } \n  -  |-\n   t\n\n",
      "{x: 1 }",
      "x",
      "1",
      "|-\n   t\n\n",
    ])
  })

  it("counts line and column from 1, in characters, from the anchor on", () => {
    const root = parseYamlNodes("a: 1\n😀: &x v\n")[0]?.content[0]
    const value = root?.kind === "mapping" ? root.content[3] : undefined
    expect([value?.line, value?.column]).toEqual([2, 4])
  })

  it("says where a source is broken", () => {
    expect(refusal("a: 1\nb: *nowhere\n")).toBe("2:4")
    expect(refusal("%YAML 1.2\n---\na: 1\n")).toBe("1:1")
    expect(refusal("%YAML 1.1\n%YAML 1.1\n---\na: 1\n")).toBe("2:1")
    expect(refusal("%TAG !e! a\n%TAG !e! b\n---\na: 1\n")).toBe("2:1")
    expect(refusal("a: 1\n b: 2\n")).toBe("2:3")
    expect(refusal("- a\nb: 1\n")).toBe("2:1")
    expect(refusal("a: [1, 2\nb: 3\n")).toBe("2:2")
    expect(refusal("a: {b: 1 c: 2}\n")).toBe("1:11")
    expect(refusal("a: 1\n]\n")).toBe("2:1")
    expect(refusal("a: !e!t 1\n")).toBe("1:4")
    expect(refusal("[? , a]\n")).toBe("1:6")
  })

  it("does not quote the source in its messages", () => {
    for (const source of ["a: *hunter2\n", "a: !hunter2! 1\n", "hunter2: [1 hunter2: 2\n"]) {
      expect(String(failure(source))).not.toContain("hunter2")
    }
  })

  it("accepts 1,000 levels and no more", () => {
    const nest = (depth: number) => "[".repeat(depth) + "]".repeat(depth)
    expect(outline(nest(1000))).toHaveLength(1001)
    expect(failure(nest(1001))).toMatchObject({ code: "too-deep", details: { limit: 1000 } })
    const lists = (depth: number) => `${"- ".repeat(depth)}x`
    expect(outline(lists(1000))).toHaveLength(1002)
    expect(failure(lists(1001))).toMatchObject({ code: "too-deep" })
  })
})
