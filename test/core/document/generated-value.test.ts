import { describe, expect, test } from "vitest"
import { generateValue, parseGeneratedKind } from "#core/document/generated-value.ts"

describe("the kinds of generated values", () => {
  test.each([
    ["8", { kind: "alphanumeric", length: 8 }],
    ["4096", { kind: "alphanumeric", length: 4096 }],
    ["hex", { kind: "hex", length: 32 }],
    ["hex:8", { kind: "hex", length: 8 }],
    ["base64", { kind: "base64", length: 32 }],
    ["base64:4096", { kind: "base64", length: 4096 }],
    ["uuid", { kind: "uuid" }],
  ])("%s", (text, kind) => {
    expect(parseGeneratedKind(text)).toEqual(kind)
  })

  test.each([
    "",
    "7",
    "4097",
    "hex:7",
    "hex:",
    ":8",
    "hex8",
    "base64:99999",
    "uuid:8",
    "HEX",
    "1e3",
    "-8",
    "8 ",
  ])("not %j", (text) => {
    expect(parseGeneratedKind(text)).toBeNull()
  })
})

describe("a generated value", () => {
  test("uses every letter and digit about as often", () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 20; i++) {
      for (const character of generateValue({ kind: "alphanumeric", length: 4096 }))
        counts.set(character, (counts.get(character) ?? 0) + 1)
    }
    expect(counts.size).toBe(62)
    // 1,321 are expected of each; 36 is the standard deviation.
    for (const count of counts.values()) expect(Math.abs(count - 1321)).toBeLessThan(36 * 8)
  })

  test.each([8, 9, 61, 62, 63, 4096])("has the %i characters asked for", (length) => {
    expect(generateValue({ kind: "alphanumeric", length })).toHaveLength(length)
  })

  test("is never the same", () => {
    const values = Array.from({ length: 100 }, () => generateValue({ kind: "uuid" }))
    expect(new Set(values).size).toBe(100)
    for (const value of values)
      expect(value).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
