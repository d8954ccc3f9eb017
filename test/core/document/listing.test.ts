import { describe, expect, test } from "vitest"
import { parseDocument } from "#core/document/document.ts"
import { listPlaces } from "#core/document/listing.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { encryptFor } from "../../support/custody.ts"
import { bool, bytes, comment, entry, float, int, list, map, NULL, time } from "../../support/trees.ts"

async function listed(...branches: ReturnType<typeof map>[]): Promise<string[]> {
  const document = parseDocument(await encryptFor(branches, "yaml"), formatNamed("yaml"))
  return (await listPlaces(document)).map(
    ({ branch, path, kind, state }) => `${branch} ${path} ${kind} ${state}`,
  )
}

describe("the places of an encrypted file", () => {
  test("are told with the kinds of their values", async () => {
    const tree = map(
      entry("s", "x"),
      entry("i", int(1)),
      entry("f", float(1.5)),
      entry("b", bool(true)),
      entry("t", time("2024-01-01T00:00:00Z")),
      entry("raw", bytes(0xff)),
      entry("n", NULL),
      entry("empty", ""),
      entry("open_unencrypted", int(3)),
    )
    expect(await listed(tree)).toEqual([
      "0 s str encrypted",
      "0 i int encrypted",
      "0 f float encrypted",
      "0 b bool encrypted",
      "0 t time encrypted",
      "0 raw str encrypted",
      "0 n null clear",
      "0 empty str clear",
      "0 open_unencrypted int clear",
    ])
  })

  test("count neither comments nor what sops makes of them in lists", async () => {
    const tree = map(comment("c"), entry("l", list(comment("d"), "x", comment("e"), map(entry("k", "y")))))
    expect(await listed(tree)).toEqual(["0 l[0] str encrypted", "0 l[1].k str encrypted"])
  })

  test("name maps and lists without items, and each document", async () => {
    expect(await listed(map(entry("m", map()), entry("l", list())), map(entry("a.b", "x")))).toEqual([
      "0 m map clear",
      "0 l list clear",
      '1 ["a.b"] str encrypted',
    ])
  })
})
