/** INI in its own layout. */

import { describe, expect, it } from "vitest"
import { toUtf8 } from "#core/bytes.ts"
import { ini as format } from "#core/formats/ini.ts"
import { parseMetadata, serializeMetadata } from "#core/sops/metadata.ts"
import { str } from "#core/sops/scalar.ts"
import type { KeyPath } from "#core/sops/tree.ts"
import { diffLines, layoutNamed, open, seal, shorten } from "./harness.ts"

const ini = layoutNamed("ini")

async function back(source: string): Promise<string> {
  return (await open("ini", (await seal("ini", source)).text)).text
}

describe("a file", () => {
  it.each([
    ["with comments and blank lines", "; top\na=1\n\n; of s\n[s]\n# k\nk = v\nl:w ; behind\n\n\nm =  x\n"],
    ["with quotes of every kind", '[s]\na = "x y"\nb = \'z\'\nc = `d;e`\nd = """f\n  g"""\n'],
    ["with a comment of several lines", "[s]\n; one\n; two\nk = v\n"],
    ["in CRLF", "; c\r\n[s]\r\nk = v\r\n"],
    ["without a final line break", "[s]\nk = v"],
    ["with blank lines at its end", "[s]\nk = v\n\n\n"],
    ["with an empty value and section", "[s]\nk =\n[t]\n"],
  ])("%s comes back as it was", async (_, source) => {
    expect((await seal("ini", source)).notices).toEqual([])
    expect(await back(source)).toBe(source)
  })

  it("keeps the quotes and signs around the ciphertexts", async () => {
    const { text } = await seal("ini", "[s]\n#  c\na = 'b'\ne=f ;d\n")
    expect(shorten(text)).toMatch(
      /^\[s\]\n# {2}ENC\[.*\]\na = 'ENC\[.*\]'\ne=ENC\[.*\] ;ENC\[.*\]\n\n\[sops\]\nage__list_0__map_enc +=/,
    )
  })

  it("gathers a comment that INI puts together from several places, and says so", async () => {
    const source = "[s]\n; one\n\n; two\nk = v ; three\nl = w\n"
    const { text, notices } = await seal("ini", source)
    expect(notices).toEqual([{ code: "respelled", line: 2, at: "k" }])
    expect(shorten(text)).toMatch(/^\[s\]\n; ENC\[.*\]\n\nk = ENC\[.*\]\nl = ENC/)
    expect(await back(source)).toBe("[s]\n; one\n; two\n; three\n\nk = v\nl = w\n")
  })

  it("puts a comment behind a section's name above it: its brackets would be part of the name", async () => {
    const source = "[s] ; c\nk = v\n"
    expect((await seal("ini", source)).notices).toHaveLength(1)
    expect(await back(source)).toBe("; c\n[s]\nk = v\n")
  })

  it("puts a comment behind closing quotes above its key, where it is read", async () => {
    const source = '[s]\nk = """a\nb""" ; c\n'
    expect((await seal("ini", source)).notices).toHaveLength(1)
    expect(await back(source)).toBe('[s]\n; c\nk = """a\nb"""\n')
  })

  it("shows a changed value in three lines", async () => {
    const { text } = await seal("ini", "; c\n[s]\nk = 'v'\nl = w\n")
    const { text: opened, before } = await open("ini", text)
    const changed = ini.set(opened, format.parsePlain(toUtf8(opened)), ["s", "k"], str("x"))
    expect(changed.text).toBe("; c\n[s]\nk = 'x'\nl = w\n")
    const again = await seal("ini", changed.text, { lastModified: "2026-05-06T07:08:09Z" }, before)
    expect(diffLines(text, again.text)).toHaveLength(3)
  })

  it("gets and loses lines of metadata", async () => {
    const { text } = await seal("ini", "[s]\nk = v\n")
    const metadata = parseMetadata(format.parseEncrypted(toUtf8(text)).metadata)
    const bob = { kind: "age", recipient: "age1bob", enc: "x\ny\n" } as const
    const next = serializeMetadata({ ...metadata, groups: [[...(metadata.groups[0] ?? []), bob]] })
    const changed = ini.replaceMetadata(text, next)
    expect(serializeMetadata(parseMetadata(format.parseEncrypted(toUtf8(changed)).metadata))).toEqual(next)
    expect(ini.replaceMetadata(changed, serializeMetadata(metadata))).toBe(text)
  })
})

describe("a change", () => {
  const tree = (source: string) => format.parsePlain(toUtf8(source))
  const set = (source: string, path: KeyPath, text: string) =>
    ini.set(source, tree(source), path, str(text)).text
  const unset = (source: string, path: KeyPath) => ini.unset(source, tree(source), path).text

  it.each([
    ["keeps quotes", "[s]\nk = 'v' ; c\n", ["s", "k"], "w", "[s]\nk = 'w' ; c\n"],
    ["puts a value into quotes that hold it", "[s]\nk = v\n", ["s", "k"], "a;b", "[s]\nk = `a;b`\n"],
    ["adds a key as the last one is written", "[s]\nk=v\n\n[t]\n", ["s", "l"], "w", "[s]\nk=v\nl=w\n\n[t]\n"],
    ["adds one to a section without keys", "[s]\n", ["s", "l"], "w", "[s]\nl = w\n"],
    ["adds a section", "[s]\nk = v\n", ["t", "l"], "w", "[s]\nk = v\n\n[t]\nl = w\n"],
    ["adds a key above all sections", "[s]\nk = v\n", ["DEFAULT", "l"], "w", "l = w\n[s]\nk = v\n"],
    ["adds one in a last line that is not ended", "[s]\nk = v", ["s", "l"], "w", "[s]\nk = v\nl = w"],
  ] as const)("%s", (_, source, path, value, after) => {
    expect(set(source, path, value)).toBe(after)
  })

  it("removes a key with its comments, and a section with all that is in it", () => {
    const source = "[s]\n; of k\nk = v ; behind\nl = w\n; of t\n[t]\nm = x\n\n[u]\nn = y\n"
    expect(unset(source, ["s", "k"])).toBe("[s]\nl = w\n; of t\n[t]\nm = x\n\n[u]\nn = y\n")
    expect(unset(source, ["t"])).toBe("[s]\n; of k\nk = v ; behind\nl = w\n\n[u]\nn = y\n")
  })

  it("that has no place is an error", () => {
    expect(() => set("[s]\nk = v\n", ["s", "k", "x"], "w")).toThrow(
      expect.objectContaining({ code: "path-not-found" }),
    )
    expect(() => set("[s]\nk = v\n", ["s", "-"], "w")).toThrow(
      expect.objectContaining({ code: "not-representable" }),
    )
    expect(() => set("[s]\nk = v\n", ["s"], "w")).toThrow(
      expect.objectContaining({ code: "not-representable" }),
    )
    expect(() => unset("[s]\nk = v\n", ["s", "l"])).toThrow(
      expect.objectContaining({ code: "path-not-found" }),
    )
  })
})
