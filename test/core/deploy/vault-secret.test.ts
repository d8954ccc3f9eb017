import { describe, expect, it } from "vitest"
import { fromUtf8, toUtf8 } from "../../../core/bytes.ts"
import { isSameSecret, secretBody, storedSecret, toVaultSecret } from "../../../core/deploy/vault-secret.ts"
import { parseJsonValue } from "../../../core/formats/json.ts"
import { yaml } from "../../../core/formats/yaml.ts"
import type { MapNode } from "../../../core/sops/tree.ts"

const secretOf = (text: string): MapNode => toVaultSecret(yaml.parsePlain(toUtf8(text)))
const jsonOf = (text: string) => JSON.parse(fromUtf8(secretBody(secretOf(text), 1)) ?? "")

describe("a document as a secret of Vault", () => {
  it("keeps types, order and nesting, and loses its comments", () => {
    expect(
      jsonOf(
        "# c\na: x\nb: 1\nc: 1.5\nd: true\ne: null\nf: 2001-12-14\ng:\n  # c\n  - {h: 1}\n  # d\n  - 2\n",
      ),
    ).toEqual({
      a: "x",
      b: 1,
      c: 1.5,
      d: true,
      e: null,
      f: "2001-12-14T00:00:00Z",
      g: [{ h: 1 }, 2],
    })
  })

  it("merges documents; the later wins", () => {
    expect(jsonOf("a: 1\nb: 1\n---\nb: 2\n")).toEqual({ a: 1, b: 2 })
  })

  it("keeps whole numbers that a float cannot", () => {
    expect(fromUtf8(secretBody(secretOf("a: 9223372036854775807\n"), 1))).toContain("9223372036854775807")
  })

  it("refuses what JSON cannot say, with its place", () => {
    expect(() => secretOf("a: {b: [.inf]}\n")).toThrow(/^a\.b\[0\] has no notation/)
    expect(() => secretOf("a: !!binary /w==\n")).toThrow(/^a has no notation/)
  })

  it("stands in `data` for version 2 of the engine", () => {
    expect(JSON.parse(fromUtf8(secretBody(secretOf("a: 1\n"), 2)) ?? "")).toEqual({ data: { a: 1 } })
  })
})

describe("what Vault has", () => {
  const stored = (text: string, version: 1 | 2) => storedSecret(toUtf8(text), version)

  it("is found in its answer", () => {
    expect(stored('{"data": {"a": "1"}}', 1)).toMatchObject({ kind: "map" })
    const second = stored('{"data": {"data": {"a": "1"}, "metadata": {}}}', 2)
    expect(second !== null && isSameSecret(second, secretOf("a: '1'\n"))).toBe(true)
  })

  it.each(['{"data": null}', "{}", '{"data": {"data": null}}', '{"data": {"data": [1]}}'])(
    "is nothing in %s",
    (text) => {
      expect(stored(text, 2)).toBeNull()
    },
  )

  it("is not guessed at", () => {
    expect(() => stored("<html>", 2)).toThrow()
  })
})

describe("two secrets", () => {
  const same = (a: string, b: string) => isSameSecret(parseJsonValue(a), parseJsonValue(b))

  it.each([
    ['{"a":1,"b":[1,{"c":null}]}', '{"b":[1,{"c":null}],"a":1}'],
    ["1", "1.0"],
    ["{}", "{}"],
  ])("are the same: %s and %s", (a, b) => {
    expect(same(a, b)).toBe(true)
    expect(same(b, a)).toBe(true)
  })

  it.each([
    ['{"a":1}', '{"a":"1"}'],
    ['{"a":1}', '{"a":1,"b":1}'],
    ['{"a":1}', '{"b":1}'],
    ['{"a":null}', '{"b":null}'],
    ["[1,2]", "[2,1]"],
    ["[1]", "[1,1]"],
    ["{}", "[]"],
    ["{}", "null"],
    ["true", '"True"'],
    ["1", "2"],
    ["null", '""'],
  ])("differ: %s and %s", (a, b) => {
    expect(same(a, b)).toBe(false)
    expect(same(b, a)).toBe(false)
  })
})
