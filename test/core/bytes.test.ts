import { describe, expect, test } from "vitest"
import {
  concat,
  decodeBase64,
  equalBytes,
  fromAscii,
  fromBase64,
  fromUtf8,
  randomBytes,
  toBase64,
  toBase64Bytes,
  toUtf8,
  wipe,
} from "#core/bytes.ts"
import { failureOf } from "../support/failure.ts"

describe("UTF-8", () => {
  test.each(["", "a", "é", "€", "𝄞", "\0", "\ufeffa", "\uffff", "a\r\n"])("of %j comes back", (text) => {
    expect(fromUtf8(toUtf8(text))).toBe(text)
  })

  test("a lone surrogate becomes the replacement character", () => {
    expect(fromUtf8(toUtf8("a\ud800b"))).toBe("a\ufffdb")
  })

  test.each([
    ["a lone continuation byte", [0x80]],
    ["a cut sequence", [0xe2, 0x82]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["an overlong NUL", [0xe0, 0x80, 0x80]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["more than U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["a byte that never occurs", [0x61, 0xff]],
  ])("%s is none", (_, bytes) => {
    expect(fromUtf8(Uint8Array.from(bytes))).toBeNull()
  })
})

describe("base64", () => {
  test("of every length and every byte is the platform's", () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i)
    for (const bytes of [all, ...Array.from({ length: 40 }, (_, size) => all.subarray(size, 2 * size))]) {
      const text = Buffer.from(bytes).toString("base64")
      expect(toBase64(bytes)).toBe(text)
      expect(fromAscii(toBase64Bytes(bytes))).toBe(text)
      expect(decodeBase64(text)).toEqual(bytes)
      expect(decodeBase64(toUtf8(text))).toEqual(bytes)
    }
  })

  test.each([
    ["", ""],
    ["Zg==", "f"],
    ["Zm8=", "fo"],
    ["Zm9v", "foo"],
    ["Z\ng=\r\n=", "f"],
    ["\nZm9v\n", "foo"],
    ["Zm9\nvYmFy", "foobar"],
    ["\r\n", ""],
    // Bits behind the end are ignored, as by Go's StdEncoding.
    ["Zh==", "f"],
    ["Zm9=", "fo"],
  ])("%j is read as Go reads it", (text, content) => {
    expect(fromBase64(text, "x")).toEqual(toUtf8(content))
    expect(fromBase64(toUtf8(text), "x")).toEqual(toUtf8(content))
  })

  test.each([
    "Z",
    "Zg",
    "Zg=",
    "Zm8",
    "Zg===",
    "=",
    "====",
    "=Zg=",
    "Z=g=",
    "Zg==Zg==",
    "Zm9vZg==Zg==",
    "Zm9v=",
    "Zm9v====",
    "Zg= =",
    "Zm 9v",
    "Zm9-",
    "Zm9_",
    "Zm9v\0",
    "Zm9é",
    "Zm9\u{1f511}",
    "ŚŚŚŚ",
    "Zm9v\u0100\u0100\u0100\u0100",
  ])("%j is none", (text) => {
    expect(decodeBase64(text)).toBeNull()
    expect(decodeBase64(toUtf8(text))).toBeNull()
    const failure = failureOf(() => fromBase64(text, "sops.mac"))
    expect(failure).toMatchObject({ code: "malformed", details: { at: "sops.mac" } })
    expect(failure.message).toBe("sops.mac is not base64")
  })

  test("a megabyte with a line break at the end takes no time", () => {
    const bytes = new Uint8Array(1024 * 1024).fill(0xa5)
    const start = performance.now()
    expect(decodeBase64(`${toBase64(bytes)}\n`)).toHaveLength(bytes.length)
    expect(performance.now() - start).toBeLessThan(500)
  })
})

test("ASCII of more bytes than a call takes arguments", () => {
  const size = 300_000
  const text = fromAscii(new Uint8Array(size).fill(0x61))
  expect(text).toBe("a".repeat(size))
  expect(fromAscii(new Uint8Array(0))).toBe("")
})

test("concatenation copies", () => {
  const part = Uint8Array.of(1, 2)
  const whole = concat(part, new Uint8Array(0), Uint8Array.of(3))
  part[0] = 9
  expect(whole).toEqual(Uint8Array.of(1, 2, 3))
  expect(concat()).toEqual(new Uint8Array(0))
})

test.each<[number[], number[], boolean]>([
  [[], [], true],
  [[1, 2], [1, 2], true],
  [[1, 2], [1, 3], false],
  [[1, 2], [0, 2], false],
  [[1], [1, 0], false],
  [[0], [], false],
])("%j and %j compare as %s", (a, b, equal) => {
  expect(equalBytes(Uint8Array.from(a), Uint8Array.from(b))).toBe(equal)
})

test("wiping overwrites every secret given, also where it is a part of a buffer", () => {
  const buffer = Uint8Array.of(1, 2, 3, 4)
  const other = Uint8Array.of(5)
  wipe(buffer.subarray(1, 3), other)
  expect([...buffer, ...other]).toEqual([1, 0, 0, 4, 0])
})

test("random bytes come in the size asked for, and differ", () => {
  expect(randomBytes(0)).toHaveLength(0)
  expect(randomBytes(33)).toHaveLength(33)
  expect(equalBytes(randomBytes(32), randomBytes(32))).toBe(false)
})
