/** dotenv in its own layout. */

import { describe, expect, it } from "vitest"
import { toUtf8 } from "#core/bytes.ts"
import { dotenv as format } from "#core/formats/dotenv.ts"
import { parseMetadata, serializeMetadata } from "#core/sops/metadata.ts"
import { str } from "#core/sops/scalar.ts"
import { diffLines, layoutNamed, open, seal } from "./harness.ts"

const dotenv = layoutNamed("dotenv")

async function back(source: string): Promise<string> {
  return (await open("dotenv", (await seal("dotenv", source)).text)).text
}

describe("a file", () => {
  it.each([
    ["with blank lines and comments", '# c\n\nA=1\n\n\n#d\nexport B = "x y"\nC=\n'],
    ["with line breaks in values", "A=a\\nb\n"],
    ["without a final line break", "A=1"],
    ["in CRLF, where the CR is part of each value", "A=1\r\n# c\r\nB_unencrypted=2\r\n"],
    ["with blank lines at its end", "A=1\n\n\n"],
  ])("%s comes back as it was", async (_, source) => {
    const { text, notices } = await seal("dotenv", source)
    expect(notices).toEqual([])
    expect(text).toMatch(
      /\nsops_age__list_0__map_enc=-----BEGIN[^\n]*\nsops_age__list_0__map_recipient=age1test\n/,
    )
    expect(await back(source)).toBe(source)
  })

  it("that git checked out in CRLF opens to LF, and its metadata keeps CRLF", async () => {
    const { text } = await seal("dotenv", "# c\n\nA=1\nB_unencrypted=2\n")
    const crlf = text.replaceAll("\n", "\r\n").replace("\r\n\r\n", "\r\n")
    const opened = await open("dotenv", crlf)
    expect(opened.text).toBe("# c\nA=1\nB_unencrypted=2\n")
    const { metadata } = opened.before.previous
    expect(dotenv.replaceMetadata(crlf, metadata)).toBe(crlf)
    const next = serializeMetadata({ ...parseMetadata(metadata), version: "3.14.0" })
    expect(dotenv.replaceMetadata(crlf, next)).toBe(crlf.replace("3.13.2", "3.14.0"))
  })

  it("shows a changed value in three lines", async () => {
    const { text } = await seal("dotenv", "# c\n\nA=1\nB=2\n")
    const { text: opened, before } = await open("dotenv", text)
    const changed = dotenv.set(opened, format.parsePlain(toUtf8(opened)), ["A"], str("3"))
    expect(changed.text).toBe("# c\n\nA=3\nB=2\n")
    const again = await seal("dotenv", changed.text, { lastModified: "2026-05-06T07:08:09Z" }, before)
    expect(diffLines(text, again.text)).toHaveLength(3)
  })

  it("gets and loses lines of metadata", async () => {
    const { text } = await seal("dotenv", "A=1")
    const metadata = parseMetadata(format.parseEncrypted(toUtf8(text)).metadata)
    const bob = { kind: "age", recipient: "age1bob", enc: "x\ny\n" } as const
    const next = serializeMetadata({ ...metadata, groups: [[...(metadata.groups[0] ?? []), bob]] })
    const changed = dotenv.replaceMetadata(text, next)
    expect(changed).toContain("sops_age__list_1__map_recipient=age1bob")
    expect(serializeMetadata(parseMetadata(format.parseEncrypted(toUtf8(changed)).metadata))).toEqual(next)
    expect(dotenv.replaceMetadata(changed, serializeMetadata(metadata))).toBe(text)
  })
})

describe("a change", () => {
  const tree = (source: string) => format.parsePlain(toUtf8(source))
  const set = (source: string, key: string, text: string) =>
    dotenv.set(source, tree(source), [key], str(text)).text

  it("adds a line at the end, removes one, and puts line breaks as sops does", () => {
    expect(set("A=1\n", "B", "x\ny")).toBe("A=1\nB=x\\ny\n")
    expect(set("A=1", "B", "x")).toBe("A=1\nB=x")
    expect(dotenv.unset("# c\nA=1\nB=2\n", tree("# c\nA=1\nB=2\n"), ["A"]).text).toBe("# c\nB=2\n")
  })

  it("that would not read back is an error", () => {
    const refused = expect.objectContaining({ code: "not-representable" })
    expect(() => set("A=1\n", "A", "a\\nb")).toThrow(refused)
    expect(() => set("A=1\n", "B=C", "x")).toThrow(refused)
    expect(() => dotenv.set("A=1\n", tree("A=1\n"), ["A"], { kind: "list", items: [] })).toThrow(refused)
    expect(() => dotenv.unset("A=1\n", tree("A=1\n"), ["B"])).toThrow(
      expect.objectContaining({ code: "path-not-found" }),
    )
  })
})
