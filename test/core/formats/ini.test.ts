/** The INI format against what sops 3.13.2 reads and prints. */

import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { concat, fromUtf8, toUtf8 } from "#core/bytes.ts"
import { ConclaveError } from "#core/errors.ts"
import { ini, printRereadableIni } from "#core/formats/ini.ts"
import { str } from "#core/sops/scalar.ts"
import type { Comment, Entry, MapNode, Node, Span, Tree } from "#core/sops/tree.ts"

const VECTORS = new URL("../../vectors/", import.meta.url)
const METADATA = map(
  entry("age", { kind: "list", items: [map(entry("enc", str("a\nb\n")), entry("recipient", str("age1x")))] }),
  entry("mac_only_encrypted", { kind: "bool", value: true }),
)
const METADATA_TEXT =
  "[sops]\nage__list_0__map_enc       = a\\nb\\n\nage__list_0__map_recipient = age1x\nmac_only_encrypted         = true\n"

function vector(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, VECTORS)))
}

function map(...items: (Entry | Comment)[]): MapNode {
  return { kind: "map", items }
}

function entry(key: string, value: Node): Entry {
  return { kind: "entry", key, value }
}

function comment(text: string): Comment {
  return { kind: "comment", text }
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

function reprinted(source: string): string | null {
  return fromUtf8(ini.printPlain(ini.parsePlain(toUtf8(source))))
}

/** What an entry says: sections as lists of what their items say, comments with `;` before them. */
function outline(items: MapNode["items"]): unknown[] {
  return items.map((item) => {
    if (item.kind === "comment") return `;${item.text}`
    if (item.value.kind === "map") return [item.key, outline(item.value.items)]
    return item.value.kind === "str" ? `${item.key}=${item.value.text}` : `${item.key}=${item.value.kind}`
  })
}

function sections(source: string): unknown[] {
  return outline(ini.parsePlain(toUtf8(source))[0]?.items ?? [])
}

/** One value in the section `s`, printed. */
function printed(value: Node, key = "k"): string | null {
  return fromUtf8(ini.printPlain([map(entry("s", map(entry(key, value))))]))
}

describe("files of sops", () => {
  it("prints the encrypted file byte for byte", () => {
    const source = vector("sops/ini/encrypted.ini")
    const { tree, metadata } = ini.parseEncrypted(source)
    expect(fromUtf8(ini.printEncrypted(tree, metadata))).toBe(fromUtf8(source))
  })

  it("prints the plaintext as sops decrypts it", () => {
    expect(fromUtf8(ini.printPlain(ini.parsePlain(vector("sops/ini/plain.ini"))))).toBe(
      fromUtf8(vector("sops/ini/decrypted.ini")),
    )
  })

  it("reads a file of sops 3.5, whose metadata is not sorted", () => {
    const { tree, metadata } = ini.parseEncrypted(vector("upstream/example.ini"))
    expect(outline(tree[0]?.items ?? [])).toHaveLength(5)
    expect(metadata.items.map((item) => (item.kind === "entry" ? item.key : ""))).toEqual([
      "lastmodified",
      "mac",
      "pgp",
      "unencrypted_suffix",
      "version",
    ])
  })

  it("reads the real line breaks that 3.13.0 and 3.13.1 wrote into the metadata", () => {
    const source = '[s]\na = ENC[x]\n\n[sops]\nage__list_0__map_enc = """-----\nabc\n-----\n"""\nmac = m\n'
    const { metadata } = ini.parseEncrypted(toUtf8(source))
    expect(metadata.items[0]).toEqual(
      entry("age", { kind: "list", items: [map(entry("enc", str("-----\nabc\n-----\n")))] }),
    )
  })

  it("reads the encrypted file after a checkout with CRLF", () => {
    const source = vector("sops/ini/encrypted.ini")
    const { tree, metadata } = ini.parseEncrypted(toUtf8((fromUtf8(source) ?? "").replaceAll("\n", "\r\n")))
    expect(fromUtf8(ini.printEncrypted(tree, metadata))).toBe(fromUtf8(source))
  })
})

describe("a plaintext document prints as sops prints it", () => {
  it.each([
    ["a=1\n b : 2\n", "a = 1\nb = 2\n"],
    ["[s]\nkey=v\nlonger key = w\né=x\n", "[s]\nkey        = v\nlonger key = w\né         = x\n"],
    ["[DEFAULT]\na=1\n", "[DEFAULT]\na = 1\n"],
    ["a=1\n[b]\n[c]\nx=\n", "a = 1\n\n[b]\n\n[c]\nx = \n"],
    ["[s]\na=1\n[s]\nb=2\n", "[s]\na = 1\n\n[s]\nb = 2\n"],
    ["[ x ]\n'a' = \"q\"\n", "[ x ]\n'a' = q\n"],
    ['a = \'b c\'\nb = " x "\nc = "x"y"\nd = \'\'\n', 'a = b c\nb = " x "\nc = "x"y"\nd = \n'],
    ['a = `x;y#z`\nb = ` `\nc = """p`q"""\n', 'a = `x;y#z`\nb = " "\nc = """p`q"""\n'],
    ['a = """x\n y\n"""\nb = `1\n2` ; c\n', 'a = """x\n y\n"""\n; c\nb = """1\n2"""\n'],
    [
      '`a=b` = 1\n"c:d" = 2\n"""e`f""" = 3\n`g"h` = 4\n',
      '`a=b`     = 1\n`c:d`     = 2\n"""e`f""" = 3\n`g"h`     = 4\n',
    ],
    ["; top\n; more\n[s] ; side\n# k\na = 1 ; i\n", "; top\n; more\n; side\n[s]\n; k\n; i\na = 1\n"],
    ["#one\n;;two\n# # three\na=1\n", "; one\n; ;two\n# # three\na = 1\n"],
    ["\ufeffa=1\r\nb=2\r\n", "a = 1\nb = 2\n"],
    ["a = %(b)s\nb = c\n", "a = %(b)s\nb = c\n"],
    ["k = x = y : z\n", "k = x = y : z\n"],
    ["\u00a0a\u3000=\u0085b\u2028\n", "a = b\n"],
    ["[a.b]\nx=1\n[a]\ny=2\n", "[a.b]\nx = 1\n\n[a]\ny = 2\n"],
    ['a"b = 1\n', '`a"b` = 1\n'],
    ["a = \\\\srv\\x\n", "a = \\\\srv\\x\n"],
    ["x = it's\n", "x = it's\n"],
    ["-a = 1\n", "-a = 1\n"],
    ["a = [b]\n", "a = [b]\n"],
    ["", ""],
  ])("%j", (source, expected) => {
    expect(reprinted(source)).toBe(expected)
  })
})

describe("reading", () => {
  it("makes a map of sections, DEFAULT first, comments before the first key or behind theirs", () => {
    expect(sections("; d\na = 1\n; s\n[s]\n; b\nb = 2 # side\n[DEFAULT]\n__proto__ = x\n")).toEqual([
      ["DEFAULT", ["a=1", ";d"]],
      ["s", [";s", "b=2", ";b\n# side"]],
      ["DEFAULT", ["__proto__=x"]],
    ])
    expect(sections("")).toEqual([["DEFAULT", []]])
  })

  it("drops lines of markers alone at the head of a comment, which sops cannot print", () => {
    expect(sections(";\n;;;\n; head\n;\n[s]\n#\na = 1\n")).toEqual([
      ["DEFAULT", []],
      ["s", [";head\n;", "a=1"]],
    ])
  })

  it("keeps values that are not UTF-8 as bytes, and gives no spans then", () => {
    const source = concat(toUtf8("é = ü\nb = "), Uint8Array.of(0xff, 0x20, 0xc2), toUtf8("\n"))
    const tree = ini.parsePlain(source)
    const bytes: Node = { kind: "bytes", bytes: Uint8Array.of(0xff, 0x20, 0xc2) }
    expect(tree).toEqual([map(entry("DEFAULT", map(entry("é", str("ü")), entry("b", bytes))))])
    expect(ini.printPlain(tree)).toEqual(
      concat(toUtf8("é = ü\nb  = "), Uint8Array.of(0xff, 0x20, 0xc2, 0x0a)),
    )
  })

  it("says where sections, keys, values and comments stand, with their quotes and markers", () => {
    const source = '; é\n[s ] ; side\n# one\n; two\n `k` = "v" \nm=`x\ny` ;c\n; c\n  ; d\nn =\no = 1 # i\n'
    const root = ini.parsePlain(toUtf8(source))[0] as MapNode
    const pieces: string[] = []
    const take = (span: Span | undefined) => pieces.push(span ? source.slice(span.start, span.end) : "-")
    const visit = (items: MapNode["items"]): void => {
      for (const item of items) {
        if (item.kind === "comment") take(item.span)
        else {
          take(item.keySpan)
          if (item.value.kind === "map") visit(item.value.items)
          else take(item.value.span)
        }
      }
    }
    visit(root.items)
    expect(pieces).toEqual([
      "-",
      "s ",
      "-",
      "`k`",
      '"v"',
      "# one\n; two",
      "m",
      "`x\ny`",
      ";c",
      "n",
      "",
      "-",
      "o",
      "1",
      "# i",
    ])
  })
})

describe("reading encrypted files", () => {
  const read = (source: string) => ini.parseEncrypted(toUtf8(source))

  it.each([
    ["a value cut by a comment sign", "a = x;y", [["DEFAULT", ["a=x", ";y"]]]],
    ["joined lines", "a = x\\\n  y\\\nz\nb = 1", [["DEFAULT", ["a=xyz", "b=1"]]]],
    ["a key that occurs twice", "; c\na = 1\nb = 2\na = 3", [["DEFAULT", ["a=3", "b=2"]]]],
    ["text behind a quote", "a = `x` y", [["DEFAULT", ["a=x"]]]],
    ["two pairs of quotes", "a = '\"x\"'", [["DEFAULT", ['a="x"']]]],
    [
      "a bracket in a section's name",
      "[a]b]",
      [
        ["DEFAULT", []],
        ["a]b", []],
      ],
    ],
    ["a comment that nothing takes", "[sops]\nmac = m\n; c", [["DEFAULT", []]]],
  ])("takes %s as sops does", (_, source, expected) => {
    const text = source.includes("[sops]") ? source : `${source}\n[sops]\nmac = m\n`
    expect(outline(read(text).tree[0]?.items ?? [])).toEqual(expected)
  })

  it("misses metadata", () => {
    expect(refusal(() => read("[a]\nsops = 1\n"))).toEqual({ code: "metadata-missing" })
    expect(refusal(() => read("[sops]\n"))).toEqual({ code: "metadata-missing" })
    expect(refusal(() => read(""))).toEqual({ code: "metadata-missing" })
  })

  it("refuses a second metadata section", () => {
    expect(refusal(() => read("[sops]\nmac = a\n[sops]\nmac = b\n"))).toEqual({
      code: "duplicate-key",
      key: "sops",
      line: 3,
      column: 2,
    })
  })
})

describe("printing", () => {
  it("puts the metadata flat into the last section", () => {
    const tree: Tree = [map(entry("DEFAULT", map()), entry("s", map(entry("a", str("ENC[x]")))))]
    expect(fromUtf8(ini.printEncrypted(tree, METADATA))).toBe(`[s]\na = ENC[x]\n\n${METADATA_TEXT}`)
  })

  it("spells the kinds that come from other formats", () => {
    expect(printed({ kind: "float", value: 5 })).toBe("[s]\nk = 5.0\n")
    expect(printed({ kind: "null" })).toBe("[s]\nk = <nil>\n")
    expect(printed({ kind: "time", text: "2001-12-14T21:59:43.1-05:00" })).toBe(
      "[s]\nk = 2001-12-14T21:59:43-05:00\n",
    )
  })

  it("keeps of comments what sops keeps", () => {
    const tree: Tree = [
      map(
        comment(" top"),
        entry(
          "s",
          map(comment(" s"), comment(" lost"), entry("a", str("1")), comment(" lost"), comment(" a")),
        ),
        entry("t", map(comment("x\n\n# y"), entry("b", str("2")), comment(""))),
      ),
    ]
    expect(fromUtf8(ini.printPlain(tree))).toBe(";  s\n[s]\n; a\na = 1\n\n; x\n; \n# y\n[t]\nb = 2\n")
  })

  it.each([
    ["a value where a section belongs", map(entry("s", str("x"))), "s"],
    ["a section in a section", map(entry("s", map(entry("t", map())))), "s.t"],
    ["a list", map(entry("s", map(entry("l", { kind: "list", items: [] })))), "s.l"],
    ["a key that occurs twice", map(entry("s", map(entry("a", str("1")), entry("a", str("2"))))), "s.a"],
    ["a section without a name", map(entry("", map())), '[""]'],
    ["a section name of two lines", map(entry("a\nb", map())), '["a\\nb"]'],
    ["a first section that reads back as DEFAULT", map(entry("Default", map())), "Default"],
  ])("has no place for %s", (_, branch, at) => {
    expect(refusal(() => ini.printPlain([branch as MapNode]))).toEqual({
      code: "not-representable",
      format: "ini",
      at,
    })
  })

  it.each(["", "-", "#a", ";a", "[a", " a", "a\n", "`a=", "\ufeffa"])(
    "has no place for the key %j",
    (key) => {
      expect(refusal(() => printed(str("x"), key))).toMatchObject({ code: "not-representable" })
    },
  )

  it("has no place for a value that no quotes can hold", () => {
    expect(refusal(() => printed(str('"""`\n')))).toEqual({
      code: "not-representable",
      format: "ini",
      at: "s.k",
    })
  })

  it("keeps the section of the metadata reserved", () => {
    const tree = ini.parsePlain(toUtf8("[sops]\na = 1\n"))
    expect(ini.reservedKey(tree)).toBe("sops")
    expect(ini.reservedKey(ini.parsePlain(toUtf8("sops = 1\n[sops_x]\n")))).toBeNull()
    expect(refusal(() => ini.printEncrypted(tree, METADATA))).toEqual({ code: "reserved-key", key: "sops" })
  })

  it("refuses metadata that would read back with a line break", () => {
    expect(refusal(() => ini.printEncrypted([map()], map(entry("encrypted_regex", str("\\n")))))).toEqual({
      code: "not-representable",
      format: "ini",
      at: "sops.encrypted_regex",
    })
  })
})

describe("values that sops prints in a form that reads as something else", () => {
  it.each([
    ['"dq"', '"dq"', '`"dq"`'],
    ["'sq'", "'sq'", "`'sq'`"],
    ["C:\\dir\\", "C:\\dir\\", "`C:\\dir\\`"],
    [' "in" ', '" "in" "', '` "in" `'],
    ["`a`\\", '"""`a`\\"""', '"""`a`\\"""'],
  ])("%j prints as sops does in plaintext, and safely elsewhere", (value, plain, safe) => {
    const tree: Tree = [map(entry("DEFAULT", map(entry("k", str(value)))))]
    expect(fromUtf8(ini.printPlain(tree))).toBe(`k = ${plain}\n`)
    expect(fromUtf8(printRereadableIni(tree))).toBe(`k = ${safe}\n`)
    expect(fromUtf8(ini.printEncrypted(tree, METADATA))).toContain(`k = ${safe}\n`)
  })

  it.each([
    ['"""open', '`"""open`'],
    ['x\n"""\ny', '`x\n"""\ny`'],
  ])("%j would swallow the lines behind it, so plaintext is safe as well", (value, safe) => {
    expect(printed(str(value))).toBe(`[s]\nk = ${safe}\n`)
  })
})
