import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { concat, toUtf8 } from "../../../../core/bytes.ts"
import {
  createStanzaReader,
  encodeStanza,
  parseStanza,
  type Stanza,
  stanzaLines,
} from "../../../../core/keys/age/stanza.ts"

const word = fc.stringMatching(/^[!-~]{1,12}$/)
const stanzas: fc.Arbitrary<Stanza> = fc.record({
  type: word,
  args: fc.array(word, { maxLength: 4 }),
  body: fc.uint8Array({ maxLength: 200 }),
})

test("a stream of stanzas is read the same in whatever pieces it comes", () => {
  fc.assert(
    fc.property(
      fc.array(stanzas, { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 90 })),
      (sent, sizes) => {
        const stream = concat(...sent.map(encodeStanza))
        const reader = createStanzaReader(stream.length)
        const read: Stanza[] = []
        let at = 0
        for (const size of [...sizes, stream.length]) {
          read.push(...reader.push(stream.subarray(at, at + size)))
          at += size
        }
        expect(read).toEqual(sent)
      },
    ),
  )
})

test("a stanza is read from its lines, also where its body ends with a full line", () => {
  for (const size of [0, 1, 47, 48, 49, 96]) {
    const stanza = { type: "x", args: ["y"], body: new Uint8Array(size).fill(7) }
    const [first = "", ...rest] = stanzaLines(stanza)
    expect(parseStanza(first, () => rest.shift() ?? "missing")).toEqual(stanza)
    expect(rest).toEqual([])
  }
})

describe("a stream is refused", () => {
  test.each([
    ["that is longer than its limit", "-> x\n\n-> y\n\n", "too-large"],
    ["whose line does not begin with an arrow", "=> x\n", "malformed"],
    ["whose type is empty", "-> \n", "malformed"],
    ["with two blanks between words", "->  x\n", "malformed"],
    ["with a tab", "-> x\ty\n", "malformed"],
    ["with a carriage return", "-> x\r\n", "malformed"],
    ["with padding", "-> x\nAA==\n", "malformed"],
    ["with stray bits", "-> x\nAB\n", "malformed"],
    ["with text that is not plain", "-> é\n", "malformed"],
  ])("%s", (_, text, code) => {
    const reader = createStanzaReader(11)
    expect(() => reader.push(toUtf8(text))).toThrow(expect.objectContaining({ code }))
  })

  test("whose body has a line above 64 columns", () => {
    const reader = createStanzaReader(1000)
    expect(() => reader.push(toUtf8(`-> x\n${"A".repeat(68)}\n`))).toThrow(
      expect.objectContaining({ code: "malformed" }),
    )
  })
})

test("a line that never ends takes no more time than its length", () => {
  const reader = createStanzaReader(1 << 20)
  const piece = Uint8Array.of(0x41)
  for (let count = 0; count < 1 << 20; count++) reader.push(piece)
  expect(() => reader.push(piece)).toThrow(expect.objectContaining({ code: "too-large" }))
})
