import { describe, expect, test } from "vitest"
import { toUtf8 } from "#core/bytes.ts"
import { findDifference } from "#core/document/compare.ts"
import { decryptDocument, unwrapDocument } from "#core/document/decrypt.ts"
import { checkSize, parseDocument, printDocument, sizeLimit } from "#core/document/document.ts"
import { encryptDocument } from "#core/document/encrypt.ts"
import { unwritten } from "#core/document/version.ts"
import { MAX_BINARY_SIZE, MAX_TEXT_SIZE } from "#core/formats/format.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { toDataKey } from "#core/keys/data-key.ts"
import type { Recipient } from "#core/keys/recipient.ts"
import { IvStash } from "#core/sops/iv-stash.ts"
import { DEFAULT_RULE } from "#core/sops/selection.ts"
import { ALICE_ALONE, decryptWith, encryptFor, identities, recipient } from "../../support/custody.ts"
import { codeOf, failureOf, rejectionOf } from "../../support/failure.ts"
import { bare, comment, entry, float, int, list, map, NULL } from "../../support/trees.ts"

const TREE = [map(comment(" c"), entry("a", "x"), entry("l", list(int(1), "y")), entry("n", NULL))]
const FORMATS = ["yaml", "json", "dotenv", "ini", "binary"] as const

