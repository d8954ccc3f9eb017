/** Anchors, aliases and merge keys: they stay where nothing encrypted is below, and are written out elsewhere. */

import { describe, expect, it } from "vitest"
import { open, seal } from "./harness.ts"

const codes = (notices: readonly { code: string; line: number }[]) =>
  notices.map(({ code, line }) => `${code} ${line}`)

async function back(source: string): Promise<string> {
  return (await open("yaml", (await seal("yaml", source)).text)).text
}

describe("an alias", () => {
  it("stays, with its anchor, where nothing is encrypted", async () => {
    const source = "a_unencrypted: &a # why\n  k: v\nb_unencrypted:\n  <<: *a\n  l: *a # too\nc: secret\n"
    const sealed = await seal("yaml", source)
    expect(sealed.notices).toEqual([])
    expect(sealed.text).toContain("b_unencrypted:\n  <<: *a\n  l: *a # too\n")
    expect(await back(source)).toBe(source)
  })

  it("stays where only comments beside it are encrypted", async () => {
    const source = "a_unencrypted: &a {k: v}\n# about b\nb_unencrypted: *a\nc: 1\n"
    expect(await back(source)).toBe(source)
  })

  it("becomes a copy where its place is encrypted, though the anchor is not", async () => {
    const source = "a_unencrypted: &a x\nb: *a\nc_unencrypted: *a\n"
    expect(codes((await seal("yaml", source)).notices)).toEqual(["expanded-alias 2"])
    expect(await back(source)).toBe("a_unencrypted: &a x\nb: x\nc_unencrypted: *a\n")
  })

  it("becomes a copy where the anchor is encrypted, though its place is not", async () => {
    const source = "a: &a\n  k: v\nb_unencrypted: *a\n"
    expect(codes((await seal("yaml", source)).notices)).toEqual(["expanded-alias 3", "dropped-anchor 1"])
    expect(await back(source)).toBe("a:\n  k: v\nb_unencrypted:\n  k: v\n")
  })

  it("becomes a copy where a comment in what it names is encrypted", async () => {
    const source = "a: &a\n  # secret\n  k_unencrypted: v\nb: *a\n"
    expect(await back(source)).toBe("a:\n  # secret\n  k_unencrypted: v\nb:\n  k_unencrypted: v\n")
  })

  it.each([
    ["as a merge key", "a: &a\n  k: v\nb:\n  <<: *a\n", "a:\n  k: v\nb:\n  <<:\n    k: v\n"],
    ["in a merge list", "a: &a {k: v}\nb:\n  <<: [*a]\n", "a: {k: v}\nb:\n  <<: [{k: v}]\n"],
    ["as an item", "a: &a\n  k: v\n  l: w\nb:\n- *a\n- x\n", "a:\n  k: v\n  l: w\nb:\n- k: v\n  l: w\n- x\n"],
    ["as an item that is a list", "a: &a [x, z]\nb:\n  - *a\n", "a: [x, z]\nb:\n  - - x\n    - z\n"],
    ["before a comment", "a: &a\n  k: v\nb: *a # c\n", "a:\n  k: v\nb: # c\n  k: v\n"],
    ["as an item before a comment", "a: &a\n  k: v\nb:\n  - *a # c\n", "a:\n  k: v\nb:\n  - k: v # c\n"],
    ["in flow style", "a: &a\n  k: v\nb: {c: *a, d: [*a]}\n", "a:\n  k: v\nb: {c: {k: v}, d: [{k: v}]}\n"],
    ["of quoted text", "a: &a 'x'\nb: *a\n", "a: 'x'\nb: 'x'\n"],
    ["of a literal", "a: &a |\n  x\n  y\nb: *a\nc: z\n", "a: |\n  x\n  y\nb: |\n    x\n    y\nc: z\n"],
    ["of a number", "a: &a 5\nb: *a\n", "a: 5\nb: 5\n"],
    ["as a key", "a: &a x\nb: {*a : y}\n*a : z\n", "a: x\nb: {x : y}\nx : z\n"],
    [
      "within what another names",
      "a: &a {k: v}\nb: &b {l: *a}\nc: *b\n",
      "a: {k: v}\nb: {l: {k: v}}\nc:\n    l:\n        k: v\n",
    ],
    [
      "of an empty map",
      "a: &a {}\nb: *a\nc: &c\n  d: e\nf: *c\n",
      "a: &a {}\nb: *a\nc:\n  d: e\nf:\n  d: e\n",
    ],
    ["as a whole document", "a: &x\n  k: v\n--- *x\n", "a:\n  k: v\n---\nk: v\n"],
  ])("is written out %s", async (_, source, after) => {
    const text = await back(source)
    expect(text).toBe(after)
    expect((await seal("yaml", text)).notices).toEqual([])
  })

  it("is written out in the line endings of the file", async () => {
    expect(await back("a: &a\r\n  k: v\r\nb: *a\r\n")).toBe("a:\r\n  k: v\r\nb:\r\n  k: v\r\n")
  })
})

describe("an anchor", () => {
  it("stays with a comment behind it, whose path depends on it", async () => {
    const source = "a: &a # c\n  k: v\nb: *a\n"
    expect(codes((await seal("yaml", source)).notices)).toEqual(["expanded-alias 3"])
    expect(await back(source)).toBe("a: &a # c\n  k: v\nb:\n  k: v\n")
  })

  it("goes from between a tag and its node", async () => {
    expect(await back("a: !t &a\n  k: v\nb: *a\n")).toBe("a: !t\n  k: v\nb:\n  k: v\n")
    expect(await back("a: &a !t v\nb: *a\n")).toBe("a: !t v\nb: v\n")
  })
})

describe("a comment that a copy moves", () => {
  it("is encrypted for where it comes to stand", async () => {
    // Behind the copy, as far to the right as its entries, it is one of the copy's.
    const source = "a: &a {k: v}\nm:\n  b: *a\n\n      # further in than the alias\n  c: 1\n"
    const { text } = await open("yaml", (await seal("yaml", source)).text)
    expect(text).toContain("      # further in than the alias\n")
  })
})
