/** The tables of rules over one document are what sops 3.13.2 made of it. */

import { describe, expect, test } from "vitest"
import { toUtf8 } from "#core/bytes.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { str } from "#core/sops/scalar.ts"
import { compileRule, DEFAULT_RULE, type RuleField, type SelectionRule } from "#core/sops/selection.ts"
import type { Tree } from "#core/sops/tree.ts"
import { mapLeaves } from "#core/sops/walk.ts"
import { bytes, comment, entry, int, list, map, NULL } from "../../support/trees.ts"

type Visited = { text: string; aad: string; name: string; encrypted: boolean; parent: string }

async function visits(tree: Tree, rule: SelectionRule = DEFAULT_RULE): Promise<Visited[]> {
  const visited: Visited[] = []
  mapLeaves(tree, await compileRule(rule), (item, place) => {
    const text = item.kind === "comment" ? `#${item.text}` : "text" in item ? item.text : item.kind
    visited.push({
      text,
      aad: place.aad,
      name: place.name(),
      encrypted: place.encrypted,
      parent: place.parent,
    })
    return item
  })
  return visited
}

function yaml(text: string): Tree {
  return formatNamed("yaml").parsePlain(toUtf8(text))
}

describe("the AAD of an item is the path of its keys", () => {
  test.each<[string, Tree, string[]]>([
    ["a key at the top", [map(entry("a", "x"))], ["a:"]],
    ["keys below each other", [map(entry("a", map(entry("b", map(entry("c", "x"))))))], ["a:b:c:"]],
    ["items of a list, without their index", [map(entry("l", list("x", "y")))], ["l:", "l:"]],
    ["lists within lists", [map(entry("l", list(list("x"), list(list("y")))))], ["l:", "l:"]],
    ["a key in a map in a list", [map(entry("l", list(map(entry("k", "x")))))], ["l:k:"]],
    ["a comment at the top", [map(comment(" c"))], [":"]],
    ["a comment in a map: the map's", [map(entry("m", map(comment(" c"), entry("a", "x"))))], ["m:", "m:a:"]],
    ["a comment in a list: the list's", [map(entry("l", list(comment(" c"))))], ["l:"]],
    ["each document alone", [map(entry("a", "x")), map(entry("b", "y"))], ["a:", "b:"]],
    [
      "a colon in a key, not escaped",
      [map(entry("a:b", "x"), entry("a", map(entry("b", "y"))))],
      ["a:b:", "a:b:"],
    ],
    ["the empty key", [map(entry("", "x"), entry("a", map(entry("", "y"))))], [":", "a::"]],
    ["a merge key", [map(entry("<<", map(entry("a", "x"))))], ["<<:a:"]],
    [
      "keys that prototypes have",
      [map(entry("__proto__", map(entry("constructor", "x"))))],
      ["__proto__:constructor:"],
    ],
    ["a key twice", [map(entry("a", "x"), entry("a", "y"))], ["a:", "a:"]],
  ])("%s", async (_, tree, expected) => {
    expect((await visits(tree)).map(({ aad }) => aad)).toEqual(expected)
  })

  test("and goes back up behind each map and list", async () => {
    const tree = [map(entry("a", map(entry("b", list("x")), entry("c", "y"))), entry("d", "z"), comment("e"))]
    expect((await visits(tree)).map(({ aad }) => aad)).toEqual(["a:b:", "a:c:", "d:", ":"])
  })
})

test("names places for people, comments of a list not counted", async () => {
  const tree = [map(entry("l", list(comment("c"), "x", list("y"), map(entry("odd key", "z")))))]
  expect((await visits(tree)).map(({ name, parent }) => `${name} ${parent}`)).toEqual([
    "l list",
    "l[0] list",
    "l[1][0] list",
    'l[2]["odd key"] map',
  ])
})

test("comes past every leaf and comment in order, and past nulls and empty structures never", async () => {
  const tree = [
    map(
      comment("1"),
      entry("a", "2"),
      entry("n", NULL),
      entry("e", map()),
      entry("l", list(NULL, "3", list())),
    ),
    map(entry("b", bytes(1)), comment("4")),
  ]
  expect((await visits(tree)).map(({ text }) => text)).toEqual(["#1", "2", "3", "bytes", "#4"])
})

