/** JSON in its own layout. */

import { describe, expect, it } from "vitest"
import { toUtf8 } from "#core/bytes.ts"
import { json as format } from "#core/formats/json.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { parseMetadata, serializeMetadata } from "#core/sops/metadata.ts"
import { str } from "#core/sops/scalar.ts"
import type { KeyPath, Node } from "#core/sops/tree.ts"
import { decode, diffLines, layoutNamed, open, seal, sealCanonical, shorten } from "./harness.ts"

const json = layoutNamed("json")

async function back(source: string): Promise<string> {
  return (await open("json", (await seal("json", source)).text)).text
}

describe("a document", () => {
  it.each([
    ["of two spaces", '{\n  "a": "b",\n  "c": [1, 2.0, true, null],\n\n  "d": {"e":"f"}\n}\n'],
    ["of tabs", '{\n\t"a": {\n\t\t"b": ""\n\t}\n}\n'],
    ["in one line", '{"a": "b", "c": {"d": []}}'],
    ["in one line without blanks", '{"a":"b","c":{"d":1}}'],
    ["with blanks all over", ' { "a" : "b" ,\n"c":1}\n\n'],
    ["in CRLF", '{\r\n  "a": "b"\r\n}\r\n'],
    ["that is empty", "{}\n"],
    ["with characters that sops would escape", '{\n  "a": "<b> & \u2028 é 🚀 \\" \\\\"\n}\n'],
    ["with a large number", '{"a": 20000000000000000000, "b": -0.0, "c": 1e+21}'],
  ])("%s comes back as it was", async (_, source) => {
    expect((await seal("json", source)).notices).toEqual([])
    expect(await back(source)).toBe(source)
  })

  it.each([
    ['{\n  "a": 1\n}', /\n {2}"a": "ENC.*",\n {2}"sops": \{\n {4}"age": \[\n {6}\{\n/],
    ['{"a":1}', /^\{"a":"ENC[^"]*","sops":\{"age":\[\{"enc":"/],
    ['{"a": 1, "b": 2}', /, "sops": \{"age": \[\{"enc": "/],
    ["{}", /^\{\n\t"sops": \{\n\t\t"age": \[/],
  ])("gets its metadata in its own notation: %s", async (source, sealed) => {
    expect((await seal("json", source)).text).toMatch(sealed)
  })

  it("announces spellings that do not come back, with line and key", async () => {
    const source = '{\n  "a": "\\u00e9",\n  "b": [1.50, "\\/", 1E2]\n}\n'
    const { notices } = await seal("json", source)
    expect(notices).toEqual([
      { code: "respelled", line: 2, at: "a" },
      { code: "respelled", line: 3, at: "b[0]" },
      { code: "respelled", line: 3, at: "b[1]" },
      { code: "respelled", line: 3, at: "b[2]" },
    ])
    expect(await back(source)).toBe('{\n  "a": "é",\n  "b": [1.5, "/", 100.0]\n}\n')
  })

  it("loses comments that came from a YAML list, with their commas", async () => {
    const yaml = await sealCanonical("yaml", "l:\n  # c\n  - a\n  # d\n  - b\n  # e\nm: n\n")
    const { tree, metadata } = formatNamed("yaml").parseEncrypted(toUtf8(yaml))
    const text = decode(format.printEncrypted(tree, metadata, { indent: 2 }))
    expect((await open("json", text)).text).toBe('{\n  "l": [\n    "a",\n    "b"\n  ],\n  "m": "n"\n}\n')
  })
})

describe("metadata", () => {
  const change = async (text: string) => {
    const { text: opened, before } = await open("json", text)
    const changed = json.set(opened, format.parsePlain(toUtf8(opened)), ["a"], str("new"))
    return (await seal("json", changed.text, { lastModified: "2026-05-06T07:08:09Z" }, before)).text
  }

  it("changes in two lines, wherever it stands", async () => {
    const { text } = await seal("json", '{\n  "a": "b",\n  "c": "d"\n}\n')
    const lines = text.split("\n")
    const first = [
      lines[0],
      ...lines.slice(3, -3),
      "  },",
      lines[1],
      lines[2]?.replace(/,$/, ""),
      "}",
      "",
    ].join("\n")
    for (const file of [text, first]) {
      const changed = await change(file)
      expect(diffLines(file, changed)).toHaveLength(3)
      expect(changed.split("\n")).toHaveLength(file.split("\n").length)
    }
  })

  it("is replaced field by field", async () => {
    const { text } = await seal("json", '{"a": "b"}')
    const metadata = parseMetadata(format.parseEncrypted(toUtf8(text)).metadata)
    const bob = { kind: "age", recipient: "age1bob", enc: "x\n" } as const
    const groups = [[...(metadata.groups[0] ?? []), bob]]
    const next = serializeMetadata({ ...metadata, groups, macOnlyEncrypted: true })
    const changed = json.replaceMetadata(text, next)
    expect(serializeMetadata(parseMetadata(format.parseEncrypted(toUtf8(changed)).metadata))).toEqual(next)
    expect(shorten(changed)).toContain('"mac": "ENC[')
    expect(json.replaceMetadata(changed, serializeMetadata(metadata))).toBe(text)
  })
})

describe("a change", () => {
  const apply = (source: string, path: KeyPath, value: Node | null) => {
    const tree = format.parsePlain(toUtf8(source))
    return value === null ? json.unset(source, tree, path).text : json.set(source, tree, path, value).text
  }
  const map: Node = { kind: "map", items: [{ kind: "entry", key: "x", value: { kind: "int", value: 1n } }] }

  it.each([
    ["replaces a value", '{\n  "a": "b"\n}', ["a"], map, '{\n  "a": {\n    "x": 1\n  }\n}'],
    ["replaces in one line", '{"a": {"b": 1}}', ["a"], str("c"), '{"a": "c"}'],
    ["keeps an object in one line", '{\n  "a": {"b": 1}\n}', ["a"], map, '{\n  "a": {"x": 1}\n}'],
    ["adds a key", '{\n  "a": "b"\n}', ["c"], str("d"), '{\n  "a": "b",\n  "c": "d"\n}'],
    ["adds one in one line", '{"a":"b"}', ["c"], str("d"), '{"a":"b","c":"d"}'],
    ["adds an item", '{"a": ["b"]}', ["a", 1], str("c"), '{"a": ["b", "c"]}'],
    [
      "adds parents",
      '{\n\t"a": 1\n}',
      ["b", "c", 0],
      str("d"),
      '{\n\t"a": 1,\n\t"b": {\n\t\t"c": [\n\t\t\t"d"\n\t\t]\n\t}\n}',
    ],
    ["fills an empty object", '{\n  "a": {}\n}', ["a", "b"], str("c"), '{\n  "a": {\n    "b": "c"\n  }\n}'],
    ["removes the first", '{\n  "a": 1,\n  "b": 2\n}', ["a"], null, '{\n  "b": 2\n}'],
    ["removes the last", '{\n  "a": 1,\n  "b": 2\n}', ["b"], null, '{\n  "a": 1\n}'],
    ["removes the only one", '{"a": [1]}', ["a", 0], null, '{"a": []}'],
  ] as const)("%s", (_, source, path, value, after) => {
    expect(apply(source, path, value)).toBe(after)
  })

  it("at no place is an error", () => {
    for (const path of [["a", "b"], ["a", 0], ["c"]] satisfies KeyPath[]) {
      expect(() => apply('{"a": "b"}', path, null)).toThrow(
        expect.objectContaining({ code: "path-not-found" }),
      )
    }
  })
})
