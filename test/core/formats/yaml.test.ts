/** The YAML format against files that sops 3.13.2 wrote, and what it refuses where sops does. */

import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { fromUtf8, toUtf8 } from "#core/bytes.ts"
import { ConclaveError } from "#core/errors.ts"
import { yaml } from "#core/formats/yaml.ts"
import { str } from "#core/sops/scalar.ts"
import type { Entry, MapNode, Tree } from "#core/sops/tree.ts"

const VECTORS = new URL("../../vectors/sops/", import.meta.url)
const CASES = readdirSync(VECTORS).filter((name) =>
  readdirSync(new URL(`${name}/`, VECTORS)).includes("encrypted.yaml"),
)

function vector(name: string, file: string): Uint8Array {
  return readFileSync(new URL(`${name}/${file}`, VECTORS))
}

function printed(source: string, indent?: number): string | null {
  return fromUtf8(yaml.printPlain(yaml.parsePlain(toUtf8(source)), indent === undefined ? {} : { indent }))
}

/** The code of the failure and what it says of the place. */
function refusal(source: string, parse: (bytes: Uint8Array) => unknown = yaml.parsePlain): unknown {
  try {
    parse(toUtf8(source))
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    return { code: error.code, ...error.details }
  }
  return "not refused"
}

function keys(tree: Tree): string[][] {
  return tree.map((map) =>
    map.items.filter((item): item is Entry => item.kind === "entry").map(({ key }) => key),
  )
}

