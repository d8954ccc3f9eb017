/** How the style of a YAML scalar rides on its ciphertext, and what cannot come back. */

import { describe, expect, it } from "vitest"
import { open, seal, sealCanonical } from "./harness.ts"

/** The line or lines of the first entry, with `ENC` for the ciphertext. */
async function sealedLines(source: string): Promise<string> {
  const { text } = await seal("yaml", source)
  return text.slice(0, text.indexOf("sops:")).replace(/ENC\[[^\]]*\]/g, "ENC")
}

async function back(source: string): Promise<string> {
  return (await open("yaml", (await seal("yaml", source)).text)).text
}

describe("a value", () => {
  it.each([
    ["plain", "k: two words\n", "k: ENC\n"],
    ["in double quotes", 'k: "v"\n', 'k: "ENC"\n'],
    ["in single quotes", "k: 'v'\n", "k: 'ENC'\n"],
    ["plain in a flow map", "k: {a: v, b: 'w', c: \"x\"}\n", 'k: {a: "ENC ", b: \'ENC\', c: "ENC"}\n'],
    ["plain in a flow list", "k: [v, 80:80]\n", 'k: ["ENC ", "ENC "]\n'],
    ["a number in a flow list", "k: [1, 2.5, true]\n", 'k: ["ENC", "ENC", "ENC"]\n'],
    ["plain, but quoted when printed anew", "k: yes\n", 'k: "ENC "\n'],
    ["a number", "k: 5\n", "k: ENC\n"],
    ["a float without a fraction", "k: 2.0\n", "k: ENC\n"],
    ["literal", "k: |\n  a\n  b\n", "k: |\n  ENC\n"],
    ["literal and stripped, deeper than it must be", "k: |-\n      a\n", "k: |-\n      ENC\n"],
    ["literal with blank lines behind", "k: |\n  a\n\nl: w\n", "k: |\n  ENC\n\nl: ENC\n"],
    ["kept", "k: |+\n  a\n\n\nl: w\n", "k: |+\n  ENC\n\n\nl: ENC\n"],
    ["with an indentation digit", "k: |2\n    a\n  b\n", "k: |2\n  ENC\n"],
    ["with a comment in the header", "k: | # c\n  a\n", "k: | #ENC\n  ENC\n"],
    ["folded in one line", "k: >-\n  a b\n", "k: >-\n  ENC\n"],
    ["folded, of paragraphs", "k: >\n  a b\n\n  c\n   d\n  e\n", "k: >\n  ENC\n"],
    ["behind a tag of one's own", "k: !vault 5\n", "k: !vault ENC\n"],
    ["behind the tag of strings", "k: !!str 5\n", "k: !!str ENC\n"],
    ["with an emoji, plain", "k: 🚀 go\n", "k: ENC\n"],
    ["in the line below", "k:\n  v\n", "k:\n  ENC\n"],
    ["behind an anchor that nobody names", "k: &a v\n", "k: &a ENC\n"],
  ])("%s comes back, and is announced not to", async (_, source, sealed) => {
    expect(await sealedLines(source)).toBe(sealed)
    expect((await seal("yaml", source)).notices).toEqual([])
    expect(await back(source)).toBe(source)
  })

  it.each([
    ["empty", 'a:\nb: ""\nc: \'\'\nd: ~\ne: null\nf: {}\ng: []\nh: ! ""\n'],
    ["excluded by its key", "a_unencrypted: 0x1F\nb_unencrypted: {c: *x}\n".replace("*x", "[1, 'd']")],
  ])("that is %s stays as it is written", async (_, source) => {
    expect((await seal("yaml", source)).text.startsWith(source)).toBe(true)
  })
})

