import { describe, expect, test } from "vitest"
import { setNode, unsetNode } from "#core/document/tree-edit.ts"
import { parseKeyPath } from "#core/sops/key-path.ts"
import { str } from "#core/sops/scalar.ts"
import type { Tree } from "#core/sops/tree.ts"
import { failureOf } from "../../support/failure.ts"
import { comment, entry, int, list, map, NULL } from "../../support/trees.ts"

const TREE: Tree = [
  map(
    comment("c"),
    entry("a", "x"),
    entry("l", list(comment("d"), "y", map(entry("k", int(1))))),
    entry("n", NULL),
  ),
  map(entry("a", "second")),
]
const [FIRST = map(), SECOND = map()] = TREE
const set = (path: string, value = str("new")) => setNode(TREE, parseKeyPath(path), value)
const unset = (path: string) => unsetNode(TREE, parseKeyPath(path))

describe("setting", () => {
  test.each<[string, Tree]>([
    ["a", [map(comment("c"), entry("a", "new"), ...FIRST.items.slice(2)), SECOND]],
    ["b", [map(...FIRST.items, entry("b", "new")), SECOND]],
    ["n", [map(...FIRST.items.slice(0, 3), entry("n", "new")), SECOND]],
    ["n.b", [map(...FIRST.items.slice(0, 3), entry("n", map(entry("b", "new")))), SECOND]],
    ["n[0]", [map(...FIRST.items.slice(0, 3), entry("n", list("new"))), SECOND]],
    ["b.c.d", [map(...FIRST.items, entry("b", map(entry("c", map(entry("d", "new")))))), SECOND]],
    ["b[0][0].c", [map(...FIRST.items, entry("b", list(list(map(entry("c", "new")))))), SECOND]],
  ])("%s of the first document", (path, tree) => {
    expect(set(path)).toEqual(tree)
  })

  test("an item of a list, its comments not counted", () => {
    const [, , l] = set("l[0]")[0]?.items ?? []
    expect(l).toEqual(entry("l", list(comment("d"), "new", map(entry("k", int(1))))))
  })

  test("one behind the last of a list", () => {
    const [, , l] = set("l[2]")[0]?.items ?? []
    expect(l).toEqual(entry("l", list(comment("d"), "y", map(entry("k", int(1))), "new")))
  })

  test("a key of a map in a list", () => {
    const [, , l] = set("l[1].k")[0]?.items ?? []
    expect(l).toEqual(entry("l", list(comment("d"), "y", map(entry("k", "new")))))
  })

  test("something into nothing", () => {
    expect(setNode([], ["a"], str("x"))).toEqual([map(entry("a", "x"))])
  })

  test("the first of two equal keys, the one that reading finds", () => {
    const tree = [map(entry("a", "1"), entry("a", "2"))]
    expect(setNode(tree, ["a"], str("new"))).toEqual([map(entry("a", "new"), entry("a", "2"))])
  })

  test("a key that prototypes have", () => {
    expect(setNode([map()], ["__proto__", "x"], str("y"))).toEqual([
      map(entry("__proto__", map(entry("x", "y")))),
    ])
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined()
  })

  test.each([
    ["a.b", "a is a single value"],
    ["a[0]", "a is a single value"],
    ["l.k", "l is a list: give an index"],
    ["[0]", "the top level is a map: give a key"],
    ["l[1][0]", "l[1] is a map: give a key"],
    ["l[3]", "l[3] is beyond the end of its list, which has 2 items"],
    ["l[999999999]", "l[999999999] is beyond the end of its list, which has 2 items"],
    ["b[1]", "b[1] is beyond the end of its list, which has 0 items"],
  ])("%s is refused: %s", (path, message) => {
    expect(failureOf(() => set(path))).toMatchObject({ code: "path-not-found", message })
  })
})

describe("removing", () => {
  test("a key", () => {
    expect(unset("a")).toEqual([map(comment("c"), ...FIRST.items.slice(2)), SECOND])
  })

  test("an item of a list, its comments not counted", () => {
    const [, , l] = unset("l[0]")[0]?.items ?? []
    expect(l).toEqual(entry("l", list(comment("d"), map(entry("k", int(1))))))
  })

  test("the last key leaves an empty map", () => {
    const [, , l] = unset("l[1].k")[0]?.items ?? []
    expect(l).toEqual(entry("l", list(comment("d"), "y", map())))
  })

  test.each([
    ["b", "there is nothing at b"],
    ["b.c", "there is nothing at b"],
    ["l[2]", "there is nothing at l[2]"],
    ["a.b", "a is a single value"],
    ["l.k", "l is a list: give an index"],
    ["[0]", "the top level is a map: give a key"],
    ["constructor", "there is nothing at constructor"],
  ])("%s is refused: %s", (path, message) => {
    expect(failureOf(() => unset(path))).toMatchObject({ code: "path-not-found", message })
  })

  test("from nothing, or the whole, is refused", () => {
    expect(failureOf(() => unsetNode([], ["a"])).code).toBe("path-not-found")
    expect(failureOf(() => unsetNode(TREE, [])).code).toBe("path-not-found")
  })
})

test("the tree that was there stays as it was", () => {
  const before = structuredClone(TREE)
  set("l[1].k")
  set("b.c")
  unset("l[0]")
  expect(TREE).toEqual(before)
})
