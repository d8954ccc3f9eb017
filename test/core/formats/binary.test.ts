/** The binary format against files that sops wrote, with contents longer than a string can be in mind. */

import { readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { concat, fromUtf8, toUtf8 } from "#core/bytes.ts"
import { ConclaveError } from "#core/errors.ts"
import { binary, LARGE_SIZE } from "#core/formats/binary.ts"
import { json } from "#core/formats/json.ts"
import { str } from "#core/sops/scalar.ts"
import type { MapNode, Node, Tree } from "#core/sops/tree.ts"

const VECTORS = new URL("../../vectors/", import.meta.url)
const METADATA: MapNode = { kind: "map", items: [{ kind: "entry", key: "mac", value: str("m") }] }

function vector(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, VECTORS)))
}

function treeOf(value: Node, key = "data"): Tree {
  return [{ kind: "map", items: [{ kind: "entry", key, value }] }]
}

function dataOf(tree: Tree): Node | undefined {
  const [item] = tree[0]?.items ?? []
  return item?.kind === "entry" ? item.value : undefined
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

/** An envelope around `data` that is above the size where strings end. */
function largeEnvelope(head: string, data: Uint8Array, tail: string): Uint8Array {
  return concat(toUtf8(head), data, toUtf8(tail))
}

const LARGE_DATA = concat(
  toUtf8("ENC[AES256_GCM,data:"),
  new Uint8Array(LARGE_SIZE).fill(0x41),
  toUtf8(",iv:QUFB,tag:QUFB,type:str]"),
)

describe("files of sops", () => {
  it.each(["binary", "binary-empty"])("%s is printed byte for byte", (name) => {
    const source = vector(`sops/${name}/encrypted.bin`)
    const { tree, metadata } = binary.parseEncrypted(source)
    expect(fromUtf8(binary.printEncrypted(tree, metadata))).toBe(fromUtf8(source))
  })

  it("reads the envelope of sops 3.5", () => {
    const source = vector("upstream/example.txt")
    const { tree, metadata } = binary.parseEncrypted(source)
    expect(fromUtf8(binary.printEncrypted(tree, metadata))).toBe(`${fromUtf8(source)}\n`)
  })
})

describe("plaintext", () => {
  it("is any bytes, never decoded", () => {
    const tree = binary.parsePlain(Uint8Array.of(0x00, 0xff, 0x0a))
    expect(tree).toEqual(treeOf({ kind: "bytes", bytes: Uint8Array.of(0x00, 0xff, 0x0a) }))
  })

  it("comes back as it was", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(binary.printPlain(binary.parsePlain(bytes))).toEqual(bytes)
      }),
    )
  })

  it("may be empty, or hold JSON with a sops block", () => {
    expect(binary.printPlain(binary.parsePlain(new Uint8Array()))).toEqual(new Uint8Array())
    expect(binary.reservedKey(binary.parsePlain(toUtf8('{"sops":{}}')))).toBeNull()
  })

  it("is printed from text too", () => {
    expect(fromUtf8(binary.printPlain(treeOf(str("é\n"))))).toBe("é\n")
  })

  it("is refused when a tree holds no data, or holds other data that sops would leave out", () => {
    const at = (key: string) => ({ code: "not-representable", format: "binary", at: key })
    expect(refusal(() => binary.printPlain(treeOf(str("x"), "other")))).toEqual(at("data"))
    expect(refusal(() => binary.printPlain([]))).toEqual(at("data"))
    expect(refusal(() => binary.printPlain(treeOf({ kind: "int", value: 1n })))).toEqual(at("data"))
    const both = json.parsePlain(toUtf8('{"data":"x","more":"y"}'))
    expect(refusal(() => binary.printPlain(both))).toEqual(at("more"))
  })
})

describe("an envelope", () => {
  const read = (source: string) => () => binary.parseEncrypted(toUtf8(source))

  it("needs a string in data", () => {
    expect(refusal(read('{"sops":{"mac":"m"}}'))).toEqual({ code: "malformed", at: "data" })
    expect(refusal(read('{"data":1,"sops":{"mac":"m"}}'))).toEqual({ code: "malformed", at: "data" })
    expect(refusal(read('{"data":"x"}'))).toEqual({ code: "metadata-missing" })
  })

  it("has data once", () => {
    expect(refusal(read('{"data":"x",\n"data":"y","sops":{"mac":"m"}}'))).toEqual({
      code: "duplicate-key",
      key: "data",
      line: 2,
      column: 1,
    })
  })

  it("keeps other keys in the tree, since the MAC counts them", () => {
    const { tree } = binary.parseEncrypted(toUtf8('{"data":"x","more":"y","sops":{"mac":"m"}}'))
    expect(tree[0]?.items).toHaveLength(2)
  })

  it("holds small data of bytes as it holds text", () => {
    const bytes = toUtf8("ENC[x]")
    expect(binary.printEncrypted(treeOf({ kind: "bytes", bytes }), METADATA)).toEqual(
      binary.printEncrypted(treeOf(str("ENC[x]")), METADATA),
    )
  })
})

