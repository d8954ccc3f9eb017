/** Trees of documents: items, comments and copies as sops 3.13.2 makes them of each source. */

import { describe, expect, it } from "vitest"
import { ConclaveError } from "#core/errors.ts"
import { parseYamlNodes } from "#core/formats/yaml/composer.ts"
import { nodesToTree } from "#core/formats/yaml/nodes-to-tree.ts"
import type { Comment, Entry, Node } from "#core/sops/tree.ts"

function describeItem(item: Entry | Comment | Node): string {
  switch (item.kind) {
    case "comment":
      return item.inline === true ? `#<${item.text}` : `#${item.text}`
    case "entry":
      return `${item.key}: ${describeItem(item.value)}`
    case "map":
      return `{${item.items.map(describeItem).join(", ")}}`
    case "list":
      return `[${item.items.map(describeItem).join(", ")}]`
    case "null":
      return "null"
    case "bytes":
      return `bytes ${item.bytes.join(" ")}`
    case "str":
    case "time":
      return `${item.kind} ${item.text}`
    case "int":
    case "float":
    case "bool":
      return `${item.kind} ${item.value}`
  }
}

function describeTree(source: string): string[] {
  return nodesToTree(parseYamlNodes(source)).map(describeItem)
}

/** The code of the failure and, where it has one, its place. */
function refusal(source: string): string {
  try {
    nodesToTree(parseYamlNodes(source))
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    const { line, column } = error.details as { line?: number; column?: number }
    return line === undefined ? error.code : `${error.code} ${line}:${column}`
  }
  return "not refused"
}

/** The source texts under all spans, with the kind of what has them. */
function spans(source: string): string[] {
  const texts: string[] = []
  const visit = (item: Entry | Comment | Node): void => {
    if (item.kind === "entry") {
      const { keySpan } = item
      if (keySpan !== undefined) texts.push(`key ${source.slice(keySpan.start, keySpan.end)}`)
      visit(item.value)
      return
    }
    if (item.span !== undefined) texts.push(`${item.kind} ${source.slice(item.span.start, item.span.end)}`)
    if (item.kind === "map" || item.kind === "list") for (const child of item.items) visit(child)
  }
  for (const map of nodesToTree(parseYamlNodes(source))) visit(map)
  return texts
}

