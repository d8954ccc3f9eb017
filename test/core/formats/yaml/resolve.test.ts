/**
 * Resolution of scalars, against what go.yaml.in/yaml/v3 3.0.4 gives for the
 * same texts (`Node.Decode` into an untyped value).
 */

import { describe, expect, test } from "vitest"
import { hasCode } from "../../../../core/errors.ts"
import { scalarNode } from "../../../../core/formats/yaml/build.ts"
import { longTag, resolve, resolveScalar, shortTag } from "../../../../core/formats/yaml/resolve.ts"

const NULLS = ["~", "null", "Null", "NULL", ""]

// biome-ignore format: a table
const STRINGS = [
  "nULL", "tRUE", "yes", "on", "y", "N", "+.nan", "nan", "Infinity", "<<", "_0", "+", "-", "--1", ".", ".5__0",
  "._5", "1e", ".e1", "1e999", "-1e999", ".1e999", "1.7976931348623159e308", "0x", "0xg", "0x10000000000000000",
  "0o8", "-0o-7", "0b2", "1:30", "1,000", "0xe+1", "2001-2-29", "1900-2-29", "2001-13-1", "10000-01-01",
  "2001-01-01T00:00:00", "2001-01-01T1:2:3z", "2001-01-01 1:2:3.", "2001-01-01 1:2:3Z", "2001-01-01T24:00:00Z",
  "2001-01-01T23:59:60Z", "2001-01-01T00:00:00+0530", "ENC[AES256_GCM]", "é", "#", "constructor", "__proto__",
]

const BOOLS: readonly [string, boolean][] = [
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["false", false],
]

// biome-ignore format: a table
const FLOATS: readonly [string, number][] = [
  [".nan", Number.NaN], [".NAN", Number.NaN], [".inf", Number.POSITIVE_INFINITY],
  ["+.INF", Number.POSITIVE_INFINITY], ["-.Inf", Number.NEGATIVE_INFINITY], ["1.", 1], ["1.5", 1.5], [".5", 0.5],
  ["-.5", -0.5], ["+.5", 0.5], [".5_0", 0.5], ["1_0.5", 10.5], ["1.5_0", 1.5], ["1.e5", 100000], ["1e3", 1000],
  ["1E+3", 1000], ["1e-999", 0], ["-0.0", -0], ["08", 8], ["089", 89],
  ["0777777777777777777777777", 7.777777777777778e23], ["-9223372036854775809", -(2 ** 63)],
  ["+9223372036854775808", 2 ** 63], ["18446744073709551616", 2 ** 64],
]

// biome-ignore format: a table
const INTS: readonly [string, bigint][] = [
  ["0", 0n], ["00", 0n], ["-0", 0n], ["+0", 0n], ["0_", 0n], ["1__0", 10n], ["-_1", -1n], ["0x0", 0n], ["0X1f", 31n],
  ["0x_1", 1n], ["-0x1_F", -31n], ["0x7fffffffffffffff", 9223372036854775807n], ["0o7", 7n], ["-0o7", -7n],
  ["0o-7", -7n], ["0777", 511n], ["07_7", 63n], ["-0777", -511n], ["0b11", 3n], ["-0b11", -3n], ["0B1", 1n],
  ["0b-1", -1n], ["0b+1", 1n], ["9223372036854775807", 9223372036854775807n],
  ["-9223372036854775808", -9223372036854775808n], [`${"0".repeat(100)}7`, 7n], [`0x${"0".repeat(100)}7`, 7n],
]

const TIMES: readonly [string, string][] = [
  ["2001-01-01", "2001-01-01T00:00:00Z"],
  ["2001-1-1", "2001-01-01T00:00:00Z"],
  ["2000-2-29", "2000-02-29T00:00:00Z"],
  ["0000-01-01", "0000-01-01T00:00:00Z"],
  ["2001-01-01t1:2:3Z", "2001-01-01T01:02:03Z"],
  ["2001-01-01  1:2:3,5", "2001-01-01T01:02:03.5Z"],
  ["2001-01-01T00:00:00+00:00", "2001-01-01T00:00:00Z"],
  ["2001-01-01T00:00:00-05:30", "2001-01-01T00:00:00-05:30"],
  ["2001-01-01T00:00:00+05:60", "2001-01-01T00:00:00+06:00"],
  ["2001-01-01T00:00:00+23:59", "2001-01-01T00:00:00+23:59"],
  ["2001-01-01T00:00:00.1234567891234Z", "2001-01-01T00:00:00.123456789Z"],
  ["2001-01-01T00:00:00.100Z", "2001-01-01T00:00:00.1Z"],
  ["2001-01-01T00:00:00.000Z", "2001-01-01T00:00:00Z"],
]

function plain(text: string, tag = "") {
  return resolveScalar(scalarNode(text, tag, "plain"))
}