describe("a large envelope", () => {
  it.each([undefined, 0, 2])("is printed with indent %s as a small one is", (indent) => {
    const options = indent === undefined ? {} : { indent }
    const [head = "", tail = ""] = (
      fromUtf8(binary.printEncrypted(treeOf(str("")), METADATA, options)) ?? ""
    ).split('""')
    const printed = binary.printEncrypted(treeOf({ kind: "bytes", bytes: LARGE_DATA }), METADATA, options)
    expect(Buffer.compare(printed, largeEnvelope(`${head}"`, LARGE_DATA, `"${tail}`))).toBe(0)
  })

  it.each([
    ["as sops writes it", '{\n\t"data": "', '",\n\t"sops": {"mac":"m"}\n}\n'],
    ["with the metadata first", '{"sops":{"mac":"m","data":"in\\"ner"},"data" :\n"', '"}'],
    ["with other keys", '{"x":["data",{"data":1}],"é":"data","data":"', '","sops":{"mac":"m"}}'],
  ])("is read %s without becoming a string", (_, head, tail) => {
    const { tree, metadata } = binary.parseEncrypted(largeEnvelope(head, LARGE_DATA, tail))
    const data = tree[0]?.items.find((item) => item.kind === "entry" && item.key === "data")
    const value = data?.kind === "entry" ? data.value : undefined
    expect(value?.kind === "bytes" && Buffer.compare(value.bytes, LARGE_DATA)).toBe(0)
    expect(metadata.items[0]).toMatchObject({ key: "mac" })
  })

  it.each([
    ["escapes in data", '{"data":"\\n', '","sops":{"mac":"m"}}', "malformed"],
    ["a line break in data", '{"data":"\n', '","sops":{"mac":"m"}}', "malformed"],
    ["no end of data", '{"data":"', "", "malformed"],
    ["data that is not a string", '{"data":["', '"],"sops":{"mac":"m"}}', "malformed"],
    ["a key data in another spelling", '{"d\\u0061ta":"', '","sops":{"mac":"m"}}', "malformed"],
    ["both spellings", '{"d\\u0061ta":"x","data":"', '","sops":{"mac":"m"}}', "duplicate-key"],
    ["data deeper down only", '{"a":{"data":"', '"},"sops":{"mac":"m"}}', "malformed"],
    ["text behind the envelope", '{"data":"', '","sops":{"mac":"m"}}{}', "syntax"],
    ["no metadata", '{"data":"', '"}', "metadata-missing"],
    ["what is not JSON", '["x","data":"', '"}', "syntax"],
  ])("is refused with %s", (_, head, tail, code) => {
    expect(refusal(() => binary.parseEncrypted(largeEnvelope(head, LARGE_DATA, tail)))).toMatchObject({
      code,
    })
  })

  it("is refused when the rest is large as well", () => {
    const filler = "x".repeat(33 * 1024 * 1024)
    const source = largeEnvelope('{"data":"', LARGE_DATA, `","sops":{"mac":"${filler}"}}`)
    expect(refusal(() => binary.parseEncrypted(source))).toMatchObject({ code: "too-large" })
  })

  it("is not printed with data in clear that would need escapes", () => {
    const bytes = new Uint8Array(LARGE_SIZE).fill(0xff)
    expect(refusal(() => binary.printEncrypted(treeOf({ kind: "bytes", bytes }), METADATA))).toEqual({
      code: "not-representable",
      format: "binary",
      at: "data",
    })
  })

  it("comes back as it was printed", () => {
    const printed = binary.printEncrypted(treeOf({ kind: "bytes", bytes: LARGE_DATA }), METADATA)
    const { tree, metadata } = binary.parseEncrypted(printed)
    expect(dataOf(tree)?.kind).toBe("bytes")
    expect(Buffer.compare(binary.printEncrypted(tree, metadata), printed)).toBe(0)
  })
})
