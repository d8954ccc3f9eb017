import { describe, expect, test } from "vitest"
import { mergeTrees } from "#core/document/merge.ts"
import type { FormatName } from "#core/formats/format.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { formatKeyPath } from "#core/sops/key-path.ts"
import type { Tree } from "#core/sops/tree.ts"

function parse(text: string, format: FormatName = "yaml"): Tree {
  return formatNamed(format).parsePlain(new TextEncoder().encode(text))
}

function merge(base: string, ours: string, theirs: string, format: FormatName = "yaml") {
  const { tree, conflicts } = mergeTrees(parse(base, format), parse(ours, format), parse(theirs, format))
  return {
    text: new TextDecoder().decode(formatNamed(format).printPlain(tree)),
    conflicts: conflicts.map(({ path, what }) => `${what} ${formatKeyPath(path)}`),
  }
}

/** As the format prints it. */
function printed(text: string, format: FormatName = "yaml"): string {
  return new TextDecoder().decode(formatNamed(format).printPlain(parse(text, format)))
}

const BASE = "# head\na: 1\nb: 2 # two\nc:\n    d: 3\n    e: [x, y, z]\n"

const OTHERS = [
  BASE,
  "a: 1\n",
  "# head\na: 9\nb: 2 # two\nc:\n    d: 3\n    e: [x, y, z]\n",
  "b: 2\na: 1\nc: text\nnew: [1, {k: v}]\n",
  "# other\na: null\nc: {e: [x]}\n",
  "a: 1\n---\nsecond: 2\n",
]

describe("merging three trees", () => {
  test.each(OTHERS)("gives theirs where ours changed nothing, and ours where theirs did: %j", (other) => {
    expect(merge(BASE, BASE, other)).toEqual({ text: printed(other), conflicts: [] })
    expect(merge(BASE, other, BASE)).toEqual({ text: printed(other), conflicts: [] })
    expect(merge(BASE, other, other)).toEqual({ text: printed(other), conflicts: [] })
    expect(merge(other, other, BASE)).toEqual({ text: printed(BASE), conflicts: [] })
  })

  test("takes each value from the side that changed it", () => {
    const ours = BASE.replace("a: 1", "a: ours").replace("d: 3", "d: 3\n    f: added by us")
    const theirs = BASE.replace("b: 2", "b: theirs")
      .replace("[x, y, z]", "[x, Y, z]")
      .replace("    d: 3\n", "")
    expect(merge(BASE, ours, theirs)).toEqual({
      text: printed("# head\na: ours\nb: theirs # two\nc:\n    e: [x, Y, z]\n    f: added by us\n"),
      conflicts: [],
    })
  })

  test("merges items of lists that have kept their length", () => {
    const base = "l: [{a: 1, b: 1}, 2, 3]\n"
    const merged = merge(base, "l: [{a: 9, b: 1}, 2, 3]\n", "l: [{a: 1, b: 8}, 2, 7]\n")
    expect(merged).toEqual({ text: printed("l: [{a: 9, b: 8}, 2, 7]\n"), conflicts: [] })
  })

  test.each([
    ["both changed a value", "a: 1\n", "a: 2\n", "a: 3\n", "value a"],
    ["one changed what the other removed", "a: 1\nb: 1\n", "a: 1\n", "a: 1\nb: 2\n", "value b"],
    ["the other way round", "a: 1\nb: 1\n", "a: 1\nb: 2\n", "a: 1\n", "value b"],
    ["both added a key", "a: 1\n", "a: 1\nb: 1\n", "a: 1\nb: 2\n", "value b"],
    ["both lengthened a list", "l: [1]\n", "l: [1, 2]\n", "l: [1, 3]\n", "value l"],
    ["one made a map of it", "a: 1\n", "a: {b: 1}\n", "a: 2\n", "value a"],
    ["the type differs alone", "a: x\n", "a: 5\n", 'a: "5"\n', "value a"],
    ["both changed comments", "# one\na: 1\n", "# two\na: 1\n", "# three\na: 1\n", "form "],
    [
      "one moved keys, the other changed comments",
      "a: 1\nb: 1\n",
      "b: 1\na: 1\n",
      "a: 1\n# here\nb: 1\n",
      "form ",
    ],
    ["documents came on both sides", "a: 1\n", "a: 1\n---\nb: 1\n", "a: 1\n---\nc: 1\n", "value "],
  ])("is a conflict where %s", (_, base, ours, theirs, conflict) => {
    const merged = merge(base, ours, theirs)
    expect(merged.conflicts).toEqual([conflict])
  })

  test("takes the same change of both sides once", () => {
    const merged = merge("a: 1\nb: 1\nc: 1\n", "a: 2\nb: 1\nn: 1\n", "a: 2\nb: 5\nn: 1\n")
    expect(merged).toEqual({ text: printed("a: 2\nb: 5\nn: 1\n"), conflicts: [] })
  })

  test("merges maps that both sides added", () => {
    const merged = merge("a: 1\n", "a: 1\nm: {x: 1}\n", "a: 1\nm: {y: 2}\n")
    expect(merged).toEqual({ text: printed("a: 1\nm:\n    y: 2\n    x: 1\n"), conflicts: [] })
  })

  test("keeps comments and order of the side that changed them", () => {
    const base = "a: 1\nb: 1\n"
    expect(merge(base, "# new\na: 1\nb: 1\n", "a: 5\nb: 1\n").text).toBe("# new\na: 5\nb: 1\n")
    expect(merge(base, "b: 1\na: 1\n", "a: 5\nb: 1\n").text).toBe("b: 1\na: 5\n")
    expect(merge(base, "a: 5\nb: 1\n", "b: 1\n# new\na: 1\n").text).toBe("b: 1\n# new\na: 5\n")
  })

  test("tells occurrences of a key apart", () => {
    expect(merge("K=1\nK=2\n", "K=9\nK=2\n", "K=1\nK=8\n", "dotenv")).toEqual({
      text: "K=9\nK=8\n",
      conflicts: [],
    })
  })
})