describe("encrypting", () => {
  test.each(FORMATS)("%s comes back from its bytes", async (name) => {
    const source = {
      yaml: "# c\na: plain text\nl:\n    - 1\n",
      json: '{\n\t"a": "plain text",\n\t"l": [\n\t\t1\n\t]\n}\n',
      dotenv: "# c\nA=plain text\n",
      ini: "; c\n[s]\na = plain text\n",
      binary: "\u0000plain text",
    }[name]
    const format = formatNamed(name)
    const plain = format.parsePlain(toUtf8(source))
    const bytes = await encryptFor(plain, name)
    expect(Buffer.from(bytes).toString()).not.toContain("plain text")
    const { tree, notices } = await decryptWith(bytes, name)
    expect(findDifference(tree, plain)).toBeNull()
    expect(Buffer.from(format.printPlain(tree)).toString()).toBe(source)
    expect(notices).toEqual([])
  })

  test("writes the metadata of a new file", async () => {
    const document = parseDocument(await encryptFor(TREE, "yaml"), formatNamed("yaml"))
    expect(document.metadata).toMatchObject({
      threshold: 0,
      lastModified: "2026-01-02T03:04:05Z",
      macOnlyEncrypted: false,
      rule: DEFAULT_RULE,
      version: "3.13.2",
      groups: [[{ kind: "age", recipient: recipient("alice").id }]],
    })
  })

  test("names no rule in a binary file, and takes all of it for the MAC", async () => {
    const bytes = await encryptFor([map(entry("data", "x"))], "binary", {
      rule: { field: "encrypted_regex", pattern: "^other$" },
      macOnlyEncrypted: true,
    })
    expect(parseDocument(bytes, formatNamed("binary")).metadata).toMatchObject({
      rule: null,
      macOnlyEncrypted: false,
    })
    expect(Buffer.from(bytes).toString()).toContain("ENC[")
  })

  test("draws a data key of its own every time", async () => {
    const seen: string[] = []
    const [alice] = ALICE_ALONE.flat()
    const spy: Recipient = {
      kind: "age",
      id: alice?.id ?? "",
      async wrap(secret) {
        seen.push(Buffer.from(secret).toString("hex"))
        return "wrapped"
      },
      toEntry: (enc) => ({ kind: "age", recipient: alice?.id ?? "", enc }),
    }
    for (let i = 0; i < 3; i++) await encryptFor(TREE, "yaml", { recipients: [[spy]] })
    expect(new Set(seen).size).toBe(3)
    expect(seen.every((key) => key.length === 64 && !/^0+$/.test(key))).toBe(true)
  })

  test.each([
    ["yaml", [map(entry("sops", "x"))], "sops"],
    ["json", [map(entry("sops", NULL))], "sops"],
    ["dotenv", [map(entry("sops_mac", "x"))], "sops_mac"],
    ["ini", [map(entry("sops", map(entry("a", "x"))))], "sops"],
  ] as const)("%s refuses the name of SOPS' metadata", async (name, tree, key) => {
    const failure = await rejectionOf(encryptFor(tree, name))
    expect(failure).toMatchObject({ code: "reserved-key", details: { key } })
  })

  test.each([
    ["no recipients", { recipients: [] }, "share-invalid"],
    ["an empty group", { recipients: [[recipient("alice")], []] }, "share-invalid"],
    [
      "a threshold of 1 of 2",
      { recipients: [[recipient("alice")], [recipient("bob")]], threshold: 1 },
      "share-invalid",
    ],
    [
      "a threshold above the groups",
      { recipients: [[recipient("alice")], [recipient("bob")]], threshold: 3 },
      "share-invalid",
    ],
    ["an expression that is none", { rule: { field: "encrypted_regex", pattern: "(" } }, "regex-invalid"],
  ] as const)("is refused with %s", async (_, options, code) => {
    expect((await rejectionOf(encryptFor(TREE, "yaml", options))).code).toBe(code)
  })

  test("is refused where a recipient fails, and writes for nobody then", async () => {
    const broken: Recipient = { ...recipient("bob"), wrap: () => Promise.reject(new Error("no network")) }
    await expect(encryptFor(TREE, "yaml", { recipients: [[recipient("alice"), broken]] })).rejects.toThrow()
  })

  test("refuses what the format cannot hold", async () => {
    expect((await rejectionOf(encryptFor(TREE, "dotenv"))).code).toBe("not-representable")
  })

  test("refuses what would not read back, and names it", async () => {
    const tree = [map(entry("m", map(entry("zero_unencrypted", float(-0)))))]
    const failure = await rejectionOf(encryptFor(tree, "yaml"))
    expect(failure.code).toBe("verify-failed")
    expect(failure.message).toBe(
      "m.zero_unencrypted does not read back as it was: this format cannot hold it",
    )
  })

  test("tells of a comment that will not open where it is printed", async () => {
    const { notices } = await encryptDocument(unwritten(TREE), formatNamed("yaml"), {
      layout: "canonical",
      cipher: nodeCipher,
      recipients: ALICE_ALONE,
      threshold: 0,
      rule: DEFAULT_RULE,
      macOnlyEncrypted: false,
      moment: new Date(0),
    })
    expect(notices).toEqual([])
  })
})

