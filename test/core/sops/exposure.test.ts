import { describe, expect, test } from "vitest"
import { newlyExposed } from "#core/sops/exposure.ts"
import { compileRule, DEFAULT_RULE, type SelectionRule } from "#core/sops/selection.ts"
import type { Tree } from "#core/sops/tree.ts"
import { comment, entry, list, map } from "../../support/trees.ts"

const ONLY_PW: SelectionRule = { field: "encrypted_regex", pattern: "^pw$" }
const NOTHING: SelectionRule = { field: "encrypted_regex", pattern: "^$" }

async function exposed(before: Tree, after: Tree, file: SelectionRule, policy: SelectionRule) {
  return newlyExposed(before, after, await compileRule(file), await compileRule(policy))
}

const BEFORE: Tree = [map(comment("c"), entry("pw", "x"), entry("user", "u"), entry("l", list("i", "j")))]

describe("what a write would newly leave in clear against the policy", () => {
  test("is what it adds or changes where the file's rule is weaker", async () => {
    const after: Tree = [
      map(
        comment("new"),
        entry("pw", "y"),
        entry("user", "v"),
        entry("l", list("i", "k")),
        entry("token", "t"),
      ),
    ]
    expect(await exposed(BEFORE, after, ONLY_PW, DEFAULT_RULE)).toEqual([
      "(a comment)",
      "user",
      "l[1]",
      "token",
    ])
  })

  test("is nothing that stood there before, at that place with that value", async () => {
    const after: Tree = [map(comment("c"), entry("user", "u"), entry("pw", "new"), entry("l", list("i")))]
    expect(await exposed(BEFORE, after, ONLY_PW, DEFAULT_RULE)).toEqual([])
  })

  test("is nothing where the file's rule is the stronger, or the policy leaves the value in clear, too", async () => {
    const after: Tree = [map(entry("user", "v"), entry("pw", "y"))]
    expect(await exposed(BEFORE, after, DEFAULT_RULE, ONLY_PW)).toEqual([])
    expect(await exposed(BEFORE, after, NOTHING, ONLY_PW)).toEqual(["pw"])
  })

  test("is no empty text, which is never encrypted", async () => {
    expect(await exposed([], [map(entry("user", ""), entry("x", " "))], ONLY_PW, DEFAULT_RULE)).toEqual(["x"])
  })
})
