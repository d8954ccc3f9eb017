import { describe, expect, test } from "vitest"
import { parseTreePath } from "#cli/sops/tree-path.ts"

describe("a path in sops' spelling", () => {
  test.each([
    ['["a"]', ["a"]],
    ['["a"][0]["b c"]', ["a", 0, "b c"]],
    ["['a'][+1][-1]", ["a", 1, -1]],
    ['["a.b"]["c:d"]', ["a.b", "c:d"]],
    // Backslashes mean nothing to sops.
    ['["a\\"b"]', ['a\\"b']],
    ['[""]', [""]],
    ["", []],
    ["[[[", []],
  ])("%s", (text, path) => {
    expect(parseTreePath(text)).toEqual(path)
  })

  test.each(["a", "a.b", "a[0]", '["a"', '["a"] ', "[a]", "[]", '["]', "[1.5]", "[0x1]", '["a"]b'])(
    "is not %s",
    (text) => {
      expect(parseTreePath(text)).toBeNull()
    },
  )
})
