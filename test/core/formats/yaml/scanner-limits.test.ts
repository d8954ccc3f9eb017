/** Nesting is limited; long and odd sources are scanned in one pass. No timing is asserted: quadratic work would not end. */

import { describe, expect, it } from "vitest"
import { hasCode } from "#core/errors.ts"
import { MAX_DEPTH } from "#core/formats/format.ts"
import { Scanner } from "#core/formats/yaml/scanner.ts"
import { scan } from "./scanner-listing.ts"

function isTooDeep(source: string): boolean {
  try {
    scan(source)
    return false
  } catch (error) {
    if (!hasCode(error, "too-deep")) throw error
    return error.details.limit === MAX_DEPTH
  }
}

describe("nesting", () => {
  it.each([
    ["flow sequences", (depth: number) => "[".repeat(depth)],
    ["flow mappings", (depth: number) => "{a: ".repeat(depth)],
    ["block sequences on one line", (depth: number) => `${"- ".repeat(depth)}a`],
    ["complex keys on one line", (depth: number) => `${"? ".repeat(depth)}a`],
    [
      "block mappings",
      (depth: number) => Array.from({ length: depth }, (_, i) => `${" ".repeat(i)}a:\n`).join(""),
    ],
  ])("of %s stops at the limit", (_name, nest) => {
    expect(isTooDeep(nest(MAX_DEPTH))).toBe(false)
    expect(isTooDeep(nest(MAX_DEPTH + 1))).toBe(true)
  })

  it("of 10,000 levels is refused at once", () => {
    expect(isTooDeep("[".repeat(10_000))).toBe(true)
    expect(isTooDeep("- ".repeat(10_000))).toBe(true)
  })
})

const MEGA = 1_000_000

describe("a long source", () => {
  it.each([
    ["one plain scalar", `a: ${"x".repeat(MEGA)}`, 8],
    ["one plain scalar of short words", `a: ${"x ".repeat(MEGA / 2)}`, 8],
    ["one quoted scalar of escapes", `a: "${"\\n".repeat(MEGA / 2)}"`, 8],
    ["surrogate pairs", `a: ${"😀".repeat(MEGA / 2)}`, 8],
    ["one comment", `# ${"x".repeat(MEGA)}\na: b`, 8],
    ["blanks behind a token", `a:${" ".repeat(MEGA)}b`, 8],
    ["empty lines", `a:\n${"\n".repeat(MEGA)} b`, 8],
    ["flow entries on one line", `[${"a,".repeat(MEGA / 4)}]`, MEGA / 2 + 4],
    ["flow keys on one line", `{${"? ".repeat(MEGA / 4)}`, MEGA / 4 + 3],
  ])("of %s is scanned", (_name, source, tokens) => {
    expect(scan(source)).toHaveLength(tokens)
  })

  it("of comments under deep blocks is scanned without searching them for each block", () => {
    const source = `${"- ".repeat(MAX_DEPTH - 2)}\n${" #\n#\n".repeat(100_000)}a: b\n`
    expect(scan(source).flatMap((step) => step.comments)).toHaveLength(200_000)
  })
})

describe("the queue", () => {
  it("gives the same token until it is skipped, and the stream's end for ever", () => {
    const scanner = new Scanner("a")
    const first = scanner.peek()
    expect(scanner.peek()).toBe(first)
    scanner.skip()
    expect(scanner.peek().type).toBe("scalar")
    scanner.skip()
    for (let i = 0; i < 3; i++) {
      expect(scanner.peek().type).toBe("stream-end")
      scanner.skip()
    }
  })

  it("refuses to skip what was not peeked", () => {
    expect(() => new Scanner("a").skip()).toThrow("no token was peeked")
  })

  it("gives each line of a comment with its offset", () => {
    const source = "k: v # é\n\n# 😀 a\n\n# b\nl: m\n"
    const lines = scan(source).flatMap(({ comments }) =>
      comments.flatMap(({ head, line, foot }) => [...head, ...line, ...foot]),
    )
    expect(lines.map(({ text }) => text)).toEqual(["# é", "# 😀 a", "", "# b"])
    for (const { text, start } of lines) expect(source.slice(start, start + text.length)).toBe(text)
  })
})
