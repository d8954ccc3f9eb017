/** Where the metadata of a YAML file stands, and what of it changes. */

import { describe, expect, it } from "vitest"
import { toUtf8 } from "#core/bytes.ts"
import { yaml as format } from "#core/formats/yaml.ts"
import { parseMetadata, serializeMetadata } from "#core/sops/metadata.ts"
import type { MapNode } from "#core/sops/tree.ts"
import { diffLines, layoutNamed, open, seal, sealCanonical } from "./harness.ts"

const yaml = layoutNamed("yaml")

async function back(source: string): Promise<string> {
  return (await open("yaml", (await seal("yaml", source)).text)).text
}

describe("the metadata", () => {
  it.each([
    ["at the end", "a: 1\n", /^a: ENC.*\nsops:\n {4}age:\n/],
    ["behind blank lines", "a: 1\n\n\n", /^a: ENC.*\n\n\nsops:\n/],
    ["behind a comment at the end", "a: 1\n# end\n", /\n#ENC.*\nsops:\n/],
    ["in the indentation of the file", "a:\n  b: 1\n", /\nsops:\n {2}age:\n {4}- enc: \|\n {8}-----BEGIN/],
    ["at the column of the keys", "  a: 1\n  b: 2\n", /\n {2}sops:\n {6}age:\n/],
    ["in every document", "a: 1\n---\nb: 2\n", /^a: ENC.*\nsops:\n[\s\S]*\n---\nb: ENC.*\nsops:\n/],
    ["before the end of a document", "a: 1\n...\n", /\nsops:\n[\s\S]*\n\.\.\.\n$/],
    ["in an empty document", "a: 1\n---\n", /\n---\nsops:\n/],
    ["in a document of comments", "a: 1\n---\n# c\n", /\n---\n#ENC.*\nsops:\n/],
    ["in flow style", "{a: 1, b: [x]}\n", /^\{a: "ENC[^"]*", b: \["ENC[^"]*"\], sops: \{age: \[.*\}\n$/],
    ["in flow style, behind a comma", "{a: 1,}\n", /", sops: \{.*\},\}\n$/],
    ["in flow style, behind the last comment", "{\n  a: 1 # c\n}\n", /",? #ENC.*\n {2}sops: \{.*\}\n\}\n$/],
    ["in the place of an empty map", "# c\n{}\n", /^#ENC.*\nsops:\n/],
    ["without a line break behind it, as before", "a: 1", /\nsops:\n[\s\S]*[^\n]$/],
    ["with the line endings of the file", "a: 1\r\n", /\r\nsops:\r\n {4}age:\r\n/],
    ["behind a document's start", "---\na: 1\n", /^---\na: ENC/],
    ["behind directives", "%TAG ! tag:x,2024:\n---\na: !b 1\n", /^%TAG.*\n---\na: !b ENC/],
  ])("stands %s and goes without a trace", async (_, source, sealed) => {
    expect((await seal("yaml", source)).text).toMatch(sealed)
    expect(await back(source)).toBe(source)
  })

  it("in the place of a null that is written is announced", async () => {
    expect((await seal("yaml", "~\n")).notices).toEqual([{ code: "respelled", line: 1, at: "" }])
    expect(await back("~\n")).toBe("{}\n")
  })
})

describe("metadata that the file has already", () => {
  const plain = "a: one\nb: two\n"

  /** The same metadata as another program may have written it. */
  async function rewritten(rewrite: (lines: string[]) => string): Promise<string> {
    const { text } = await seal("yaml", plain)
    return rewrite(text.split("\n"))
  }

  async function setA(text: string): Promise<string> {
    const { text: opened, before } = await open("yaml", text)
    const tree = yaml.parse(opened, before.previous)
    const changed = yaml.set(opened, tree, ["a"], { kind: "str", text: "three" })
    return (await seal("yaml", changed.text, { lastModified: "2026-05-06T07:08:09Z" }, before)).text
  }

  it("stays at the top", async () => {
    const text = await rewritten((lines) => [...lines.slice(2, -1), ...lines.slice(0, 2), ""].join("\n"))
    expect(text.startsWith("sops:\n")).toBe(true)
    expect((await open("yaml", text)).text).toBe(plain)
    const changed = await setA(text)
    expect(diffLines(text, changed)).toHaveLength(3)
  })

  it("stays between two keys, with the blank lines around it", async () => {
    const text = await rewritten((lines) =>
      [lines[0], "", ...lines.slice(2, -1), "", "# about b", lines[1], ""].join("\n"),
    )
    // A comment in clear is what the reader is told of, so it is left out of the check.
    const source = text.replace("# about b\n", "")
    expect((await open("yaml", source)).text).toBe("a: one\n\n\nb: two\n")
    expect(diffLines(source, await setA(source))).toHaveLength(3)
  })

  it("keeps its own indentation, quotes, order and comments", async () => {
    const text = await rewritten((lines) =>
      lines
        .join("\n")
        .replace(/^( +)mac: (.*)$/m, "$1# the digest\n$1mac: '$2'")
        .replace(/^( +)version: (.*)$/m, '$1version: "$2" # of sops'),
    )
    const changed = await setA(text)
    expect(diffLines(text, changed)).toHaveLength(3)
    expect(changed).toMatch(/# the digest\n +mac: 'ENC/)
    expect(changed).toMatch(/version: "3\.13\.2" # of sops\n/)
  })

  it("keeps fields of other programs and empty ones of older versions", async () => {
    const text = await rewritten((lines) =>
      lines.join("\n").replace("sops:\n", "sops:\n    kms: []\n    note: mine\n"),
    )
    const changed = await setA(text)
    expect(changed).toContain("sops:\n    kms: []\n    note: mine\n")
    expect(diffLines(text, changed)).toHaveLength(3)
  })

  it("of a file that sops has written changes in three lines", async () => {
    const text = await sealCanonical("yaml", 'a: one\nb:\n  - |\n    x\n    y\nc: "yes"\n')
    expect(diffLines(text, await setA(text))).toHaveLength(3)
  })
})

describe("replacing the metadata", () => {
  async function metadataOf(
    text: string,
    change: (metadata: ReturnType<typeof parseMetadata>) => object,
  ): Promise<MapNode> {
    const metadata = parseMetadata(format.parseEncrypted(toUtf8(text)).metadata)
    return serializeMetadata({ ...metadata, ...change(metadata) })
  }

  it("adds and removes a recipient where its list is, in every document", async () => {
    const { text } = await seal("yaml", "a: 1\n---\nb: 2\n")
    const bob = { kind: "age", recipient: "age1bob", enc: "x\ny\n" } as const
    const more = await metadataOf(text, ({ groups: [group = []] }) => ({ groups: [[...group, bob]] }))
    const added = yaml.replaceMetadata(text, more)
    expect(added.match(/recipient: age1bob\n/g)).toHaveLength(2)
    expect(serializeMetadata(parseMetadata(format.parseEncrypted(toUtf8(added)).metadata))).toEqual(more)
    const less = await metadataOf(text, () => ({}))
    expect(yaml.replaceMetadata(added, less)).toBe(text)
  })

  it("turns lists of keys into groups with a threshold, and back", async () => {
    const { text } = await seal("yaml", "a: 1\n")
    const entry = (recipient: string) => ({ kind: "age", recipient, enc: "x\n" }) as const
    const grouped = await metadataOf(text, () => ({ groups: [[entry("a")], [entry("b")]], threshold: 2 }))
    const changed = yaml.replaceMetadata(text, grouped)
    expect(serializeMetadata(parseMetadata(format.parseEncrypted(toUtf8(changed)).metadata))).toEqual(grouped)
    expect(changed.startsWith(text.slice(0, text.indexOf("sops:")))).toBe(true)
    expect(yaml.replaceMetadata(changed, await metadataOf(text, () => ({})))).toBe(text)
  })

  it("changes nothing when nothing differs", async () => {
    const { text } = await seal("yaml", "a: 1\n# end")
    expect(yaml.replaceMetadata(text, await metadataOf(text, () => ({})))).toBe(text)
  })
})
