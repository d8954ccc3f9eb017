import { describe, expect, test } from "vitest"
import { findChanges, nameOfChange } from "#core/document/changes.ts"
import type { FormatName } from "#core/formats/format.ts"
import { formatNamed } from "#core/formats/registry.ts"
import type { Tree } from "#core/sops/tree.ts"

function parse(text: string, format: FormatName = "yaml"): Tree {
  return formatNamed(format).parsePlain(new TextEncoder().encode(text))
}

/** One line for each change. */
function changes(before: string, after: string, format: FormatName = "yaml"): string[] {
  const old = parse(before, format)
  const now = parse(after, format)
  const branches = Math.max(old.length, now.length)
  return findChanges(old, now).map((change) => `${change.kind} ${nameOfChange(change, branches)}`)
}

describe("the changes between two trees", () => {
  test("are none for the same values, whatever comments, order and layout say", () => {
    expect(changes("a: 1\nb: {c: x}\n", "# note\nb:\n    c: 'x' # here\na: 1\n")).toEqual([])
  })

  test("name what was added, removed and changed, in the order of the new document", () => {
    const before = "a: 1\ngone: 2\ndb: {user: u, pass: p}\nlast: 3\n"
    const after = "a: 5\ndb: {user: u, pass: q, port: 1}\nlast: 3\nnew: {deep: [x, y]}\n"
    expect(changes(before, after)).toEqual([
      "changed a",
      "removed gone",
      "changed db.pass",
      "added db.port",
      "added new.deep[0]",
      "added new.deep[1]",
    ])
  })

  test("tell a number from the same digits in quotes, and not an int from an integral float", () => {
    expect(changes("a: 5\n", 'a: "5"\n')).toEqual(["changed a"])
    expect(changes("a: true\n", 'a: "True"\n')).toEqual(["changed a"])
    expect(changes("a: 5.0\n", "a: 5\n")).toEqual([])
    expect(changes("a: null\n", 'a: ""\n')).toEqual(["changed a"])
  })

  test("of a list stay with the item that was put in, taken out or altered", () => {
    const list = (...items: string[]) => `l: [${items.join(", ")}]\n`
    expect(changes(list("a", "b", "c"), list("a", "x", "b", "c"))).toEqual(["added l[1]"])
    expect(changes(list("a", "b", "c"), list("b", "c"))).toEqual(["removed l[0]"])
    expect(changes(list("a", "b", "c"), list("a", "x", "c"))).toEqual(["changed l[1]"])
    expect(changes(list("a"), list("a", "a"))).toEqual(["added l[1]"])
    expect(changes("l: [{k: 1, m: 2}]\n", "l: [{k: 1, m: 3}]\n")).toEqual(["changed l[0].m"])
  })

  test("of kind are a removal and additions, and one change between things without items", () => {
    expect(changes("a: 1\n", "a: {b: 1, c: 2}\n")).toEqual(["removed a", "added a.b", "added a.c"])
    expect(changes("a: {}\n", "a: []\n")).toEqual(["changed a"])
    expect(changes("a: {}\n", "a: {b: 1}\n")).toEqual(["added a.b"])
    expect(changes("a: [1]\n", "a: []\n")).toEqual(["removed a[0]"])
  })

  test("name the document where there is more than one", () => {
    expect(changes("a: 1\n---\nb: 1\n", "a: 1\n---\nb: 2\n---\nc: 3\n")).toEqual([
      "changed document 2: b",
      "added document 3: c",
    ])
  })

  test("tell occurrences of one key apart", () => {
    expect(changes("K=1\nK=2\n", "K=1\nK=3\n", "dotenv")).toEqual(["changed K"])
    expect(changes("K=1\nK=2\n", "K=1\n", "dotenv")).toEqual(["removed K"])
    expect(changes('{"__proto__": 1, "a": 2}', '{"__proto__": 3, "a": 2}', "json")).toEqual([
      "changed __proto__",
    ])
  })

  test("are found in twenty thousand lines at once", () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `key${i}: value${i}`)
    const after = lines.with(15_000, "key15000: other").toSpliced(3, 1)
    const start = performance.now()
    const old = parse(lines.join("\n"))
    const now = parse(after.join("\n"))
    const parsed = performance.now()
    expect(findChanges(old, now)).toHaveLength(2)
    // Beside parsing it is nothing.
    expect(performance.now() - parsed).toBeLessThan(Math.max(200, parsed - start))
  })
})
