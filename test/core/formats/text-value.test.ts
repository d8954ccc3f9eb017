/** Leaves as text: each expectation is what Go's `stores.ValToString` of sops 3.13.2 printed. */

import { describe, expect, it } from "vitest"
import { encodeText } from "#core/formats/source-text.ts"
import { toText } from "#core/formats/text-value.ts"
import { str } from "#core/sops/scalar.ts"

describe("toText", () => {
  it.each([
    [0, "0.0"],
    [-0, "-0.0"],
    [1, "1.0"],
    [2.5, "2.5"],
    [100000, "100000.0"],
    [999999.5, "999999.5"],
    [1e6, "1E+06"],
    [123456, "123456.0"],
    [1234567, "1.234567E+06"],
    [1e21, "1E+21"],
    [1e100, "1E+100"],
    [0.0001, "0.0001"],
    [0.00001, "1E-05"],
    [-1.25e-5, "-1.25E-05"],
    [5e-324, "5E-324"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "+Inf"],
    [Number.NEGATIVE_INFINITY, "-Inf"],
  ])("spells the float %d", (value, text) => {
    expect(toText({ kind: "float", value })).toBe(text)
  })

  it("spells the other kinds", () => {
    expect(toText({ kind: "int", value: -9223372036854775808n })).toBe("-9223372036854775808")
    expect(toText({ kind: "bool", value: true })).toBe("true")
    expect(toText({ kind: "bool", value: false })).toBe("false")
    expect(toText({ kind: "null" })).toBe("<nil>")
    expect(toText(str(" a\nb "))).toBe(" a\nb ")
  })

  it("cuts a time to whole seconds and keeps its offset", () => {
    expect(toText({ kind: "time", text: "2001-12-14T21:59:43.1-05:00" })).toBe("2001-12-14T21:59:43-05:00")
    expect(toText({ kind: "time", text: "2001-12-14T00:00:00Z" })).toBe("2001-12-14T00:00:00Z")
  })

  it("keeps bytes that are not UTF-8, and takes none from a lone surrogate", () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0xf0, 0x9f, 0x94, 0x91, 0xed, 0xa0, 0x80)
    expect(encodeText(toText({ kind: "bytes", bytes }))).toEqual(bytes)
    expect(encodeText(toText(str("\udcff")))).toEqual(Uint8Array.of(0xef, 0xbf, 0xbd))
  })
})
