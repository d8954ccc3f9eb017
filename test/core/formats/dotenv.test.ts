/** The dotenv format against a file that sops 3.13.2 wrote, and the few things where we differ from it. */

import { readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { concat, fromUtf8, toUtf8 } from "#core/bytes.ts"
import { ConclaveError } from "#core/errors.ts"
import { dotenv } from "#core/formats/dotenv.ts"
import { str } from "#core/sops/scalar.ts"
import type { Comment, Entry, MapNode, Node, Tree } from "#core/sops/tree.ts"

const CASE = new URL("../../vectors/sops/dotenv/", import.meta.url)
const METADATA: MapNode = map(
  entry("age", { kind: "list", items: [map(entry("enc", str("a\nb\n")), entry("recipient", str("age1x")))] }),
  entry("mac_only_encrypted", { kind: "bool", value: true }),
  entry("pgp", { kind: "list", items: [] }),
  entry("shamir_threshold", { kind: "int", value: 2n }),
)
const METADATA_TEXT =
  "sops_age__list_0__map_enc=a\\nb\\n\nsops_age__list_0__map_recipient=age1x\n" +
  "sops_mac_only_encrypted=true\nsops_shamir_threshold=2\n"

function vector(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, CASE)))
}

function map(...items: (Entry | Comment)[]): MapNode {
  return { kind: "map", items }
}