describe("a plain scalar without a tag", () => {
  test.each(NULLS)("%j is null", (text) => {
    expect(plain(text)).toEqual({ kind: "null" })
  })

  test.each(STRINGS)("%j is a string", (text) => {
    expect(plain(text)).toEqual({ kind: "str", text })
  })

  test.each(BOOLS)("%j is the bool %j", (text, value) => {
    expect(plain(text)).toEqual({ kind: "bool", value })
  })

  test.each(FLOATS)("%j is the float %j", (text, value) => {
    expect(plain(text)).toEqual({ kind: "float", value })
  })

  test.each(INTS)("%j is the int %s", (text, value) => {
    expect(plain(text)).toEqual({ kind: "int", value })
  })

  test.each(TIMES)("%j is the time %s", (text, canonical) => {
    expect(plain(text)).toEqual({ kind: "time", text: canonical })
  })

  test.each(["9223372036854775808", "18446744073709551615", "0xffffffffffffffff", `0b1${"0".repeat(63)}`])(
    "%s, which SOPS cannot encrypt, is refused with its place and without its digits",
    (text) => {
      const node = { ...scalarNode(text, "!!int", "plain"), line: 7, column: 3 }
      const error = caught(() => resolveScalar(node))
      expect(hasCode(error, "unsupported-value") && error.details).toEqual({
        at: "line 7",
        line: 7,
        column: 3,
      })
      expect(String(error)).not.toContain(text)
      expect(String(error)).toContain("quote it")
    },
  )

  test.each(["2001-01-01T00:00:00+24:00", "2001-01-01T00:00:00-23:60"])(
    "%s, an offset of 24 hours, is refused",
    (text) => {
      expect(
        hasCode(
          caught(() => plain(text)),
          "unsupported-value",
        ),
      ).toBe(true)
    },
  )
})

describe("a quoted scalar", () => {
  test.each(["double", "single", "literal", "folded"] as const)("in style %s is a string", (style) => {
    for (const text of ["1", "true", "", "2001-01-01"]) {
      expect(resolveScalar(scalarNode(text, "", style))).toEqual({ kind: "str", text })
    }
  })
})

describe("a scalar with a tag", () => {
  const accepted: readonly [string, string, object][] = [
    ["!!str", "5", { kind: "str", text: "5" }],
    ["!!str", "~", { kind: "str", text: "~" }],
    ["!!int", "0x1F", { kind: "int", value: 31n }],
    ["!!float", "5", { kind: "float", value: 5 }],
    ["!!float", "1e3", { kind: "float", value: 1000 }],
    ["!!bool", "true", { kind: "bool", value: true }],
    ["!!null", "", { kind: "null" }],
    ["!!timestamp", "2001-01-01", { kind: "time", text: "2001-01-01T00:00:00Z" }],
    ["!!binary", "YWI=", { kind: "str", text: "ab" }],
    ["!!binary", "77u/YQ==", { kind: "str", text: "\ufeffa" }],
    ["!!binary", "gICA", { kind: "bytes", bytes: new Uint8Array([0x80, 0x80, 0x80]) }],
    ["!custom", "5", { kind: "str", text: "5" }],
    ["!!foo", "5", { kind: "str", text: "5" }],
    ["!!merge", "<<", { kind: "str", text: "<<" }],
    ["tag:yaml.org,2002:int", "5", { kind: "int", value: 5n }],
  ]

  test.each(accepted)("%s %j is read as its tag says, quoted or not", (tag, text, value) => {
    expect(resolveScalar(scalarNode(text, tag, "plain"))).toEqual(value)
    expect(resolveScalar(scalarNode(text, tag, "double"))).toEqual(value)
  })

  test.each([
    ["!!int", "5.0"],
    ["!!int", "secret"],
    ["!!int", "2001-01-01"],
    ["!!float", "secret"],
    ["!!float", "9223372036854775808"],
    ["!!bool", "yes"],
    ["!!null", "secret"],
    ["!!timestamp", "5"],
    ["!!binary", "YW"],
    ["!!binary", "é"],
  ])("%s %j is a syntax error at its place that does not say the value", (tag, text) => {
    const error = caught(() => resolveScalar({ ...scalarNode(text, tag, "plain"), line: 2, column: 4 }))
    expect(hasCode(error, "syntax") && error.details).toEqual({ format: "yaml", line: 2, column: 4 })
    expect(String(error)).not.toContain(text)
  })
})

describe("tags", () => {
  test("the tag of a plain text is short", () => {
    expect(["", "x", "1", "1.5", "true", "2001-01-01", "<<"].map((text) => resolve("", text).tag)).toEqual([
      "!!null",
      "!!str",
      "!!int",
      "!!float",
      "!!bool",
      "!!timestamp",
      "!!str",
    ])
  })

  test("have a short and a long form, unless they are not YAML's", () => {
    for (const [short, long] of [
      ["!!str", "tag:yaml.org,2002:str"],
      ["!!foo", "tag:yaml.org,2002:foo"],
      ["!custom", "!custom"],
      ["", ""],
    ] as const) {
      expect(longTag(short)).toBe(long)
      expect(shortTag(long)).toBe(short)
    }
  })
})

function caught(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error("nothing was thrown")
}