describe("a spelling that does not come back", () => {
  it.each([
    ["hexadecimal", "k: 0x1F\n", "k: 31\n"],
    ["octal", "k: 0644\n", "k: 420\n"],
    ["separated", "k: 1_000\n", "k: 1000\n"],
    ["with zeros at its end", "k: 1.50\n", "k: 1.5\n"],
    ["with an exponent", "k: 1e3\n", "k: 1000.0\n"],
    ["a date", "k: 2024-01-31\n", "k: 2024-01-31T00:00:00Z\n"],
    ["a bool in capitals", "k: TRUE\n", "k: true\n"],
    ["plain over two lines", "k: a\n  b\n", "k: a b\n"],
    ["quoted over two lines", 'k: "a\n  b"\n', 'k: "a b"\n'],
    ["an escape for a letter", 'k: "\\u00e9"\n', 'k: "é"\n'],
    ["a fold", "k: >\n  a\n  b\n", "k: >\n  a b\n"],
    ["a line break in single quotes", "k: 'a\n\n  b'\n", 'k: "a\\nb"\n'],
  ])("%s is announced with its line and key", async (_, source, after) => {
    const { notices } = await seal("yaml", `first: 1\n${source}`)
    expect(notices).toEqual([{ code: "respelled", line: 2, at: "k" }])
    expect(await back(source)).toBe(after)
  })

  it.each([
    ["!!int", 'k: !!int "5"\n', "k: 5\n"],
    ["!!float", "k: !!float 3\n", "k: 3.0\n"],
    ["!!binary", "k: !!binary aGVsbG8=\n", "k: hello\n"],
    ["a long name", "k: !<tag:yaml.org,2002:int> 7\n", "k: 7\n"],
  ])("the tag %s goes, since no ciphertext is one", async (_, source, after) => {
    const { notices, text } = await seal("yaml", source)
    expect(notices[0]).toEqual({ code: "dropped-tag", line: 1, at: "k" })
    expect(text).not.toContain("!")
    expect(await back(source)).toBe(after)
  })

  it("bytes come back with their tag", async () => {
    expect(await back("k: !!binary /wD+\n")).toBe("k: !!binary /wD+\n")
    expect((await seal("yaml", "k: !!binary /wD+\n")).notices).toEqual([])
  })

  it("a block scalar in a last line that is not ended gets the header that says so", async () => {
    const source = "k: |\n  a"
    expect((await seal("yaml", source)).notices).toEqual([{ code: "respelled", line: 1, at: "k" }])
    expect(await back(source)).toBe("k: |-\n  a")
    expect(await back("k_unencrypted: |\n  a")).toBe("k_unencrypted: |-\n  a")
  })
})

describe("a character that YAML readers disagree about", () => {
  it.each(["\u0085", "\u2028", "\u2029"])("%j is refused outside double quotes", async (character) => {
    const refused = { code: "unsupported-value", details: { line: 2 } }
    await expect(seal("yaml", `k: v\nl: 'a${character} b'\n`)).rejects.toMatchObject(refused)
    await expect(seal("yaml", `k: v\n# a${character}l: b\n`)).rejects.toMatchObject(refused)
    await expect(seal("yaml", `k: v\nl: |\n  a${character}  b\n`)).rejects.toMatchObject({
      code: "unsupported-value",
    })
  })

  it("comes back in double quotes", async () => {
    expect(await back('k: "a\\Nb\\Lc\\Pd"\n')).toBe('k: "a\\Nb\\Lc\\Pd"\n')
  })
})

describe("a file in the form that sops prints", () => {
  const stock = async (plain: string) => open("yaml", await sealCanonical("yaml", plain))

  it("opens to the quotes that yaml.v3 would choose", async () => {
    const { text } = await stock("a: 'yes'\nb: '5'\nc: '- d'\ne: 'f # g'\nh: \"i\\tj\"\n")
    expect(text).toBe("a: \"yes\"\nb: \"5\"\nc: '- d'\ne: 'f # g'\nh: i\tj\n")
  })

  it("opens to literals where there are several lines", async () => {
    const { text } = await stock('a: "b\\nc\\n"\nd:\n  - "e\\nf"\n  - " g\\nh\\n\\n"\ni: "j \\nk"\n')
    expect(text).toBe(
      'a: |\n    b\n    c\nd:\n    - |-\n      e\n      f\n    - |2+\n       g\n      h\n\ni: "j \\nk"\n',
    )
  })

  it("opens to comments where sops has items", async () => {
    const { text } = await stock("l:\n  # c\n  - a\n  - b # d\nm: [] # e\n")
    expect(text).toBe("l:\n    # c\n    - a\n    # d\n    - b\nm:\n    [] # e\n")
  })
})