function entry(key: string, value: Node): Entry {
  return { kind: "entry", key, value }
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

/** Keys and values, comments with `#` for a key. */
function pairs(tree: Tree): unknown[] {
  return (tree[0]?.items ?? []).map((item) => {
    if (item.kind === "comment") return ["#", item.text]
    const { value } = item
    return [item.key, value.kind === "str" ? value.text : value.kind === "bytes" ? value.bytes : value.kind]
  })
}

function parsed(source: string): unknown[] {
  return pairs(dotenv.parsePlain(toUtf8(source)))
}

function printed(...items: (Entry | Comment)[]): string | null {
  return fromUtf8(dotenv.printPlain([map(...items)]))
}

describe("files of sops 3.13.2", () => {
  it("prints the encrypted file byte for byte", () => {
    const source = vector("encrypted.env")
    const { tree, metadata } = dotenv.parseEncrypted(source)
    expect(fromUtf8(dotenv.printEncrypted(tree, metadata))).toBe(fromUtf8(source))
  })

  it("prints the plaintext as sops decrypts it", () => {
    expect(fromUtf8(dotenv.printPlain(dotenv.parsePlain(vector("plain.env"))))).toBe(
      fromUtf8(vector("decrypted.env")),
    )
  })

  it("reads the encrypted file after a checkout with CRLF, which sops cannot", () => {
    const source = vector("encrypted.env")
    const crlf = toUtf8((fromUtf8(source) ?? "").replaceAll("\n", "\r\n"))
    const { tree, metadata } = dotenv.parseEncrypted(crlf)
    expect(fromUtf8(dotenv.printEncrypted(tree, metadata))).toBe(fromUtf8(source))
  })
})

describe("reading", () => {
  it.each([
    ['B="q" # no comment', [["B", '"q" # no comment']]],
    ["export C=x=y", [["export C", "x=y"]]],
    [" SP = v ", [[" SP ", " v "]]],
    ["=x", [["", "x"]]],
    ["A=", [["A", ""]]],
    [
      "A=1\n\n\nA=2\n",
      [
        ["A", "1"],
        ["A", "2"],
      ],
    ],
    ["A=one\\ntwo\\\\n", [["A", "one\ntwo\\\n"]]],
    [
      "# c\n#\n#=",
      [
        ["#", " c"],
        ["#", ""],
        ["#", "="],
      ],
    ],
    [
      "__proto__=1\nsops=2",
      [
        ["__proto__", "1"],
        ["sops", "2"],
      ],
    ],
    ["\ufeffA=1", [["\ufeffA", "1"]]],
    [
      "A=1\r\nB=2\r\n",
      [
        ["A", "1\r"],
        ["B", "2\r"],
      ],
    ],
    ["", []],
  ])("takes %j as sops does", (source, expected) => {
    expect(parsed(source)).toEqual(expected)
  })

  it.each([
    ["a line without an equals sign", "A=1\nexport B", 2, 1],
    ["an indented comment", "A=1\n  # c", 2, 1],
    ["a blank line of CRLF", "A=1\r\n\r\n", 2, 1],
  ])("refuses %s as sops does", (_, source, line, column) => {
    expect(refusal(() => parsed(source))).toEqual({ code: "syntax", format: "dotenv", line, column })
  })

  it("keeps values that are not UTF-8 as bytes, with line breaks read, and gives no spans then", () => {
    const source = concat(toUtf8("É=é\nB="), Uint8Array.of(0xff, 0x5c, 0x6e, 0xc3), toUtf8("\n"))
    const tree = dotenv.parsePlain(source)
    expect(tree).toEqual([
      map(entry("É", str("é")), entry("B", { kind: "bytes", bytes: Uint8Array.of(0xff, 0x0a, 0xc3) })),
    ])
    expect(dotenv.printPlain(tree)).toEqual(source)
  })

  it("refuses keys and comments that are not UTF-8", () => {
    const at = { code: "syntax", format: "dotenv", line: 2, column: 2 }
    expect(
      refusal(() => dotenv.parsePlain(concat(toUtf8("A=1\nB"), Uint8Array.of(0xff), toUtf8("=1")))),
    ).toEqual(at)
    expect(refusal(() => dotenv.parsePlain(concat(toUtf8("A=1\n#"), Uint8Array.of(0xff))))).toEqual(at)
  })

  it("says where keys, values and comments stand", () => {
    const source = "# é\nKEY=va\\nl\n"
    const [comment, item] = dotenv.parsePlain(toUtf8(source))[0]?.items ?? []
    const pieceOf = (span?: { start: number; end: number }) => source.slice(span?.start, span?.end)
    expect(comment?.kind === "comment" && pieceOf(comment.span)).toBe("# é")
    expect(item?.kind === "entry" && pieceOf(item.keySpan)).toBe("KEY")
    expect(item?.kind === "entry" && pieceOf(item.value.span)).toBe("va\\nl")
  })

  it("never says a value", () => {
    try {
      parsed("A=1\nhunter2")
    } catch (error) {
      expect((error as Error).message).not.toContain("hunter2")
    }
  })
})

describe("reading encrypted files", () => {
  const read = (source: string) => dotenv.parseEncrypted(toUtf8(source))

  it("takes the metadata from wherever it stands, sorted", () => {
    const { tree, metadata } = read("sops_mac=m\nA=1\nsops_age__list_0__map_enc=a\\nb\n# c\n")
    expect(pairs(tree)).toEqual([
      ["A", "1"],
      ["#", " c"],
    ])
    expect(pairs([metadata])).toEqual([
      ["age", "list"],
      ["mac", "m"],
    ])
  })

  it("keeps a CR where not every line has one", () => {
    expect(pairs(read("A=1\r\nsops_mac=m\n").tree)).toEqual([["A", "1\r"]])
    expect(pairs(read("A=1\r\r\nsops_mac=m\r\n").tree)).toEqual([["A", "1\r"]])
    expect(pairs(read("A=1\r\n\r\n#c\r\nsops_mac=m").tree)).toEqual([
      ["A", "1"],
      ["#", "c"],
    ])
  })

  it("misses metadata", () => {
    expect(refusal(() => read("A=1\nsops=x\n"))).toEqual({ code: "metadata-missing" })
    expect(refusal(() => read(""))).toEqual({ code: "metadata-missing" })
  })

  it("refuses metadata that occurs twice", () => {
    expect(refusal(() => read("sops_mac=a\nsops_mac=b\n"))).toEqual({ code: "malformed", at: "mac" })
  })
})

describe("printing", () => {
  it("puts flat metadata behind the data", () => {
    const bytes = dotenv.printEncrypted([map(entry("A", str("ENC[x]")))], METADATA)
    expect(fromUtf8(bytes)).toBe(`A=ENC[x]\n${METADATA_TEXT}`)
  })

  it("spells the kinds that come from other formats", () => {
    expect(
      printed(
        entry("i", { kind: "int", value: 5n }),
        entry("f", { kind: "float", value: 1e6 }),
        entry("n", { kind: "null" }),
      ),
    ).toBe("i=5\nf=1E+06\nn=<nil>\n")
  })

  it.each([
    ["a map", entry("a", map())],
    ["a list", entry("a", { kind: "list", items: [] })],
    ["a key with an equals sign", entry("a=b", str("c"))],
    ["a key of two lines", entry("a\nb", str("c"))],
    ["a key that would be a comment", entry("#a", str("c"))],
  ])("has no place for %s", (_, item) => {
    expect(refusal(() => printed(item))).toMatchObject({ code: "not-representable", format: "dotenv" })
    expect(refusal(() => dotenv.printEncrypted([map(item)], METADATA))).toMatchObject({
      code: "not-representable",
    })
  })

  it("has no place for a comment of two lines, or for two documents", () => {
    expect(refusal(() => printed({ kind: "comment", text: "a\nB=1" }))).toMatchObject({
      code: "not-representable",
    })
    expect(refusal(() => dotenv.printPlain([map(), map()]))).toMatchObject({ code: "not-representable" })
  })

  it("prints a backslash before an n as sops does, but not where it would break the MAC", () => {
    const item = entry("path", str("C:\\new"))
    expect(printed(item)).toBe("path=C:\\new\n")
    const at = { code: "not-representable", format: "dotenv" }
    expect(refusal(() => dotenv.printEncrypted([map(item)], METADATA))).toEqual({ ...at, at: "path" })
    const metadata = map(entry("encrypted_regex", str("\\n")))
    expect(refusal(() => dotenv.printEncrypted([map()], metadata))).toEqual({
      ...at,
      at: "sops_encrypted_regex",
    })
  })

  it("keeps the names of the metadata reserved", () => {
    const tree = dotenv.parsePlain(toUtf8("sops=1\nSOPS_x=1\nsops_x=1\n"))
    expect(dotenv.reservedKey(tree)).toBe("sops_x")
    expect(dotenv.reservedKey(dotenv.parsePlain(toUtf8("sops=1\nSOPS_x=1\n")))).toBeNull()
    expect(refusal(() => dotenv.printEncrypted(tree, METADATA))).toEqual({
      code: "reserved-key",
      key: "sops_x",
    })
  })
})

describe("properties", () => {
  const text = fc.string({ unit: "binary" })
  const key = text.filter((name) => !/^#|^sops_|[\n=]/.test(name))
  const value: fc.Arbitrary<Node> = fc.oneof(
    text.filter((content) => !content.includes("\\n")).map(str),
    fc
      .uint8Array({ minLength: 1, maxLength: 6 })
      .map((bytes) => concat(bytes, Uint8Array.of(0xff)))
      .filter((bytes) => !String.fromCharCode(...bytes).includes("\\n"))
      .map((bytes): Node => ({ kind: "bytes", bytes })),
  )
  const item = fc.oneof(
    fc.tuple(key, value).map(([name, content]) => entry(name, content)),
    text
      .filter((content) => !content.includes("\n"))
      .map((content): Comment => ({ kind: "comment", text: content })),
  )
  const plain = (tree: Tree) =>
    tree.map(({ items }) =>
      items.map((each) => {
        if (each.kind === "comment") return ["#", each.text]
        const { span: _, ...leaf } = each.value
        return [each.key, leaf]
      }),
    )

  it("parsing inverts printing", () => {
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const tree: Tree = [map(...items)]
        expect(plain(dotenv.parsePlain(dotenv.printPlain(tree)))).toEqual(plain(tree))
      }),
    )
  })

  it("parsing encrypted files inverts printing them", () => {
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const tree: Tree = [map(...items)]
        const bytes = dotenv.printEncrypted(tree, METADATA)
        const back = dotenv.parseEncrypted(bytes)
        expect(plain(back.tree)).toEqual(plain(tree))
        expect(dotenv.printEncrypted(back.tree, back.metadata)).toEqual(bytes)
      }),
    )
  })

  it("what is read prints to what was read, but for blank lines", () => {
    fc.assert(
      fc.property(fc.array(item), fc.nat(3), (items, blanks) => {
        const lines =
          printed(...items.filter((each) => each.kind === "comment" || each.value.kind === "str")) ?? ""
        expect(fromUtf8(dotenv.printPlain(dotenv.parsePlain(toUtf8("\n".repeat(blanks) + lines))))).toBe(
          lines,
        )
      }),
    )
  })
})
