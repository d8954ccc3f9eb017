/**
 * Nodes of single values, against what go.yaml.in/yaml/v3 3.0.4 makes of them
 * (`Node.Encode`), and their spelling in files that sops has written.
 */

import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { documentNode, mappingNode } from "../../../../core/formats/yaml/build.ts"
import { encodeScalar } from "../../../../core/formats/yaml/encode.ts"
import { printDocuments } from "../../../../core/formats/yaml/printer.ts"
import { type Scalar, str } from "../../../../core/sops/scalar.ts"

// biome-ignore format: a table
const STYLES = {
  plain: [
    "a", "a b", "1:60", "=", "-a", ":a", "a]", "a:b", "a#b", "x,y", "é", "\u00a0", "\ufffd", "yes!", "0xg", "1e999",
  ],
  double: [
    "", "true", "null", "~", "1", "1.5", ".5_0", "0o7", "2001-01-01", "y", "Yes", "OFF", "12:30:45", "-1:30.5", "a\tb",
    "a \nb", "a\rb", "\u0000", "\u001b", "\u007f", "\u0085", "\ufeffa", "\uffff", "😀", "a\n😀", "a\n ",
  ],
  single: [
    " ", "a: b", "a #b", "a:", "-", "- a", "?", "? a", "#a", "!a", "&a", "*a", "%a", "@a", "`a", "'a", '"a"', "[a",
    "{a", ",a", "|", ">", "---", "--- a", "...", "a ", " a", "it's: ", "\u2028", "a\u2028b",
  ],
  literal: ["a\nb", "a\nb\n", "a\nb\n\n", "\n", " a\nb", "a\n b", "a\n\tb", "\ta\nb", "a\u2028\nb", "a: 1\n# b\n"],
} as const

describe("a string", () => {
  for (const style of ["plain", "double", "single", "literal"] as const) {
    test.each(STYLES[style])(`%j is ${style}`, (text) => {
      expect(encodeScalar(str(text))).toMatchObject({ value: text, tag: "!!str", tagged: false, style })
    })
  }

  test("of two less-than signs becomes a merge key, as yaml.v3 reads it back", () => {
    expect(encodeScalar(str("<<"))).toMatchObject({ value: "<<", tag: "!!merge", style: "plain" })
  })

  test("of a lone surrogate keeps its place in the document", () => {
    expect(encodeScalar(str("a\ud800"))).toMatchObject({ style: "plain" })
  })
})

describe("bytes that are no text", () => {
  test("are base64 behind !!binary", () => {
    expect(encodeScalar({ kind: "bytes", bytes: new Uint8Array([0x80, 0xff]) })).toMatchObject({
      value: "gP8=",
      tag: "!!binary",
      tagged: true,
      style: "plain",
    })
  })

  test.each([
    [50, ["68"]],
    [52, ["70", "2"]],
    [105, ["70", "70"]],
    [106, ["70", "70", "4"]],
  ])("of %i bytes have base64 lines of at most 70 characters", (size, lengths) => {
    const { value, style } = encodeScalar({ kind: "bytes", bytes: new Uint8Array(size).fill(0xff) })
    const isMultiline = lengths.length > 1
    expect(value.split("\n").map((line) => String(line.length))).toEqual(
      isMultiline ? [...lengths, "0"] : lengths,
    )
    expect(style).toBe(isMultiline ? "literal" : "plain")
  })
})

describe("a number", () => {
  const floats: readonly [number, string, string][] = [
    [0, "0", "!!int"],
    [-0, "-0", "!!int"],
    [2, "2", "!!int"],
    [0.25, "0.25", "!!float"],
    [123456.7, "123456.7", "!!float"],
    [999999.5, "999999.5", "!!float"],
    [999999, "999999", "!!int"],
    [1000000, "1e+06", "!!float"],
    [123456789.123, "1.23456789123e+08", "!!float"],
    [1e21, "1e+21", "!!float"],
    [1e100, "1e+100", "!!float"],
    [0.0001, "0.0001", "!!float"],
    [0.00001234, "1.234e-05", "!!float"],
    [-1e-7, "-1e-07", "!!float"],
    [5e-324, "5e-324", "!!float"],
    [Number.MAX_VALUE, "1.7976931348623157e+308", "!!float"],
    [Number.POSITIVE_INFINITY, ".inf", "!!float"],
    [Number.NEGATIVE_INFINITY, "-.inf", "!!float"],
    [Number.NaN, ".nan", "!!float"],
  ]

  test.each(floats)("%d as a float is spelled %s", (value, text, tag) => {
    expect(encodeScalar({ kind: "float", value })).toMatchObject({ value: text, tag, style: "plain" })
  })

  test.each([0n, -17n, 9223372036854775807n, -9223372036854775808n])(
    "%s as an int has its digits",
    (value) => {
      expect(encodeScalar({ kind: "int", value })).toMatchObject({ value: String(value), tag: "!!int" })
    },
  )
})

describe("other values", () => {
  test("null, bools and times are plain", () => {
    expect(encodeScalar(null)).toMatchObject({ value: "null", tag: "!!null", style: "plain" })
    expect(encodeScalar({ kind: "bool", value: true })).toMatchObject({ value: "true", tag: "!!bool" })
    expect(encodeScalar({ kind: "bool", value: false })).toMatchObject({ value: "false", tag: "!!bool" })
    const text = "2001-12-14T21:59:43.1-05:00"
    expect(encodeScalar({ kind: "time", text })).toMatchObject({
      value: text,
      tag: "!!timestamp",
      style: "plain",
    })
  })
})

describe("a file that sops has decrypted", () => {
  const decrypted = readFileSync(
    new URL("../../../vectors/sops/yaml-types/decrypted.yaml", import.meta.url),
    "utf8",
  )

  const spelled: readonly [string, Scalar | null][] = [
    ["ratio", { kind: "float", value: 0.25 }],
    ["large", { kind: "int", value: 1000000n }],
    ["huge_float", { kind: "float", value: 1e21 }],
    ["tiny", { kind: "float", value: 1e-7 }],
    ["negative", { kind: "int", value: -17n }],
    ["enabled", { kind: "bool", value: true }],
    ["empty", str("")],
    ["nothing", null],
    ["date", { kind: "time", text: "2024-02-29T00:00:00Z" }],
    ["when", { kind: "time", text: "2001-12-14T21:59:43.1-05:00" }],
    ["multi", str("line one\nline two\n")],
    ["unicode", str("ключ 🔑 — é")],
    ["quoted key: yes", { kind: "int", value: 1n }],
    ["7", str("seven")],
    ["yes", str("yes")],
  ]

  test.each(spelled)("spells %s as we do", (key, value) => {
    const root = mappingNode([encodeScalar(str(key)), encodeScalar(value)])
    const printed = printDocuments([documentNode([root])], { indent: 4 })
    expect(`\n${decrypted}`).toContain(`\n${printed}`)
  })
})
