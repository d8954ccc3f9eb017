import { describe, expect, test } from "vitest"
import { compareGroups, specOf } from "#core/keys/group-change.ts"
import { entryId, type KeyEntry, type KeyGroup } from "#core/keys/key-entry.ts"
import type { KeySpec } from "#core/keys/key-spec.ts"
import { specId } from "#core/keys/parse-key-spec.ts"

const group = (...names: string[]): KeyGroup =>
  names.map((recipient) => ({ kind: "age", recipient, enc: "wrapped" }))
const wanted = (...names: string[]): KeySpec[] => names.map((recipient) => ({ kind: "age", recipient }))

describe("the readers of a file beside those it is to have", () => {
  test("are compared group by group", () => {
    expect(
      compareGroups([group("a", "b"), group("c")], [wanted("b", "d"), wanted("c"), wanted("a")]),
    ).toEqual([
      { kept: ["b"], added: ["d"], removed: ["a"] },
      { kept: ["c"], added: [], removed: [] },
      { kept: [], added: ["a"], removed: [] },
    ])
    expect(compareGroups([group("a"), group("b")], [wanted("a")])[1]).toEqual({
      kept: [],
      added: [],
      removed: ["b"],
    })
  })

  test("count as removed from the group that they leave, although another gets them", () => {
    expect(compareGroups([group("a"), group("b")], [wanted("b"), wanted("a")])).toEqual([
      { kept: [], added: ["b"], removed: ["a"] },
      { kept: [], added: ["a"], removed: ["b"] },
    ])
  })
})

describe("the key of an entry", () => {
  test.each<KeyEntry>([
    { kind: "age", recipient: "age1x", enc: "e" },
    { kind: "pgp", fp: "AB", createdAt: "2024-01-01T00:00:00Z", enc: "e" },
    {
      kind: "kms",
      arn: "arn",
      role: "r",
      context: new Map([["a", "b"]]),
      awsProfile: "p",
      createdAt: "t",
      enc: "e",
    },
    { kind: "azure_kv", vaultUrl: "https://v", name: "n", version: "1", createdAt: "t", enc: "e" },
  ])("of kind $kind is all of it but what wrapping adds", (entry) => {
    const spec = specOf(entry)
    expect(specId(spec)).toBe(entryId(entry))
    expect(spec).not.toHaveProperty("enc")
    expect(spec).not.toHaveProperty("createdAt")
    expect({ createdAt: "t", ...entry, enc: "e" }).toMatchObject(spec)
  })
})
