import { describe, expect, test } from "vitest"
import { fromUtf8, toUtf8 } from "#core/bytes.ts"
import {
  formatPlainFloat,
  isEmptyScalar,
  parseScalar,
  type Scalar,
  scalarType,
  serializeScalar,
  str,
  strOf,
} from "#core/sops/scalar.ts"
import { failureOf } from "../../support/failure.ts"
import { bool, bytes, float, int, time } from "../../support/trees.ts"

const at = () => "a.b"

describe("the bytes of a value, for encryption and for the MAC", () => {
  test.each<[string, Scalar, string, string]>([
    ["a text as it is", str(" é\n"), "str", " é\n"],
    ["an integer in digits", int(-42), "int", "-42"],
    ["the largest integer exactly", int(2n ** 63n - 1n), "int", "9223372036854775807"],
    ["the smallest integer exactly", int(-(2n ** 63n)), "int", "-9223372036854775808"],
    ["true with a capital", bool(true), "bool", "True"],
    ["false with a capital", bool(false), "bool", "False"],
    ["a moment as it is", time("2001-12-14T21:59:43.1-05:00"), "time", "2001-12-14T21:59:43.1-05:00"],
  ])("%s", (_, scalar, type, text) => {
    expect(fromUtf8(serializeScalar(scalar))).toBe(text)
    expect(scalarType(scalar)).toBe(type)
    expect(parseScalar(type, serializeScalar(scalar), at)).toEqual(scalar)
  })

  test("bytes that are no text are of SOPS' type str", () => {
    const scalar = bytes(0xff, 0x00)
    expect(scalarType(scalar)).toBe("str")
    expect(serializeScalar(scalar)).toEqual(Uint8Array.of(0xff, 0x00))
    expect(parseScalar("str", Uint8Array.of(0xff, 0x00), at)).toEqual(scalar)
  })
})

describe("a float is spelled in shortest digits without an exponent", () => {
  test.each([
    [0, "0"],
    [-0, "-0"],
    [2, "2"],
    [-1.5, "-1.5"],
    [0.1, "0.1"],
    [1e20, "100000000000000000000"],
    [1e21, "1000000000000000000000"],
    [1.5e21, "1500000000000000000000"],
    [-1.2345678901234568e29, "-123456789012345680000000000000"],
    [1e-6, "0.000001"],
    [1e-7, "0.0000001"],
    [1.25e-9, "0.00000000125"],
    [-1.5e-7, "-0.00000015"],
    [123456.789, "123456.789"],
    [0.30000000000000004, "0.30000000000000004"],
    [2 ** 53 + 2, "9007199254740994"],
    [Number.POSITIVE_INFINITY, "+Inf"],
    [Number.NEGATIVE_INFINITY, "-Inf"],
    [Number.NaN, "NaN"],
    [Number.MAX_VALUE, `17976931348623157${"0".repeat(292)}`],
    [Number.MIN_VALUE, `0.${"0".repeat(323)}5`],
  ])("%d", (value, text) => {
    expect(formatPlainFloat(value)).toBe(text)
    expect(parseScalar("float", toUtf8(text), at)).toEqual(float(value))
  })
})

describe("reading takes what Go's parsers take", () => {
  test.each<[string, string, Scalar]>([
    ["int", "+7", int(7)],
    ["int", "-0", int(0)],
    ["int", "007", int(7)],
    ["float", "1e5", float(1e5)],
    ["float", "1E-2", float(0.01)],
    ["float", ".5", float(0.5)],
    ["float", "5.", float(5)],
    ["float", "+1.5", float(1.5)],
    ["float", "inf", float(Number.POSITIVE_INFINITY)],
    ["float", "-Infinity", float(Number.NEGATIVE_INFINITY)],
    ["float", "nan", float(Number.NaN)],
    ["bool", "1", bool(true)],
    ["bool", "t", bool(true)],
    ["bool", "T", bool(true)],
    ["bool", "TRUE", bool(true)],
    ["bool", "true", bool(true)],
    ["bool", "0", bool(false)],
    ["bool", "f", bool(false)],
    ["bool", "F", bool(false)],
    ["bool", "FALSE", bool(false)],
    ["bool", "false", bool(false)],
    ["time", "2001-12-14T21:59:43+00:00", time("2001-12-14T21:59:43Z")],
    ["bytes", "text", str("text")],
  ])("%s %j", (type, text, scalar) => {
    expect(parseScalar(type, toUtf8(text), at)).toEqual(scalar)
  })
})

describe("reading refuses what they refuse, and does not repeat it", () => {
  test.each([
    ["int", ""],
    ["int", "9223372036854775808"],
    ["int", "-9223372036854775809"],
    ["int", "0x1F"],
    ["int", "1_000"],
    ["int", "1.0"],
    ["int", " 1"],
    ["int", "1\n"],
    ["int", "٣"],
    ["int", "--1"],
    ["int", "9".repeat(100_000)],
    ["float", ""],
    ["float", "."],
    ["float", "1e"],
    ["float", "1e999"],
    ["float", "1,5"],
    ["float", "+nan"],
    ["float", "infinit"],
    ["bool", "yes"],
    ["bool", "tRUE"],
    ["bool", "on"],
    ["bool", ""],
    ["time", "2001-12-14"],
    ["time", "2001-12-14 21:59:43Z"],
    ["time", ""],
    ["comment", "text"],
    ["", "text"],
    ["foo", "text"],
    ["__proto__", "text"],
  ])("%s %j", (type, text) => {
    const failure = failureOf(() => parseScalar(type, toUtf8(text), at))
    expect(failure).toMatchObject({ code: "malformed", details: { at: "a.b" } })
    expect(failure.message).toBe("a.b: not a value of its type")
  })

  test("bytes that are no text, for any type but str", () => {
    const failure = failureOf(() => parseScalar("int", Uint8Array.of(0xff), at))
    expect(failure.code).toBe("malformed")
  })
})

test("a string is text where its bytes are UTF-8, and bytes where they are not", () => {
  expect(strOf(toUtf8("é"))).toEqual(str("é"))
  expect(strOf(toUtf8("\ufeffé"))).toEqual(str("\ufeffé"))
  expect(strOf(new Uint8Array(0))).toEqual(str(""))
  expect(strOf(Uint8Array.of(0xc3))).toEqual(bytes(0xc3))
  // UTF-8 of a lone surrogate is none.
  expect(strOf(Uint8Array.of(0xed, 0xa0, 0x80)).kind).toBe("bytes")
})

test("only the empty string counts as empty", () => {
  expect([str(""), bytes()].map(isEmptyScalar)).toEqual([true, true])
  expect([str(" "), bytes(0), int(0), float(0), bool(false)].map(isEmptyScalar)).not.toContain(true)
})