test("builds a tree of the answers, and leaves the first alone", async () => {
  const tree: Tree = [
    map(comment("c"), entry("a", "x"), entry("n", NULL), entry("l", list(int(1), comment("d")))),
  ]
  const before = structuredClone(tree)
  const mapped = mapLeaves(tree, await compileRule(DEFAULT_RULE), (item, place) => {
    if (item.kind !== "comment") return place.parent === "list" ? comment("gone") : str("new")
    return place.parent === "list" ? str("was a comment") : comment("C")
  })
  expect(mapped).toEqual([
    map(
      comment("C"),
      entry("a", "new"),
      entry("n", NULL),
      entry("l", list(comment("gone"), "was a comment")),
    ),
  ])
  expect(tree).toEqual(before)
})

/** Everything that the rule encrypts: keys by their value, comments by their text. */
async function encrypted(text: string, field: RuleField, pattern: string): Promise<string> {
  const all = await visits(yaml(text), { field, pattern })
  return all
    .filter((item) => item.encrypted)
    .map((item) => item.text)
    .join(" ")
}

describe("rules of keys", () => {
  const DOCUMENT = `
# top
a: A
m:
    # in
    k_s: B
    l:
        # il
        - C
x_s:
    # c
    y: D
# last
`
  test.each<[RuleField, string, string]>([
    ["encrypted_suffix", "_s", "B # c D"],
    ["unencrypted_suffix", "_s", "# top A # in # il C # last"],
    ["unencrypted_regex", "^a$", "# top # in B # il C # c D # last"],
    ["encrypted_regex", "^m$", "# in B # il C"],
    ["encrypted_regex", "^m:", ""],
    ["encrypted_regex", "^(l|y)$", "# il C D"],
    ["encrypted_regex", "0", ""],
    ["encrypted_regex", "", "A # in B # il C # c D"],
    ["unencrypted_regex", ".", "# top # last"],
  ])("%s %j", async (field, pattern, expected) => {
    expect(await encrypted(DOCUMENT, field, pattern)).toBe(expected)
  })

  test("a whole section of an INI file by its name", async () => {
    const tree = formatNamed("ini").parsePlain(toUtf8("a = A\n[one]\nb = B\n[two]\nc = C\n"))
    const of = async (pattern: string) =>
      (await visits(tree, { field: "encrypted_regex", pattern }))
        .filter((v) => v.encrypted)
        .map((v) => v.text)
    expect(await of("^two$")).toEqual(["C"])
    expect(await of("^DEFAULT$")).toEqual(["A"])
  })
})

describe("rules of comments", () => {
  const DOCUMENT = `
# enc first
# second
a: A
b: B # enc inline
c: C
l:
    # enc in list
    - D
    - E
    # note
    - F
m:
    # enc in map
    n:
        # under
        o: G
        p: H
    q: I
# enc null
z: null
f: J
# enc over list
g:
    - K
    # inner
    - h: L
    - []
h: M
`
  test("encrypted_comment_regex: the marker stays in clear, and what it governs is encrypted", async () => {
    expect(await encrypted(DOCUMENT, "encrypted_comment_regex", "enc")).toBe(
      "# second A B D # under G H K # inner L",
    )
  })

  test("unencrypted_comment_regex: the marker and what it governs stay in clear", async () => {
    expect(await encrypted(DOCUMENT, "unencrypted_comment_regex", "enc")).toBe("C E # note F I J M")
  })

  test("a second marker in a row is governed by the first", async () => {
    const text = "# enc one\n# enc two\na: A\n"
    expect(await encrypted(text, "encrypted_comment_regex", "enc")).toBe("# enc two A")
    expect(await encrypted(text, "unencrypted_comment_regex", "enc")).toBe("")
  })

  test("a marker that governs nothing changes nothing", async () => {
    const text = "a: A\nm:\n    b: B\n    # enc\nc: C\n"
    expect(await encrypted(text, "encrypted_comment_regex", "enc")).toBe("")
    expect(await encrypted(text, "unencrypted_comment_regex", "enc")).toBe("A B C")
  })

  test("documents do not govern each other", async () => {
    const tree = [map(entry("a", "A"), comment("enc")), map(entry("b", "B"))]
    const seen = await visits(tree, { field: "encrypted_comment_regex", pattern: "enc" })
    expect(seen.filter((item) => item.encrypted)).toEqual([])
  })

  test("matches texts without their sign, and each alone", async () => {
    expect(await encrypted("#enc\na: A\n", "encrypted_comment_regex", "^enc$")).toBe("A")
    expect(await encrypted("# enc\na: A\n", "encrypted_comment_regex", "^enc$")).toBe("")
    expect(await encrypted("# en\n# c\na: A\n", "encrypted_comment_regex", "en.*c")).toBe("")
  })
})
