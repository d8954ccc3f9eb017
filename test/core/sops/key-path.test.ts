import { describe, expect, test } from "vitest"
import { findNode, formatKeyPath, parseKeyPath } from "#core/sops/key-path.ts"
import { str } from "#core/sops/scalar.ts"
import type { KeyPath, Tree } from "#core/sops/tree.ts"
import { failureOf } from "../../support/failure.ts"
import { comment, entry, int, list, map, NULL } from "../../support/trees.ts"

describe("a path in words", () => {
  test.each<[KeyPath, string]>([
    [["a"], "a"],
    [["a", "b", 2, "c"], "a.b[2].c"],
    [["a b"], '["a b"]'],
    [["a.b", "c"], '["a.b"].c'],
    [["a", "c d"], 'a["c d"]'],
    [["é", "日本"], "é.日本"],
    [["with-dash", "under_score", "0"], "with-dash.under_score.0"],
    [[""], '[""]'],
    [['"\\'], '["\\"\\\\"]'],
    [["__proto__", "constructor"], "__proto__.constructor"],
    [[], ""],
  ])("of %j is %s", (path, text) => {
    expect(formatKeyPath(path)).toBe(text)
    if (path.length > 0) expect(parseKeyPath(text)).toEqual(path)
  })

  test.each<[string, KeyPath]>([
    ['["users"][0]["name"]', ["users", 0, "name"]],
    ["['users'][0]['na\"me']", ["users", 0, 'na"me']],
    ['["a"].b', ["a", "b"]],
    ['a["b"][1].c', ["a", "b", 1, "c"]],
    ["a.0", ["a", "0"]],
    ["0", ["0"]],
    ['["0"]', ["0"]],
    ["[0]", [0]],
    ['["a]b"]', ["a]b"]],
    ['["a[b"]', ["a[b"]],
    ['["a\\nb"]', ["a\\nb"]],
    ['["a\\\\b"]', ["a\\b"]],
    ["a b.c d", ["a b", "c d"]],
    ["a:b", ["a:b"]],
  ])("%s is read", (text, path) => {
    expect(parseKeyPath(text)).toEqual(path)
  })

  test.each([
    "",
    ".",
    ".a",
    "a.",
    "a..b",
    "[",
    "[]",
    "[a]",
    '["a"',
    '["a"]b',
    "[-1]",
    "[1.5]",
    "[ 0]",
    "[0]a",
    "[1234567890]",
    'a"]',
    "a[0",
    "a]",
    "['it's']",
  ])("%j is none", (text) => {
    const failure = failureOf(() => parseKeyPath(text))
    expect(failure).toMatchObject({ code: "path-not-found", details: { path: text } })
    expect(failure.message).toBe(`not a path: ${text}`)
  })

  test("a hostile one is judged at once", () => {
    const start = performance.now()
    failureOf(() => parseKeyPath(`["${"\\".repeat(100_001)}`))
    expect(parseKeyPath("[0]".repeat(100_000))).toHaveLength(100_000)
    expect(performance.now() - start).toBeLessThan(500)
  })
})

describe("the node at a path", () => {
  const tree: Tree = [
    map(
      comment("c"),
      entry("a", "x"),
      entry("l", list(comment("not counted"), int(1), map(entry("k", "deep")), list("in"))),
      entry("n", NULL),
      entry("dup", "first"),
      entry("dup", "second"),
      entry("__proto__", map(entry("toString", "own"))),
    ),
    map(entry("only in the second", "y")),
  ]

  test.each<[string, unknown]>([
    ["a", str("x")],
    ["l[0]", int(1)],
    ["l[1].k", str("deep")],
    ["l[2][0]", str("in")],
    ["n", NULL],
    ["dup", str("first")],
    ["__proto__.toString", str("own")],
  ])("%s", (path, node) => {
    expect(findNode(tree, parseKeyPath(path))).toEqual(node)
  })

  test("is the first document for the empty path", () => {
    expect(findNode(tree, [])).toBe(tree[0])
  })

  test.each([
    ["b", "b"],
    ["a.b", "a.b"],
    ["a[0]", "a[0]"],
    ["l.k", "l.k"],
    ["l[3]", "l[3]"],
    ["l[1].x.y.z", "l[1].x"],
    ["toString", "toString"],
    ["l[1].constructor", "l[1].constructor"],
    ["only in the second", '["only in the second"]'],
    ["n.x", "n.x"],
  ])("%s leads nowhere, and is named up to there", (path, missing) => {
    expect(failureOf(() => findNode(tree, parseKeyPath(path)))).toMatchObject({
      code: "path-not-found",
      message: `there is nothing at ${missing}`,
      details: { path: missing },
    })
  })

  test("of no document is missing", () => {
    expect(failureOf(() => findNode([], [])).code).toBe("path-not-found")
  })
})
