/** The JSON format against files that sops 3.13.2 wrote, and what it refuses where sops cuts or rounds. */

import { readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fromUtf8, toUtf8 } from "#core/bytes.ts"
import { ConclaveError } from "#core/errors.ts"
import { MAX_DEPTH } from "#core/formats/format.ts"
import { json, parseJsonValue, printJsonValue } from "#core/formats/json.ts"
import { str } from "#core/sops/scalar.ts"
import type { Comment, Entry, ListNode, MapNode, Node, Tree } from "#core/sops/tree.ts"

const CASE = new URL("../../vectors/sops/json-types/", import.meta.url)

function vector(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, CASE)))
}

function parse(source: string): Tree {
  return json.parsePlain(toUtf8(source))
}

function reprinted(source: string, indent?: number): string | null {
  return fromUtf8(json.printPlain(parse(source), indent === undefined ? {} : { indent }))
}

function refusal(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    return { code: error.code, ...error.details }
  }
  return "not refused"
}

/** The value of `{"a": …}`. */
function valueIn(literal: string): Node | undefined {
  const [item] = parse(`{"a":${literal}}`)[0]?.items ?? []
  return item?.kind === "entry" ? item.value : undefined
}

function map(...items: (Entry | Comment)[]): MapNode {
  return { kind: "map", items }
}

function entry(key: string, value: Node): Entry {
  return { kind: "entry", key, value }
}

function printed(node: Node): string | null {
  return fromUtf8(json.printPlain([map(entry("a", node))], { indent: 0 }))
}

/** The same tree without the places in its source. */
function withoutSpans(node: Node): Node {
  if (node.kind === "map") {
    return map(
      ...node.items.map((item) =>
        item.kind === "entry"
          ? entry(item.key, withoutSpans(item.value))
          : { kind: item.kind, text: item.text },
      ),
    )
  }
  if (node.kind === "list") {
    return {
      kind: "list",
      items: node.items.map((item) => (item.kind === "comment" ? item : withoutSpans(item))),
    }
  }
  const { span: _, ...leaf } = node
  return leaf
}

describe("files of sops 3.13.2", () => {
  it("prints the encrypted file byte for byte", () => {
    const source = vector("encrypted.json")
    const { tree, metadata } = json.parseEncrypted(source)
    expect(fromUtf8(json.printEncrypted(tree, metadata))).toBe(fromUtf8(source))
  })

  it("prints the plaintext as sops decrypts it", () => {
    expect(fromUtf8(json.printPlain(json.parsePlain(vector("plain.json"))))).toBe(
      fromUtf8(vector("decrypted.json")),
    )
  })

  it("takes the metadata out of the tree", () => {
    const { tree, metadata } = json.parseEncrypted(vector("encrypted.json"))
    const keys = tree[0]?.items.map((item) => (item.kind === "entry" ? item.key : ""))
    expect(keys).toEqual(["b", "a", "10", "9", "big", "f", "e", "html", "u"])
    expect(metadata.items.map((item) => (item.kind === "entry" ? item.key : ""))).toEqual([
      "age",
      "lastmodified",
      "mac",
      "unencrypted_suffix",
      "version",
    ])
  })

  it("reads a file of sops 3.5", () => {
    const source = readFileSync(new URL("../../vectors/upstream/example.json", import.meta.url))
    const { tree, metadata } = json.parseEncrypted(new Uint8Array(source))
    expect(fromUtf8(json.printEncrypted(tree, metadata))).toBe(`${fromUtf8(new Uint8Array(source))}\n`)
  })
})

