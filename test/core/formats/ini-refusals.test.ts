/**
 * Where plaintext INI is refused: every document here is one that sops 3.13.2
 * encrypts while it drops or changes a part of it, or refuses as well.
 */

import { describe, expect, it } from "vitest"
import { concat, toUtf8 } from "#core/bytes.ts"
import { ConclaveError } from "#core/errors.ts"
import { ini } from "#core/formats/ini.ts"

function refusal(source: string | Uint8Array): unknown {
  try {
    ini.parsePlain(typeof source === "string" ? toUtf8(source) : source)
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    return { code: error.code, ...error.details }
  }
  return "not refused"
}

function syntax(line: number, column: number): unknown {
  return { code: "syntax", format: "ini", line, column }
}

describe("sops would lose or change", () => {
  it.each([
    ["a value behind a semicolon", "[s]\npassword = a;b", 2, 13],
    ["a value behind a hash", "[s]\npassword = abc#def", 2, 15],
    ["a value that starts with a hash", "color = #fff", 1, 9],
    ["a value that starts with a semicolon", "a =;b", 1, 4],
    ["a value behind an escaped semicolon", "a = b \\; c", 1, 8],
    ["a value in double quotes", 'a = "x ; y"', 1, 8],
    ["a value in single quotes", "a = 'x ; y'", 1, 8],
    ["a value with quotes in it", 'opts = -D"x # y"', 1, 13],
    ["the inner pair of quotes", "a = '\"dq\"'", 1, 5],
    ["the line behind a backslash", "path = C:\\dir\\\nb = 1", 1, 14],
    ["text behind backticks", "a = `x` y", 1, 9],
    ["a comment behind backticks", "a = `x` ; c", 1, 9],
    ["text behind triple quotes", 'a = """x""" y', 1, 13],
    ["text behind the end of several lines", "a = `x\ny` z", 2, 4],
    ["the lines behind a backslash after the quote", "a = `x\ny` ; c \\\n`", 2, 8],
    ["the line between two backticks", "a = `x` ; it's `y`", 1, 7],
    ["an inner quote of several lines", 'a = """x\n"""y"""', 2, 1],
    ["text behind a section's name", "[s] x\na = 1", 1, 5],
    ["text before a section's comment", "[s] x ; c\na = 1", 1, 5],
    ["a section's name and its comment", "[s] ; see [t]\na = 1", 1, 3],
    ["text behind a quoted key", '"a" b = 1', 1, 5],
    ["blanks in a quoted key", '" a" = 1', 1, 2],
    ["the key -", "[s]\n- = 1", 2, 1],
    ["a comment behind the last key", "a = 1\n\n  ; bye\n", 3, 3],
    ["a comment alone", "# c", 1, 1],
    ["a key that starts like a comment", '"#a" = 1', 1, 1],
    ["a key that starts like a section", "`[a` = 1", 1, 1],
    ["a key with both kinds of quotes", '"""a"`b""" = 1', 1, 1],
  ])("%s", (_, source, line, column) => {
    expect(refusal(source)).toEqual(syntax(line, column))
  })

  it("all but the last of a key's values", () => {
    expect(refusal("[s]\na = 1\n[t]\na = 1\na = 2")).toEqual({
      code: "duplicate-key",
      key: "a",
      line: 5,
      column: 1,
    })
  })

  it("the encoding of comments, keys and section names", () => {
    const raw = Uint8Array.of(0xff)
    expect(refusal(concat(toUtf8("; c"), raw, toUtf8("\na = 1")))).toEqual(syntax(1, 4))
    expect(refusal(concat(toUtf8("a = 1\nb"), raw, toUtf8(" = 1")))).toEqual(syntax(2, 2))
    expect(refusal(concat(toUtf8("[s"), raw, toUtf8("]\n")))).toEqual(syntax(1, 3))
    expect(refusal(Uint8Array.of(0xff, 0xfe, 0x61, 0x00))).toEqual(syntax(1, 1))
  })
})

describe("sops refuses too", () => {
  it.each([
    ["a line without a delimiter", "a = 1\nb\n", 2, 1],
    ["an empty key", "= 1", 1, 1],
    ["an empty quoted key", '"" = 1', 1, 1],
    ["a key without its closing quote", "`a = 1", 1, 1],
    ["a quoted key without a value", '"a"', 1, 1],
    ["a section without its bracket", "[s\n", 1, 1],
    ["a section without a name", "[]\n", 1, 1],
    ["a value without its closing quote", "a = 1\nb = `x\nc = 2\n", 2, 5],
    ["triple quotes without an end", 'a = """x', 1, 5],
  ])("%s", (_, source, line, column) => {
    expect(refusal(source)).toEqual(syntax(line, column))
  })
})

describe("nothing is refused", () => {
  it.each([
    "a = b ; c",
    'a = "b" # c',
    "a = it's ; c",
    "a = `b;c`",
    'a = `"dq"`',
    "a = `C:\\dir\\`",
    "a = C:\\dir\\x",
    '; c\n[s] # d\n"a" = `x\ny` ; e',
    "a-b = -",
    "[s] ;\na = 1",
  ])("in %j", (source) => {
    expect(refusal(source)).toBe("not refused")
  })
})

describe("a message", () => {
  it("never says a value", () => {
    for (const source of ["hunter2", "a = hunter2;x", "a = `hunter2", "a = '\"hunter2\"'"]) {
      expect(() => ini.parsePlain(toUtf8(source))).toThrow(/^(?!.*hunter2)/s)
    }
  })
})

describe("hostile input takes no time", () => {
  it.each([
    ["quotes without an end", "a = `x\n"],
    ["triple quotes", 'a = """x\n'],
    ["backslashes", "a = x\\\n"],
    ["empty comments", ";\n"],
    ["brackets", "[["],
  ])("%s", (_, piece) => {
    const started = performance.now()
    refusal(piece.repeat(200_000))
    try {
      ini.parseEncrypted(toUtf8(piece.repeat(200_000)))
    } catch (error) {
      expect(error).toBeInstanceOf(ConclaveError)
    }
    expect(performance.now() - started).toBeLessThan(5000)
  })
})