describe("opening", () => {
  test("needs an identity that is a recipient", async () => {
    const bytes = await encryptFor(TREE, "yaml")
    const failure = await rejectionOf(decryptWith(bytes, "yaml", identities("bob")))
    expect(failure).toMatchObject({
      code: "no-identity",
      details: {
        attempts: [{ group: 0, recipient: recipient("alice").id, kind: "age", outcome: "not-mine" }],
      },
    })
  })

  test("of a group needs as many shares as the threshold asks for, from whomever", async () => {
    const groups = [[recipient("alice"), recipient("bob")], [recipient("carol")], [recipient("dave")]]
    const bytes = await encryptFor(TREE, "yaml", { recipients: groups, threshold: 2 })
    for (const pair of [
      ["alice", "carol"],
      ["bob", "dave"],
      ["dave", "carol"],
    ] as const) {
      const { tree } = await decryptWith(bytes, "yaml", identities(...pair))
      expect(tree.map(bare)).toEqual(TREE)
    }
    const failure = await rejectionOf(decryptWith(bytes, "yaml", identities("alice", "bob")))
    expect(failure).toMatchObject({ code: "below-threshold", details: { have: 1, need: 2 } })
  })

  test("with another data key is not authentic", async () => {
    const document = parseDocument(await encryptFor(TREE, "yaml"), formatNamed("yaml"))
    const other = toDataKey(new Uint8Array(32))
    const failure = await rejectionOf(decryptDocument(document, other, { cipher: nodeCipher }))
    expect(failure).toMatchObject({ code: "not-authentic", details: { at: "a" } })
  })

  test("verifies the MAC unless that is not wanted", async () => {
    const format = formatNamed("yaml")
    const document = parseDocument(await encryptFor(TREE, "yaml"), format)
    const dataKey = await unwrapDocument(document, identities("alice"))
    const [branch = map()] = document.tree
    const cut = { ...document, tree: [{ ...branch, items: branch.items.slice(0, 2) }] }
    const open = (ignoreMac: boolean) => decryptDocument(cut, dataKey, { cipher: nodeCipher, ignoreMac })
    expect((await rejectionOf(open(false))).code).toBe("mac-mismatch")
    expect((await open(true)).tree.map(bare)).toEqual([map(comment(" c"), entry("a", "x"))])
    const none = { ...document, metadata: { ...document.metadata, mac: "" } }
    expect((await rejectionOf(decryptDocument(none, dataKey, { cipher: nodeCipher }))).code).toBe(
      "mac-missing",
    )
    expect((await decryptDocument(none, dataKey, { cipher: nodeCipher, ignoreMac: true })).tree).toHaveLength(
      1,
    )
  })

  test("leaves the data key as it is, for the caller to wipe", async () => {
    const document = parseDocument(await encryptFor(TREE, "yaml"), formatNamed("yaml"))
    const dataKey = await unwrapDocument(document, identities("alice"))
    const before = dataKey.slice()
    await decryptDocument(document, dataKey, { cipher: nodeCipher })
    expect(dataKey).toEqual(before)
  })

  test("fills a stash with the IVs of all that was read", async () => {
    const document = parseDocument(await encryptFor(TREE, "yaml"), formatNamed("yaml"))
    const stash = new IvStash()
    const dataKey = await unwrapDocument(document, identities("alice"))
    await decryptDocument(document, dataKey, { cipher: nodeCipher, stash })
    expect(stash.take({ kind: "str", text: "x" }, "a:")).toHaveLength(32)
    expect(stash.take({ kind: "int", value: 1n }, "l:")).toHaveLength(32)
    expect(stash.take({ kind: "comment", text: " c" }, ":")).toHaveLength(32)
  })
})

describe("the size of a source", () => {
  test("is limited by format, before anything is parsed", () => {
    for (const name of ["yaml", "json", "dotenv", "ini"] as const) {
      expect(sizeLimit(formatNamed(name))).toBe(MAX_TEXT_SIZE)
      expect(sizeLimit(formatNamed(name), 10)).toBe(10)
    }
    expect(sizeLimit(formatNamed("binary"), 10)).toBe(MAX_BINARY_SIZE * 1.5)
  })

  test.each([
    [0, false],
    [9, false],
    [10, false],
    [11, true],
  ])("%i bytes of at most 10: refused %s", (size, refused) => {
    const check = () => checkSize(new Uint8Array(size), 10)
    if (!refused) return expect(check).not.toThrow()
    return expect(failureOf(check)).toMatchObject({ code: "too-large", details: { size, limit: 10 } })
  })

  test("above the limit is no document", () => {
    expect(codeOf(() => parseDocument(toUtf8("a: 1\n".repeat(10)), formatNamed("yaml"), 20))).toBe(
      "too-large",
    )
  })
})

test("a document is printed with the indentation asked for, and reads the same", async () => {
  const format = formatNamed("yaml")
  const document = parseDocument(await encryptFor(TREE, "yaml"), format)
  const narrow = printDocument(document, 2)
  expect(Buffer.from(narrow).toString()).toMatch(/^l:\n {2}- ENC/m)
  expect(parseDocument(narrow, format).metadata).toEqual(document.metadata)
})