describe("numbers", () => {
  it.each([
    ["0", { kind: "int", value: 0n }],
    ["-0", { kind: "int", value: 0n }],
    ["9007199254740993", { kind: "int", value: 9007199254740993n }],
    ["9223372036854775807", { kind: "int", value: 9223372036854775807n }],
    ["-9223372036854775808", { kind: "int", value: -9223372036854775808n }],
    ["-0.0", { kind: "float", value: -0 }],
    ["1.0", { kind: "float", value: 1 }],
    ["1e2", { kind: "float", value: 100 }],
    ["1e-400", { kind: "float", value: 0 }],
    ["9223372036854776000", { kind: "float", value: 9223372036854776000 }],
    ["100000000000000000000000", { kind: "float", value: 1e23 }],
  ])("reads %s as sops does", (literal, expected) => {
    expect(withoutSpans(valueIn(literal) as Node)).toEqual(expected)
  })

  it.each([
    "9223372036854775808",
    "-9223372036854775809",
    "123456789012345678901234567890",
    "1e999",
    "-1e999",
  ])("refuses %s, which sops would round", (literal) => {
    expect(refusal(() => parse(`{"a":{"b":[1,\n ${literal}]}}`))).toEqual({
      code: "unsupported-value",
      at: "a.b[1]",
      line: 2,
      column: 2,
    })
  })

  it("refuses an integer of a million digits at once", () => {
    expect(refusal(() => parse(`{"a":${"9".repeat(1_000_000)}}`))).toMatchObject({
      code: "unsupported-value",
    })
  })

  it.each([
    [0, "0"],
    [-0, "-0"],
    [100000, "100000"],
    [0.1, "0.1"],
    [1e20, "100000000000000000000"],
    [1e21, "1e+21"],
    [0.000001, "0.000001"],
    [1e-7, "1e-7"],
    [5e-324, "5e-324"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
  ])("prints the float %d as Go does", (value, text) => {
    expect(printed({ kind: "float", value })).toBe(`{\n"a": ${text}\n}\n`)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "has no place for %d",
    (value) => {
      const list: ListNode = { kind: "list", items: [{ kind: "float", value }] }
      expect(refusal(() => printed(list))).toEqual({ code: "not-representable", format: "json", at: "a[0]" })
    },
  )
})

describe("strings", () => {
  it.each([
    ['"\\u0041\\/\\b\\f\\n\\r\\t\\"\\\\"', 'A/\b\f\n\r\t"\\'],
    ['"\\ud83d\\udd11"', "🔑"],
    ['"\\ud800"', "\ufffd"],
    ['"\\udc00"', "\ufffd"],
    ['"\\ud800A"', "\ufffdA"],
    ['"\\ud800\\ud83d\\udd11"', "\ufffd🔑"],
    ['"\u007f\u2028é"', "\u007f\u2028é"],
  ])("reads %s", (literal, text) => {
    expect(withoutSpans(valueIn(literal) as Node)).toEqual(str(text))
  })

  it.each([
    ['\b\f\n\r\t"\\/', '"\\b\\f\\n\\r\\t\\"\\\\/"'],
    ["\0\u001f\u007f", '"\\u0000\\u001f\u007f"'],
    ["<&>\u2028\u2029", '"\\u003c\\u0026\\u003e\\u2028\\u2029"'],
    ["é🔑\ufffd\ufeff", '"é🔑\ufffd\ufeff"'],
    ["\ud800x\udc80", '"\ufffdx\ufffd"'],
  ])("prints %j as Go does", (text, literal) => {
    expect(printed(str(text))).toBe(`{\n"a": ${literal}\n}\n`)
  })

  it("prints each byte that is not UTF-8 as the escape of U+FFFD", () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0xed, 0xa0, 0x80, 0xc3, 0xa9)
    expect(printed({ kind: "bytes", bytes })).toBe('{\n"a": "a\\ufffd\\ufffd\\ufffd\\ufffdé"\n}\n')
  })

  it("prints times as strings and null as null", () => {
    expect(printed({ kind: "time", text: "2001-12-14T21:59:43.1-05:00" })).toContain(
      '"a": "2001-12-14T21:59:43.1-05:00"',
    )
    expect(printed({ kind: "null" })).toContain('"a": null')
  })
})

