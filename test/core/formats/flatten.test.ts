/** Flat metadata there and back, and what is refused in it. */

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ConclaveError } from "#core/errors.ts"
import { flattenMetadata, unflattenMetadata } from "#core/formats/flatten.ts"
import { str } from "#core/sops/scalar.ts"
import type { MapNode, Node } from "#core/sops/tree.ts"

/** A node of plain data, in the order given. */
function nodeOf(data: unknown): Node {
  if (Array.isArray(data)) return { kind: "list", items: data.map(nodeOf) }
  return typeof data === "string" ? str(data) : mapOf(data as Record<string, unknown>)
}

function mapOf(data: Record<string, unknown>): MapNode {
  return {
    kind: "map",
    items: Object.entries(data).map(([key, value]) => ({ kind: "entry", key, value: nodeOf(value) })),
  }
}

function flat(data: Record<string, unknown>): string[] {
  return flattenMetadata(mapOf(data)).map(({ key }) => key)
}

function unflatten(...keys: string[]): MapNode {
  return unflattenMetadata(keys.map((key) => ({ key, value: str("v") })))
}

function refusal(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    return { code: error.code, ...error.details }
  }
  return "not refused"
}

describe("flattenMetadata", () => {
  it("names leaves by their path, in order", () => {
    expect(
      flat({ kms: [{ context: { App: "x" }, arn: "a" }], age: [{ enc: "e" }, { enc: "f" }], mac: "m" }),
    ).toEqual([
      "kms__list_0__map_context__map_App",
      "kms__list_0__map_arn",
      "age__list_0__map_enc",
      "age__list_1__map_enc",
      "mac",
    ])
  })

  it("leaves no line for empty maps and lists and comments", () => {
    const list: Node = { kind: "list", items: [{ kind: "comment", text: "c" }, str("v")] }
    const metadata: MapNode = {
      kind: "map",
      items: [
        { kind: "comment", text: "c" },
        { kind: "entry", key: "a", value: list },
        { kind: "entry", key: "b", value: nodeOf([]) },
        { kind: "entry", key: "c", value: nodeOf({}) },
      ],
    }
    expect(flattenMetadata(metadata)).toEqual([{ key: "a__list_0", value: str("v") }])
  })

  it("refuses two leaves of one name", () => {
    expect(refusal(() => flat({ a__map_b: "1", a: { b: "2" } }))).toEqual({
      code: "malformed",
      at: "a__map_b",
    })
  })

  it("refuses nesting above the limit", () => {
    let data: unknown = "v"
    for (let i = 0; i < 1100; i++) data = [data]
    expect(refusal(() => flat({ a: data }))).toMatchObject({ code: "malformed" })
  })
})

describe("unflattenMetadata", () => {
  it("sorts maps in byte order and lists by index", () => {
    const root = unflatten("b", "a__list_1", "a__list_0", "\ue000", "\u{10000}", "B")
    expect(root.items.map((item) => (item.kind === "entry" ? item.key : ""))).toEqual([
      "B",
      "a",
      "b",
      "\ue000",
      "\u{10000}",
    ])
  })

  it("takes names of Object's prototype for names", () => {
    const root = unflatten("__proto____map_x", "constructor")
    expect(root.items).toEqual([
      {
        kind: "entry",
        key: "__proto__",
        value: { kind: "map", items: [{ kind: "entry", key: "x", value: str("v") }] },
      },
      { kind: "entry", key: "constructor", value: str("v") },
    ])
  })

  it.each([
    ["the same key twice", ["a__map_b", "a__map_b"], "a__map_b"],
    ["a list that starts at 1", ["a__list_1"], "a"],
    ["a list with holes", ["a__list_0", "a__list_2"], "a"],
    ["an index that is no number, which sops takes for 0", ["a__list_x"], "a__list_x"],
    ["an empty index", ["a__list_"], "a__list_"],
    ["an index with leading zeros", ["a__list_00"], "a__list_00"],
    ["an index above the limit", ["a__list_10001"], "a__list_10001"],
    ["a value that is a map as well", ["a", "a__map_b"], "a"],
    ["a map that is a list as well", ["x__map_a__list_0", "x__map_a__map_b"], "x__map_a"],
  ])("refuses %s", (_, keys, at) => {
    expect(refusal(() => unflatten(...keys))).toEqual({ code: "malformed", at })
  })

  it("refuses nesting above the limit", () => {
    expect(refusal(() => unflatten(`a${"__map_a".repeat(100_000)}`))).toMatchObject({ code: "malformed" })
  })
})

describe("together", () => {
  const name = fc.string({ minLength: 1, maxLength: 6 }).filter((key) => !/__|_$|^_/.test(key))
  const { root } = fc.letrec<{ node: unknown; root: [string, unknown][] }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      fc.string(),
      fc.array(tie("node"), { minLength: 1, maxLength: 3 }),
      fc.dictionary(name, tie("node"), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    ),
    root: fc.uniqueArray(fc.tuple(name, tie("node")), { selector: ([key]) => key, maxLength: 4 }),
  }))

  it("unflattening inverts flattening, but for the order", () => {
    fc.assert(
      fc.property(root, (pairs) => {
        const entries = flattenMetadata({
          kind: "map",
          items: pairs.map(([key, value]) => ({ kind: "entry", key, value: nodeOf(value) })),
        })
        const back = flattenMetadata(unflattenMetadata(entries))
        const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)
        expect([...back].sort(byKey)).toEqual([...entries].sort(byKey))
      }),
    )
  })
})