describe("yaml", () => {
  it.each(CASES)("prints the encrypted file of %s as sops did", (name) => {
    const source = vector(name, "encrypted.yaml")
    const { tree, metadata } = yaml.parseEncrypted(source)
    expect(fromUtf8(yaml.printEncrypted(tree, metadata))).toBe(fromUtf8(source))
  })

  it.each(CASES)("prints the decrypted file of %s as sops did", (name) => {
    const source = vector(name, "decrypted.yaml")
    expect(fromUtf8(yaml.printPlain(yaml.parsePlain(source)))).toBe(fromUtf8(source))
  })

  it("finds the metadata's fields in every vector", () => {
    for (const name of CASES) {
      const { tree, metadata } = yaml.parseEncrypted(vector(name, "encrypted.yaml"))
      expect(keys([metadata])[0]).toContain("mac")
      expect(yaml.reservedKey(tree)).toBe(null)
    }
  })

  it("takes metadata from the first document and drops it from the others", () => {
    const source = "a: 1\nsops:\n  mac: x\n---\nsops: 1\nb: 2\nsops: 3\n"
    const { tree, metadata } = yaml.parseEncrypted(toUtf8(source))
    expect(keys(tree)).toEqual([["a"], ["b"]])
    expect(keys([metadata])).toEqual([["mac"]])
  })

  it("writes metadata into every document, behind its comments", () => {
    const tree = yaml.parsePlain(toUtf8("a: 1\n# end\n---\nb: 2\n"))
    const metadata: MapNode = { kind: "map", items: [{ kind: "entry", key: "mac", value: str("x") }] }
    expect(fromUtf8(yaml.printEncrypted(tree, metadata, { indent: 2 }))).toBe(
      "a: 1\n# end\nsops:\n  mac: x\n---\nb: 2\nsops:\n  mac: x\n",
    )
  })

  it("does not write a second metadata block", () => {
    const tree = yaml.parsePlain(toUtf8("a: 1\n---\nsops: 1\n"))
    expect(() => yaml.printEncrypted(tree, { kind: "map", items: [] })).toThrow(
      expect.objectContaining({ code: "reserved-key" }),
    )
  })

  it("knows the reserved key at the top of any document, and only there", () => {
    const reserved = (source: string) => yaml.reservedKey(yaml.parsePlain(toUtf8(source)))
    expect(reserved("a: 1\nsops: 1\n")).toBe("sops")
    expect(reserved("a: 1\n---\nsops: 1\n")).toBe("sops")
    expect(reserved("a:\n  sops: 1\nsops_x: 1\n")).toBe(null)
  })

  it("refuses metadata that is missing, doubled or no map", () => {
    expect(refusal("a: 1\n", yaml.parseEncrypted)).toEqual({ code: "metadata-missing" })
    expect(refusal("a: 1\n---\nsops: {}\n", yaml.parseEncrypted)).toEqual({ code: "metadata-missing" })
    expect(refusal("sops: x\n", yaml.parseEncrypted)).toEqual({ code: "malformed", at: "sops" })
    const doubled = { code: "duplicate-key", key: "sops", line: 2, column: 1 }
    expect(refusal("sops: {}\nsops: {}\n", yaml.parseEncrypted)).toEqual(doubled)
    const hidden = "sops: {}\na: &x sops\n*x : {}\n"
    expect(refusal(hidden, yaml.parseEncrypted)).toEqual({ code: "malformed", at: "sops" })
  })

  it("calls a file without any document empty", () => {
    for (const source of ["", "\n", "  \n\n", "# only a comment\n", "\ufeff"]) {
      expect(refusal(source)).toEqual({ code: "empty-file" })
      expect(refusal(source, yaml.parseEncrypted)).toEqual({ code: "empty-file" })
    }
  })

  it("reads nulls and empty maps as documents without items", () => {
    for (const source of ["---\n", "null\n", "~\n", "{}\n", "--- {}\n"]) expect(printed(source)).toBe("{}\n")
    expect(printed("a: 1\n---\n---\nb: 2\n")).toBe("a: 1\n---\n{}\n---\nb: 2\n")
  })

  it("refuses lists and scalars as documents", () => {
    const at = (line: number) => ({ code: "unsupported-value", at: `line ${line}`, line, column: 1 })
    expect(refusal("- a\n")).toEqual(at(1))
    expect(refusal("# c\ntext\n")).toEqual(at(2))
    expect(refusal("a: 1\n---\n- b\n")).toEqual(at(3))
  })

  it("refuses duplicate keys at any depth of the first document, and keeps them in later ones", () => {
    const duplicate = (key: string, line: number, column: number) => ({
      code: "duplicate-key",
      key,
      line,
      column,
    })
    expect(refusal("a: 1\nb: 2\na: 3\n")).toEqual(duplicate("a", 3, 1))
    expect(refusal("a:\n  - b: 1\n    'b': 2\n")).toEqual(duplicate("b", 3, 5))
    expect(refusal("a: {b: 1, !!str b: 2}\n")).toEqual(duplicate("b", 1, 11))
    expect(refusal("a: &x {y: 1}\nb: {<<: *x, <<: *x}\n")).toEqual(duplicate("<<", 2, 13))
    expect(refusal("a: &x k\nb: {*x : 1, *x : 2}\n")).toEqual(duplicate("*x", 2, 13))
    expect(printed("a: 1\n---\nb: 1\nb: 2\n")).toBe("a: 1\n---\nb: 1\nb: 2\n")
  })

  it("does not take a key for the duplicate of an alias that means the same", () => {
    expect(printed("a: &x k\nk: 1\n*x : 2\n")).toBe("a: k\nk: 1\nk: 2\n")
  })

  it("refuses to merge what is no map in the first document only", () => {
    const unsupported = { code: "unsupported-value", at: "line 2", line: 2, column: 1 }
    expect(refusal("a: &x 1\n<<: *x\n")).toEqual(unsupported)
    expect(refusal("a: 1\n<<: [{b: 1}, 2]\n")).toEqual(unsupported)
    expect(refusal("a: 1\n<<:\n")).toEqual(unsupported)
    expect(printed("a: &x {b: 1}\nc:\n  <<: [*x, {d: 2}]\n")).toBe(
      "a:\n    b: 1\nc:\n    !!merge <<:\n        - b: 1\n        - d: 2\n",
    )
    expect(printed("a: 1\n'<<': 2\n")).toBe("a: 1\n!!merge <<: 2\n")
    expect(printed("a: 1\n---\n<<: 2\n")).toBe("a: 1\n---\n!!merge <<: 2\n")
  })

  it("reads UTF-16, byte order marks and CRLF", () => {
    const text = "a: ä # c\r\nb:\r\n- 😀\r\n"
    const expected = 'a: ä # c\nb:\n    - "\\U0001F600"\n'
    const units = Uint16Array.from(`\ufeff${text}`, (_, i) => `\ufeff${text}`.charCodeAt(i))
    for (const source of [toUtf8(text), toUtf8(`\ufeff${text}`), new Uint8Array(units.buffer)]) {
      expect(fromUtf8(yaml.printPlain(yaml.parsePlain(source)))).toBe(expected)
    }
  })

  it("refuses what is no text", () => {
    const parse = (...bytes: number[]) => refusal("", () => yaml.parsePlain(Uint8Array.from(bytes)))
    expect(parse(0x61, 0x3a, 0x20, 0xff)).toEqual({ code: "syntax", format: "yaml", line: 1, column: 4 })
    expect(parse(0x61, 0x3a, 0x20, 0x00)).toEqual({ code: "syntax", format: "yaml", line: 1, column: 4 })
  })

  it("indents by four spaces, or as asked", () => {
    const source = "a:\n b:\n - 1\n"
    expect(printed(source)).toBe("a:\n    b:\n        - 1\n")
    expect(printed(source, 2)).toBe("a:\n  b:\n    - 1\n")
    expect(printed(source, 0)).toBe("a:\n    b:\n        - 1\n")
  })

  it("loses quotes, flow style, blank lines and number spelling, and keeps comments", () => {
    const source = "# top\n\na: 'x' # i\n\nb: {c: 0x10, d: [\"z\"]}\n# end\n"
    expect(printed(source)).toBe("# top\na: x # i\nb:\n    c: 16\n    d:\n        - z\n# end\n")
  })

  it("prints no document as nothing", () => {
    expect(fromUtf8(yaml.printPlain([]))).toBe("")
  })

  it("carries 20,000 lines there and back within seconds", () => {
    const lines: string[] = []
    for (let i = 0; i < 5000; i++) lines.push(`k${i}:`, `    # c${i}`, `    a: v${i} # i`, "    b: 1")
    const source = `${lines.join("\n")}\n`
    expect(printed(source)).toBe(source)
  }, 5000)
})
