/** The reader: encodings, and what yaml.v3's reader refuses. */

import { describe, expect, it } from "vitest"
import { toUtf8 } from "#core/bytes.ts"
import { ConclaveError } from "#core/errors.ts"
import { decodeSource } from "#core/formats/yaml/reader.ts"

const TEXT = "a: é 😀\r\n# \u2028\x85\tb\uffee"

function utf16(text: string, isBig: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * text.length)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), !isBig)
  return bytes
}

function refusal(bytes: Uint8Array): { line: number; column: number; message: string } {
  try {
    decodeSource(bytes)
  } catch (error) {
    if (!(error instanceof ConclaveError) || error.code !== "syntax") throw error
    const { line, column } = error.details as { line: number; column: number }
    return { line, column, message: error.message }
  }
  throw new Error("nothing was refused")
}

describe("decodeSource", () => {
  it.each([
    ["UTF-8", toUtf8(TEXT)],
    ["UTF-8 with a mark", toUtf8(`\ufeff${TEXT}`)],
    ["UTF-16 in little endian", utf16(`\ufeff${TEXT}`, false)],
    ["UTF-16 in big endian", utf16(`\ufeff${TEXT}`, true)],
  ])("reads %s", (_name, bytes) => {
    expect(decodeSource(bytes)).toBe(TEXT)
  })

  it("reads nothing, a mark alone and long UTF-16", () => {
    expect(decodeSource(new Uint8Array())).toBe("")
    expect(decodeSource(Uint8Array.of(0xef, 0xbb, 0xbf))).toBe("")
    expect(decodeSource(Uint8Array.of(0xff, 0xfe))).toBe("")
    const long = "ab".repeat(100_000)
    expect(decodeSource(utf16(`\ufeff${long}`, false))).toBe(long)
  })

  it("keeps a byte order mark within the text and refuses one at its start", () => {
    expect(decodeSource(toUtf8("a: \ufeff"))).toBe("a: \ufeff")
    expect(refusal(toUtf8("\ufeff\ufeffa"))).toMatchObject({ line: 1, column: 1 })
    expect(refusal(utf16("\ufeff\ufeffa", true))).toMatchObject({ line: 1, column: 1 })
  })

  it.each([0x00, 0x01, 0x08, 0x0b, 0x0c, 0x0e, 0x1b, 0x1f, 0x7f, 0x80, 0x84, 0x86, 0x9f, 0xfffe, 0xffff])(
    "refuses the character %i",
    (code) => {
      const text = `é😀\r\na\x85b😀${String.fromCharCode(code)}`
      expect(refusal(toUtf8(text))).toMatchObject({ line: 3, column: 3 })
      expect(refusal(utf16(`\ufeff${text}`, false))).toMatchObject({ line: 3, column: 3 })
    },
  )

  it.each([0x09, 0x0a, 0x0d, 0x20, 0x7e, 0x85, 0xa0, 0xd7ff, 0xe000, 0xfffd, 0x10000, 0x1ffff, 0x10ffff])(
    "reads the character %i",
    (code) => {
      const text = `a${String.fromCodePoint(code)}`
      expect(decodeSource(toUtf8(text))).toBe(text)
    },
  )

  it.each([
    ["a trailing octet alone", [0x80]],
    ["a leading octet of no sequence", [0xf8, 0x88, 0x80, 0x80, 0x80]],
    ["an overlong sequence of two", [0xc1, 0xbf]],
    ["an overlong sequence of three", [0xe0, 0x9f, 0xbf]],
    ["an overlong sequence of four", [0xf0, 0x8f, 0xbf, 0xbf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["a character beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
    ["a sequence that stops", [0xe2, 0x82, 0x20]],
    ["a sequence at the end", [0xf0, 0x9f, 0x98]],
  ])("refuses %s in UTF-8", (_name, octets) => {
    const before = toUtf8("a\né😀")
    const bytes = Uint8Array.of(...before, ...octets)
    expect(refusal(bytes)).toMatchObject({
      line: 2,
      column: 3,
      message: "line 2, column 3: invalid UTF-8 octet sequence",
    })
  })

  it("tells the first of several faults", () => {
    expect(refusal(Uint8Array.of(0x61, 0x01, 0x80)).message).toBe(
      "line 1, column 2: control characters are not allowed",
    )
  })

  it.each([
    ["half a character", [0x61, 0x00, 0x62], "incomplete UTF-16 character"],
    ["a low surrogate alone", [0x61, 0x00, 0x00, 0xdc], "unexpected low surrogate area"],
    ["a high surrogate before a letter", [0x61, 0x00, 0x00, 0xd8, 0x62, 0x00], "expected low surrogate area"],
    ["a high surrogate at the end", [0x61, 0x00, 0x00, 0xd8], "incomplete UTF-16 surrogate pair"],
  ])("refuses %s in UTF-16", (_name, octets, problem) => {
    expect(refusal(Uint8Array.of(0xff, 0xfe, ...octets)).message).toBe(`line 1, column 2: ${problem}`)
  })
})
