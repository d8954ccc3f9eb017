import { describe, expect, test } from "vitest"
import { findDifference, sameContent } from "#core/document/compare.ts"
import { str } from "#core/sops/scalar.ts"
import type { Node, Tree } from "#core/sops/tree.ts"
import { bool, bytes, comment, entry, float, int, list, map, NULL, time } from "../../support/trees.ts"

const at = (value: Node): Tree => [map(entry("a", map(entry("l", list("first", value)))))]

describe("the first difference", () => {
  test.each<[string, Tree, Tree, string | null]>([
    ["none between equals", at(str("x")), at(str("x")), null],
    ["none between 2 and 2.0: formats print them alike", at(int(2)), at(float(2)), null],
    ["none where only comments differ", [map(comment("c"), entry("a", "x"))], [map(entry("a", "x"))], null],
    ["none where only list comments differ", at(list(comment("c"), "x")), at(list("x")), null],
    ["a value", at(str("x")), at(str("y")), "a.l[1]"],
    ["text and bytes", at(str("x")), at(bytes(0xff)), "a.l[1]"],
    ["zero and negative zero", at(float(0)), at(float(-0)), "a.l[1]"],
    ["null and the empty text", at(NULL), at(str("")), "a.l[1]"],
    ["a map and a list", at(map()), at(list()), "a.l[1]"],
    ["a leaf and a map", at(str("x")), at(map()), "a.l[1]"],
    ["the length of a list", at(list("x")), at(list("x", "y")), "a.l[1]"],
    ["the number of keys", [map(entry("a", map()))], [map(entry("a", map(entry("b", "x"))))], "a"],
    ["a key", at(map(entry("b", "x"))), at(map(entry("c", "x"))), "a.l[1].b"],
    [
      "the order of keys",
      [map(entry("a", "x"), entry("b", "x"))],
      [map(entry("b", "x"), entry("a", "x"))],
      "a",
    ],
    ["the top level", [map()], [map(entry("a", "x"))], "the top level"],
    ["documents", [map()], [map(), map()], "the number of documents"],
    ["the second document", [map(), map(entry("a", "x"))], [map(), map(entry("a", "y"))], "a"],
  ])("is %s", (_, a, b, difference) => {
    expect(findDifference(a, b)).toBe(difference)
    if (difference === null) expect(findDifference(b, a)).toBeNull()
    else expect(findDifference(b, a)).not.toBeNull()
  })

  test("is not found between kinds whose bytes are the same", () => {
    // What the MAC cannot tell apart, two formats may print alike.
    expect(findDifference(at(bool(true)), at(str("True")))).toBeNull()
    expect(findDifference(at(time("2001-12-14T21:59:43Z")), at(str("2001-12-14T21:59:43Z")))).toBeNull()
    expect(findDifference(at(int(1)), at(bool(true)))).toBe("a.l[1]")
  })
})

describe("the same content", () => {
  test("has the same comments and the same kinds of values, wherever it stood", () => {
    const tree: Tree = [map(comment("c"), entry("a", list(comment("d"), int(1), NULL)))]
    const span = { start: 1, end: 2 }
    const elsewhere: Tree = [
      map({ ...comment("c"), span }, entry("a", list(comment("d"), { ...int(1), span }, NULL))),
    ]
    expect(sameContent(tree, elsewhere)).toBe(true)
  })

  test.each<[string, Tree, Tree]>([
    ["another kind", at(int(2)), at(float(2))],
    ["a comment more", [map(comment("c"), entry("a", "x"))], [map(entry("a", "x"))]],
    ["another comment", [map(comment("c"))], [map(comment("d"))]],
    [
      "a comment at another place",
      [map(comment("c"), entry("a", "x"))],
      [map(entry("a", "x"), comment("c"))],
    ],
    ["a text for a comment", at(list("c")), at(list(comment("c")))],
    ["another key", [map(entry("a", "x"))], [map(entry("b", "x"))]],
    ["another value", at(str("x")), at(str("y"))],
    ["null and the empty text", at(NULL), at(str(""))],
    ["a list for a map", at(list()), at(map())],
    ["a document more", [map()], [map(), map()]],
  ])("is not there with %s", (_, a, b) => {
    expect(sameContent(a, b)).toBe(false)
    expect(sameContent(b, a)).toBe(false)
  })
})
