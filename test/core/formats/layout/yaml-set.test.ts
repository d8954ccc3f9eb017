/** Setting and removing one place of a YAML text: what is written, and that the rest stays. */

import { describe, expect, it } from "vitest"
import { toUtf8 } from "#core/bytes.ts"
import { yaml as format } from "#core/formats/yaml.ts"
import { str } from "#core/sops/scalar.ts"
import type { KeyPath, Node } from "#core/sops/tree.ts"
import { layoutNamed } from "./harness.ts"

const yaml = layoutNamed("yaml")

function set(source: string, path: KeyPath, value: Node | string): string {
  const node = typeof value === "string" ? str(value) : value
  return yaml.set(source, format.parsePlain(toUtf8(source)), path, node).text
}

function unset(source: string, path: KeyPath): string {
  return yaml.unset(source, format.parsePlain(toUtf8(source)), path).text
}

const MAP: Node = { kind: "map", items: [{ kind: "entry", key: "x", value: { kind: "int", value: 1n } }] }
const LIST: Node = { kind: "list", items: [str("x"), MAP] }

describe("setting a value", () => {
  it.each([
    ["keeps double quotes", 'a: "b" # c\n', ["a"], "v", 'a: "v" # c\n'],
    ["keeps single quotes", "a: 'b'\n", ["a"], "it's", "a: 'it''s'\n"],
    ["stays plain", "a:   b   # c\n", ["a"], "v m", "a:   v m   # c\n"],
    ["puts quotes where plain text would be no string", "a: b\n", ["a"], "yes", 'a: "yes"\n'],
    ["puts quotes where plain text cannot be", "a: b\n", ["a"], "c: d", "a: 'c: d'\n"],
    ["takes quotes from what is no string", 'a: "5"\n', ["a"], { kind: "int", value: 6n }, "a: 6\n"],
    ["stays a literal", "a: |\n    b\n    c\nd: e\n", ["a"], "n\nm\n", "a: |\n    n\n    m\nd: e\n"],
    ["changes the chomping that it must", "a: |\n  b\n", ["a"], "v", "a: |-\n  v\n"],
    ["adds the digit that it must", "a: |\n  b\n", ["a"], "  n\nm\n", "a: |2\n    n\n  m\n"],
    ["makes a literal of several lines", "a: b # c\n", ["a"], "n\nm\n", "a: | # c\n    n\n    m\n"],
    ["makes quotes of several lines in flow style", "a: [b]\n", ["a", 0], "n\nm", 'a: ["n\\nm"]\n'],
    ["folds no more than it can", "a: >\n  b\n", ["a"], "n\nm\n", "a: >\n  n\n\n  m\n"],
    ["keeps a tag of one's own", "a: !t b\n", ["a"], "5", "a: !t 5\n"],
    ["drops a tag that does not fit", "a: !!int 5\n", ["a"], "b", "a: b\n"],
    ["fills a value that is left out", "a:\nb: c\n", ["a"], "v", "a: v\nb: c\n"],
    ["fills one before a comment", "a: # c\nb: c\n", ["a"], "v", "a: v # c\nb: c\n"],
    ["fills an item that is left out", "a:\n  -\n  - b\n", ["a", 0], "v", "a:\n  - v\n  - b\n"],
    ["fills a key in flow style", "a: {b, c: d}\n", ["a", "b"], "v", "a: {b: v, c: d}\n"],
    ["replaces a map", "a: # c\n  b: c\n  d: e\nf: g\n", ["a"], "v", "a: v # c\nf: g\n"],
    ["replaces by a map", "a: b # c\nd: e\n", ["a"], MAP, "a: # c\n    x: 1\nd: e\n"],
    ["replaces by an empty map", "a: b\n", ["a"], { kind: "map", items: [] }, "a: {}\n"],
    ["replaces an item by a list", "a:\n  - b\n  - c\n", ["a", 0], LIST, "a:\n  - - x\n    - x: 1\n  - c\n"],
    ["stays in flow style", "a: {b: c}\n", ["a", "b"], LIST, "a: {b: [x, {x: 1}]}\n"],
    ["finds a key in quotes", "'a b': c\n", ["a b"], "v", "'a b': v\n"],
    ["finds an explicit key", "? a\n: b\n", ["a"], "v", "? a\n: v\n"],
  ] as const)("%s", (_, source, path, value, after) => {
    expect(set(source, path, value)).toBe(after)
  })

  it.each([
    ["behind the last key", "a: b\n", ["c"], "v", "a: b\nc: v\n"],
    [
      "behind the comment of the last key's line",
      "a:\n  b: c # d\ne: f\n",
      ["a", "g"],
      "v",
      "a:\n  b: c # d\n  g: v\ne: f\n",
    ],
    [
      "behind a literal",
      "a:\n  b: |\n    c\n\ne: f\n",
      ["a", "g"],
      "v",
      "a:\n  b: |\n    c\n  g: v\n\ne: f\n",
    ],
    ["behind a literal that keeps its end", "a: |+\n  b\n\n", ["c"], "v", "a: |+\n  b\n\nc: v\n"],
    [
      "in a map within a list",
      "- a\n".replace("- a", "l:\n  - a: b\n  - c"),
      ["l", 0, "d"],
      "v",
      "l:\n  - a: b\n    d: v\n  - c\n",
    ],
    ["as an item", "a:\n- b\n# c\nd: e\n", ["a", 1], "v", "a:\n- b\n- v\n# c\nd: e\n"],
    ["as an item that is a map", "a:\n  - b\n", ["a", 1], MAP, "a:\n  - b\n  - x: 1\n"],
    ["with its parents", "a:\n  b: c\n", ["d", "e", 0], "v", "a:\n  b: c\nd:\n  e:\n    - v\n"],
    ["in flow style", "a: {b: c}\n", ["a", "d"], "v", "a: {b: c, d: v}\n"],
    ["in a pair without braces", "a: [b: c]\n", ["a", 0, "d"], "v", "a: [{b: c, d: v}]\n"],
    ["in an empty map", "a: {} # c\nd: e\n", ["a", "b"], "v", "a: # c\n    b: v\nd: e\n"],
    ["in an empty list", "a: []\n", ["a", 0], "v", "a:\n    - v\n"],
    ["in an empty document", "{}\n", ["a"], "v", "a: v\n"],
    ["in a document of comments", "---\n# c\n", ["a"], "v", "---\n# c\na: v\n"],
    ["in a last line that is not ended", "a: b", ["c"], "v", "a: b\nc: v"],
    ["with the line endings of the file", "a: b\r\n", ["c", "d"], "v", "a: b\r\nc:\r\n    d: v\r\n"],
    ["in the first of several documents", "a: b\n---\nc: d\n", ["e"], "v", "a: b\ne: v\n---\nc: d\n"],
    ["with quotes around a key that needs them", "a: b\n", ["1"], "v", 'a: b\n"1": v\n'],
  ] as const)("adds a key %s", (_, source, path, value, after) => {
    expect(set(source, path, value)).toBe(after)
  })

  it("writes out the aliases that show the place elsewhere, and says so", () => {
    const source = "a: &a\n  k: v\nb: *a\nc:\n  <<: *a\n"
    const { text, notices } = yaml.set(source, format.parsePlain(toUtf8(source)), ["a", "k"], str("v"))
    expect(text).toBe("a: &a\n  k: v\nb:\n  k: v\nc:\n  <<:\n    k: v\n")
    expect(notices.map(({ code, line }) => `${code} ${line}`)).toEqual([
      "expanded-alias 3",
      "expanded-alias 5",
    ])
    expect(set(source, ["b", "k"], "v")).toBe("a: &a\n  k: v\nb:\n  k: v\nc:\n  <<: *a\n")
  })

  it.each([
    ["into a single value", "a: b\n", ["a", "c"]],
    ["by an index into a map", "a: {b: c}\n", ["a", 0]],
    ["by a key into a list", "a: [b]\n", ["a", "0"]],
    ["beyond the end of a list", "a: [b]\n", ["a", 2]],
    ["beyond the end of a list that is to be made", "a: b\n", ["c", 1]],
    ["by a negative index", "a: [b]\n", ["a", -1]],
  ] as const)("a step %s is an error", (_, source, path) => {
    expect(() => set(source, path, "v")).toThrow(expect.objectContaining({ code: "path-not-found" }))
  })
})