describe("structure", () => {
  it("spells a negative zero as sops does in plaintext, and so that it reads back in an encrypted file", () => {
    const tree = parse('{"a":-0.0}')
    expect(fromUtf8(json.printPlain(tree, { indent: 0 }))).toBe('{\n"a": -0\n}\n')
    const metadata = map(entry("mac", str("m")))
    const bytes = json.printEncrypted(tree, metadata, { indent: 0 })
    expect(fromUtf8(bytes)).toContain('"a": -0.0,')
    expect(json.parseEncrypted(bytes).tree.map(withoutSpans)).toEqual(tree.map(withoutSpans))
  })

  it("keeps the order, duplicate keys and keys of Object's prototype", () => {
    const source = '{"__proto__": 1,"b": 2,"10": 3,"b": 4,"": 5,"constructor": 6}'
    expect(reprinted(source, 0)).toBe(
      '{\n"__proto__": 1,\n"b": 2,\n"10": 3,\n"b": 4,\n"": 5,\n"constructor": 6\n}\n',
    )
  })

  it("indents with tabs, with spaces when told, and leaves empty containers on their line", () => {
    const source = '{"a":{},"b":[ ],"c":[1,{"d":[[]]}]}'
    expect(reprinted(source)).toBe(
      '{\n\t"a": {},\n\t"b": [],\n\t"c": [\n\t\t1,\n\t\t{\n\t\t\t"d": [\n\t\t\t\t[]\n\t\t\t]\n\t\t}\n\t]\n}\n',
    )
    expect(reprinted('{"a":[1]}', 3)).toBe('{\n   "a": [\n      1\n   ]\n}\n')
    expect(reprinted("{}")).toBe("{}\n")
  })

  it("leaves comments out", () => {
    const comment: Comment = { kind: "comment", text: " c" }
    const list: ListNode = { kind: "list", items: [comment] }
    expect(fromUtf8(json.printPlain([map(comment, entry("a", list), comment)], { indent: 1 }))).toBe(
      '{\n "a": []\n}\n',
    )
  })

  it("says where each key, value and container stands", () => {
    const source = ' {"é": [1, "x"], "b": {}}'
    const root = parse(source)[0] as MapNode
    const pieces: string[] = []
    const visit = (node: Node): void => {
      pieces.push(source.slice(node.span?.start, node.span?.end))
      if (node.kind !== "map" && node.kind !== "list") return
      for (const item of node.items) {
        if (item.kind === "entry") pieces.push(source.slice(item.keySpan?.start, item.keySpan?.end))
        if (item.kind !== "comment") visit(item.kind === "entry" ? item.value : item)
      }
    }
    visit(root)
    expect(pieces).toEqual([source.slice(1), '"é"', '[1, "x"]', "1", '"x"', '"b"', "{}"])
  })

  it("prints one document only", () => {
    expect(refusal(() => json.printPlain([map(), map()]))).toMatchObject({ code: "not-representable" })
  })
})

describe("refused in reading", () => {
  it.each([
    ["text behind the object, which sops drops", '{"a":1}\n{"b":2}', 2, 1],
    ["a brace too many", "{}}", 1, 3],
    ["a byte order mark", '\ufeff{"a":1}', 1, 1],
    ["a comment", '{\n  // c\n"a":1}', 2, 3],
    ["a list at the top", "\n [1]", 2, 2],
    ["a scalar at the top", '"a"', 1, 1],
    ["a missing brace", '{"a":1', 1, 7],
    ["a trailing comma", '{"a":1,}', 1, 8],
    ["a comma too many in a list", '{"a":[1,,2]}', 1, 9],
    ["a missing colon", '{"a" 1}', 1, 6],
    ["a key without quotes", "{a:1}", 1, 2],
    ["single quotes", "{'a':1}", 1, 2],
    ["a line break in a string", '{"a":"x\ny"}', 1, 8],
    ["an unknown escape", '{"a":"\\x41"}', 1, 7],
    ["an escape cut short", '{"a":"\\u12"}', 1, 7],
    ["a string without an end", '{"a":"x', 1, 6],
    ["a leading zero", '{"a":01}', 1, 7],
    ["a number without digits behind the point", '{"a":1.}', 1, 7],
    ["a plus sign", '{"a":+1}', 1, 6],
    ["NaN", '{"a":NaN}', 1, 6],
    ["another case of true", '{"a":True}', 1, 6],
  ])("%s", (_, source, line, column) => {
    expect(refusal(() => parse(source))).toEqual({ code: "syntax", format: "json", line, column })
  })

  it("bytes that are not UTF-8, with their place", () => {
    const source = Uint8Array.of(...toUtf8('{"é":\n"'), 0xff, ...toUtf8('"}'))
    expect(refusal(() => json.parsePlain(source))).toEqual({
      code: "syntax",
      format: "json",
      line: 2,
      column: 2,
    })
  })

  it.each(["", " \n\t"])("a file without a document: %j", (source) => {
    expect(refusal(() => parse(source))).toEqual({ code: "empty-file" })
  })

  it.each(["[", '{"a":'])("nesting above the limit of %s, without running out of stack", (open) => {
    expect(refusal(() => parse(`{"a":${open.repeat(200_000)}`))).toEqual({
      code: "too-deep",
      limit: MAX_DEPTH,
    })
  })

  it("nothing up to the limit", () => {
    const source = `{"a":${"[".repeat(MAX_DEPTH - 1)}${"]".repeat(MAX_DEPTH - 1)}}`
    expect(reprinted(reprinted(source) as string)).toBe(reprinted(source))
  })

  it("never says a value", () => {
    try {
      parse('{"key":"hunter2"')
    } catch (error) {
      expect((error as Error).message).not.toContain("hunter2")
    }
  })
})

