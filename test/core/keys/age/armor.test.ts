import fc from "fast-check"
import { expect, test } from "vitest"
import { decodeArmor, encodeArmor } from "../../../../core/keys/age/armor.ts"
import { ageEntries } from "../vectors.ts"

const malformed = expect.objectContaining({ code: "malformed" })
const BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----"
const END = "-----END AGE ENCRYPTED FILE-----"
const FULL = "A".repeat(64)

test("reads what sops has written and writes the same again", () => {
  for (const { enc } of [...ageEntries("yaml-two-recipients"), ...ageEntries("yaml-post-quantum")]) {
    expect(encodeArmor(decodeArmor(enc))).toBe(enc)
  }
})

test("parsing inverts printing, for sizes around the length of a line", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(decodeArmor(encodeArmor(bytes))).toEqual(bytes)
    }),
  )
  for (const size of [0, 1, 47, 48, 49, 95, 96, 97]) {
    const bytes = new Uint8Array(size).fill(size)
    expect(decodeArmor(encodeArmor(bytes))).toEqual(bytes)
  }
})

// Each was judged by Go's age 1.3.1.
test.each([
  ["CRLF", `${BEGIN}\r\nAAAA\r\n${END}\r\n`],
  ["no line end at the end", `${BEGIN}\nAAAA\n${END}`],
  ["empty lines and blanks around", `\n \t\n\r\n${BEGIN}\nAAAA\n${END}\n\n  \n`],
  ["no lines between", `${BEGIN}\n${END}\n`],
  ["a full last line", `${BEGIN}\n${FULL}\n${END}\n`],
  ["white space up to the limit", `${" ".repeat(1023)}\n${BEGIN}\nAAAA\n${END}\n${"\n".repeat(1023)}`],
])("accepts %s", (_, text) => {
  expect(decodeArmor(text)).toBeInstanceOf(Uint8Array)
})

test.each([
  ["an empty text", ""],
  ["white space only", " \n\n"],
  ["another first line", `-----BEGIN AGE ENCRYPTED FILE----\nAAAA\n${END}\n`],
  ["an indented first line", ` ${BEGIN}\nAAAA\n${END}\n`],
  ["text before", `x\n${BEGIN}\nAAAA\n${END}\n`],
  ["text behind", `${BEGIN}\nAAAA\n${END}\nx`],
  ["text behind on the footer line", `${BEGIN}\nAAAA\n${END} \n`],
  ["no footer", `${BEGIN}\nAAAA\n`],
  ["a cut footer", `${BEGIN}\nAAAA\n${END.slice(0, -1)}`],
  ["the first line alone", BEGIN],
  ["an empty line within", `${BEGIN}\n${FULL}\n\nAAAA\n${END}\n`],
  ["an empty line before the footer", `${BEGIN}\nAAAA\n\n${END}\n`],
  ["a short line within", `${BEGIN}\nAAAA\nAAAA\n${END}\n`],
  ["a long line", `${BEGIN}\n${FULL}AAAA\n${END}\n`],
  ["missing padding", `${BEGIN}\nAA\n${END}\n`],
  ["stray bits", `${BEGIN}\nAB==\n${END}\n`],
  ["padding within", `${BEGIN}\nAA==AAAA\n${END}\n`],
  ["an indented line", `${BEGIN}\n AAAA\n${END}\n`],
  ["base64url", `${BEGIN}\n-_-_\n${END}\n`],
  ["two returns", `${BEGIN}\nAAAA\r\r\n${END}\n`],
  ["too much white space before", `${" ".repeat(1024)}\n${BEGIN}\nAAAA\n${END}\n`],
  ["too much white space behind", `${BEGIN}\nAAAA\n${END}\n${"\n".repeat(1024)}`],
])("refuses %s", (_, text) => {
  expect(() => decodeArmor(text)).toThrow(malformed)
})