describe("removing a value", () => {
  it.each([
    ["its line", "a: b\nc: d # e\nf: g\n", ["c"], "a: b\nf: g\n"],
    ["all its lines", "a:\n  b: |\n    c\n  d: e\nf: g\n", ["a"], "f: g\n"],
    ["but not the comments around", "# a\na: b\n# c\nc: d\n", ["a"], "# a\n# c\nc: d\n"],
    [
      "and moves the next key behind the dash",
      "l:\n  - a: b\n    # c\n    c: d\n",
      ["l", 0, "a"],
      "l:\n  - # c\n    c: d\n",
    ],
    ["from a list", "a:\n  - b\n  - c: d\n    e: f\n  - g\n", ["a", 1], "a:\n  - b\n  - g\n"],
    ["from a list in a list", "a:\n  - - b\n    - c\n", ["a", 0, 0], "a:\n  - - c\n"],
    ["the last of a map", "a: # c\n  b: c\nd: e\n", ["a", "b"], "a: {} # c\nd: e\n"],
    ["the last of a list", "a:\n- b\nd: e\n", ["a", 0], "a: []\nd: e\n"],
    ["the last of a document", "# c\na: b\n", ["a"], "# c\n{}\n"],
    ["the first in flow style", "a: {b: c, d: e}\n", ["a", "b"], "a: {d: e}\n"],
    ["the last in flow style", "a: [b, c]\n", ["a", 1], "a: [b]\n"],
    ["the only one in flow style", "a: {b: c}\n", ["a", "b"], "a: {}\n"],
    ["a pair without braces", "a: [b: c]\n", ["a", 0, "b"], "a: [{}]\n"],
    ["an explicit key", "? a\n: b\nc: d\n", ["a"], "c: d\n"],
    ["with an anchor before its map", "a: &x\n  b: c\n", ["a", "b"], "a: &x {}\n"],
    [
      "behind a kept literal, which takes no blank lines",
      "a: |+\n  b\n\nc: d\n\ne: f\n",
      ["c"],
      "a: |+\n  b\n\ne: f\n",
    ],
  ] as const)("takes %s", (_, source, path, after) => {
    expect(unset(source, path)).toBe(after)
  })

  it("that is not there is an error", () => {
    for (const path of [["b"], ["a", "b"], ["a", 0], []] satisfies KeyPath[]) {
      expect(() => unset("a: {c: d}\n", path)).toThrow(expect.objectContaining({ code: "path-not-found" }))
    }
  })
})