describe("metadata", () => {
  const encrypted = (source: string) => () => json.parseEncrypted(toUtf8(source))

  it("is missed when there is none", () => {
    expect(refusal(encrypted('{"a":1}'))).toEqual({ code: "metadata-missing" })
    expect(refusal(encrypted('{"a":1,"sops":{}}'))).toEqual({ code: "metadata-missing" })
  })

  it("is a map", () => {
    expect(refusal(encrypted('{"sops":"x"}'))).toEqual({ code: "malformed", at: "sops" })
    expect(refusal(encrypted('{"sops":null}'))).toEqual({ code: "malformed", at: "sops" })
  })

  it("occurs once", () => {
    expect(refusal(encrypted('{"sops":{"mac":"a"},\n"sops":{"mac":"b"}}'))).toEqual({
      code: "duplicate-key",
      key: "sops",
      line: 2,
      column: 1,
    })
  })

  it("may come first", () => {
    const { tree } = json.parseEncrypted(toUtf8('{"sops":{"mac":"a"},"b":{"sops":1}}'))
    expect(fromUtf8(json.printPlain(tree, { indent: 0 }))).toBe('{\n"b": {\n"sops": 1\n}\n}\n')
  })

  it("has its name reserved at the top only", () => {
    expect(json.reservedKey(parse('{"a":1,"sops":2}'))).toBe("sops")
    expect(json.reservedKey(parse('{"a":{"sops":2},"sops_x":1}'))).toBeNull()
    expect(refusal(() => json.printEncrypted(parse('{"sops":2}'), map()))).toEqual({
      code: "reserved-key",
      key: "sops",
    })
  })
})

describe("a value alone", () => {
  it("is printed without a line break at its end", () => {
    expect(printJsonValue(parseJsonValue(' {"a":[1,"<"]} '))).toBe(
      '{\n\t"a": [\n\t\t1,\n\t\t"\\u003c"\n\t]\n}',
    )
    expect(printJsonValue(parseJsonValue("[]"))).toBe("[]")
    expect(printJsonValue(parseJsonValue("null"))).toBe("null")
  })

  it("may be of any kind", () => {
    expect(withoutSpans(parseJsonValue("5"))).toEqual({ kind: "int", value: 5n })
    expect(withoutSpans(parseJsonValue('"x"'))).toEqual(str("x"))
    expect(refusal(() => parseJsonValue("1 2"))).toMatchObject({ code: "syntax" })
    expect(refusal(() => parseJsonValue(""))).toMatchObject({ code: "syntax" })
  })
})

describe("properties", () => {
  const leaf: fc.Arbitrary<Node> = fc.oneof(
    fc.string({ unit: "binary" }).map(str),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value): Node => ({ kind: "int", value })),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      // A whole float prints like an integer and reads back as one.
      .filter((value) => !Number.isInteger(value) || (Math.abs(value) >= 1e21 && String(value).includes("e")))
      .map((value): Node => ({ kind: "float", value })),
    fc.boolean().map((value): Node => ({ kind: "bool", value })),
    fc.constant<Node>({ kind: "null" }),
  )
  const { root } = fc.letrec<{ node: Node; root: MapNode }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie("node"), { maxLength: 4 }).map((items): Node => ({ kind: "list", items })),
      tie("root"),
    ),
    root: fc
      .array(fc.tuple(fc.string({ unit: "binary" }), tie("node")), { maxLength: 4 })
      .map((pairs) => map(...pairs.map(([key, value]) => entry(key, value)))),
  }))

  it("parsing inverts printing", () => {
    fc.assert(
      fc.property(root, fc.option(fc.nat(4), { nil: undefined }), (branch, indent) => {
        const bytes = json.printPlain([branch], indent === undefined ? {} : { indent })
        expect(json.parsePlain(bytes).map(withoutSpans)).toEqual([branch])
      }),
    )
  })

  it("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const tree = parse(JSON.stringify(value))
        expect(JSON.parse(fromUtf8(json.printPlain(tree)) as string)).toEqual(
          JSON.parse(JSON.stringify(value)),
        )
      }),
    )
  })
})