describe("nodesToTree", () => {
  it.each([
    [
      "every kind of leaf",
      "a: x\nb: 1\nc: 1.5\nd: true\ne: 2001-01-01\nf: ~\ng: !!binary /w==\n",
      [
        "{a: str x, b: int 1, c: float 1.5, d: bool true, e: time 2001-01-01T00:00:00Z, f: null, g: bytes 255}",
      ],
    ],
    ["custom tags dropped", "a: !vault 1\nb: !x {c: 1}\n", ["{a: str 1, b: {c: int 1}}"]],
    ["a map's comments", "# h\na: 1 # i\n# f\n\n# g\nb: 2\n", ["{# h, #< i, a: int 1, # f, # g, b: int 2}"]],
    [
      "a comment behind a key as no inline one",
      "m: # k\n  # h\n  a: 1\n# f\n",
      ["{# k, m: {# h, a: int 1}, # f}"],
    ],
    [
      "a list's comments",
      "l:\n  # h\n  - 1 # i\n  # f\n\n  # s\n  - # o\n    a: 1\n",
      ["{l: [# h, #< i, int 1, # f, # s, {# o, a: int 1}]}"],
    ],
    [
      "a comment behind a flow collection within it",
      "f: {a: 1} # c\nl: [1] # d\n",
      ["{f: {# c, a: int 1}, l: [# d, int 1]}"],
    ],
    [
      "blank lines within a comment lost",
      "a: 1\n# b\n\n# c\n\n# d\nb: 2\n",
      ["{a: int 1, # b, # c, # d, b: int 2}"],
    ],
    ["text behind the first # only", "## a #b\na: 1\n#\nb: 2\n", ["{## a #b, a: int 1, #, b: int 2}"]],
    [
      "one map for each document",
      "a: 1\n---\n---\nnull\n---\n{}\n--- # c\nb: 2\n",
      ["{a: int 1}", "{}", "{}", "{}", "{# c, b: int 2}"],
    ],
    ["a document's comments", "# top\n\n# head\na: 1\n\n# end\n", ["{# top, # head, a: int 1, # end}"]],
    [
      "copies for aliases, comments included",
      "a: &x # c\n  # d\n  b: 1\n\nc: *x # e\n# f\n\nl:\n  - *x # g\n",
      ["{a: {# d, # c, b: int 1}, #< e, c: {# d, # c, b: int 1}, # f, l: [#< g, {# d, # c, b: int 1}]}"],
    ],
    [
      "a merge key as a key",
      "a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n",
      ["{a: {b: int 1}, c: {<<: {b: int 1}, d: int 2}}"],
    ],
    ["aliases of strings as keys", "a: &x k\n*x : 1\n", ["{a: str k, k: int 1}"]],
    [
      "old bools and quoted scalars as keys",
      "y: 1\nNo: 2\n'3': 4\n!!str 5: 6\n",
      ["{y: int 1, No: int 2, 3: int 4, 5: int 6}"],
    ],
    ["duplicate keys kept", "a: 1\na: 2\n", ["{a: int 1, a: int 2}"]],
    [
      "names of an object's prototype as keys",
      "__proto__: 1\nconstructor: 2\n",
      ["{__proto__: int 1, constructor: int 2}"],
    ],
  ] as [string, string, string[]][])("gives %s", (_name, source, expected) => {
    expect(describeTree(source)).toEqual(expected)
  })

  it("expands aliases of earlier documents, also where they are a document", () => {
    expect(describeTree("a: &x {b: 1}\n---\n*x\n# f\n")).toEqual(["{a: {b: int 1}}", "{b: int 1, # f}"])
  })

  it("gives spans to what the source holds once, and none to copies", () => {
    expect(spans("# c\na: &x !!str v # i\nb: {c: *x}\n*x : 1\nm: *x\n")).toEqual([
      "map a: &x !!str v # i\nb: {c: *x}\n*x : 1\nm: *x",
      "comment # c",
      "comment # i",
      "key a",
      "str v",
      "key b",
      "map {c: *x}",
      "key c",
      "int 1",
      "key m",
    ])
    expect(spans("a: &x # c\n  - b\n---\nd: *x # e\n")).toEqual([
      "map a: &x # c\n  - b",
      "key a",
      "list - b",
      "comment # c",
      "str b",
      "map d: *x",
      "comment # e",
      "key d",
    ])
  })

  it("refuses keys that are no strings", () => {
    for (const key of ["1", "1.5", "true", "null", "~", "2001-01-01", "[a]", "{a: b}", "!!binary /w=="]) {
      expect([key, refusal(`a: 1\n? ${key}\n: 2\n`)]).toEqual([key, "unsupported-value 2:3"])
    }
    expect(refusal("a: &x 1\nb:\n  *x : 2\n")).toBe("unsupported-value 3:3")
  })

  it("refuses documents that are no maps", () => {
    expect(refusal("- a\n")).toBe("unsupported-value 1:1")
    expect(refusal("a: 1\n---\ntext\n")).toBe("unsupported-value 3:1")
  })

  it("refuses scalars that SOPS cannot carry or that do not fit their tag", () => {
    expect(refusal("a:\n  - 9223372036854775808\n")).toBe("unsupported-value 2:5")
    expect(refusal("a: !!int x\n")).toBe("syntax 1:4")
    expect(refusal("a: 1\n---\nb: !!binary '%'\n")).toBe("syntax 3:4")
  })

  it("refuses an alias within its own anchor", () => {
    expect(refusal("a: &x\n  b: [1, *x]\n")).toBe("syntax 2:10")
    expect(refusal("a: &x\n  <<: *x\n")).toBe("syntax 2:7")
    expect(refusal("a: &x [&y [*x], *y]\n")).toBe("syntax 1:12")
  })

  it("refuses aliases that expand beyond measure", () => {
    const levels = "abcdefgh".split("").map((name, i, names) => {
      const items = i === 0 ? "x" : `*${names[i - 1]}`
      return `${name}: &${name} [${Array(9).fill(items).join(",")}]`
    })
    expect(refusal(`${levels.join("\n")}\n`)).toBe("alias-bomb")
  })

  it("counts comments and long texts among what aliases multiply", () => {
    const aliases = (count: number) => `b: [${Array(count).fill("*x").join(",")}]\n`
    const comments = `a: &x\n${"  # c\n".repeat(2000)}  b: 1\n`
    expect(refusal(comments + aliases(600))).toBe("alias-bomb")
    const text = `a: &x ${"t".repeat(100_000)}\n`
    expect(refusal(text + aliases(700))).toBe("alias-bomb")
    expect(refusal(text + aliases(100))).toBe("not refused")
  })

  it("lets 10,000 copies through, however small the source", () => {
    const source = (count: number) =>
      `a: &x 1\nb: &y [${Array(100).fill("*x")}]\nc: [${Array(count).fill("*y")}]\n`
    expect(refusal(source(60))).toBe("not refused")
  })

  it("refuses copies within copies that nest too deep", () => {
    const nest = (inner: string) => "[".repeat(300) + inner + "]".repeat(300)
    const source = `a: &a ${nest("x")}\nb: &b ${nest("*a")}\nc: &c ${nest("*b")}\n`
    expect(refusal(source)).toBe("not refused")
    expect(refusal(`${source}d: ${nest("*c")}\n`)).toBe("too-deep")
  })

  it("converts maps of 1,000 levels", () => {
    const source = `${"{a: ".repeat(1000)}1${"}".repeat(1000)}`
    expect(describeTree(source)[0]).toHaveLength("{a: ".length * 1000 + "int 1".length + 1000)
  })
})
