import { beforeAll, describe, expect, test } from "vitest"
import type { Cipher, CipherKey } from "#core/cipher/cipher.ts"
import { type CryptContext, decryptTree, encryptTree, sealMac, verifyMac } from "#core/sops/crypt.ts"
import { IvStash } from "#core/sops/iv-stash.ts"
import { findNode } from "#core/sops/key-path.ts"
import { str } from "#core/sops/scalar.ts"
import { compileRule, DEFAULT_RULE, type SelectionRule } from "#core/sops/selection.ts"
import type { Comment, Tree } from "#core/sops/tree.ts"
import { encryptValue, isEncryptedValue, type Plain } from "#core/sops/value.ts"
import { CIPHERS } from "../../support/ciphers.ts"
import { codeOf, failureOf } from "../../support/failure.ts"
import {
  VALUE_VECTORS,
  VECTOR_DOCUMENT,
  VECTOR_KEY,
  VECTOR_MAC,
  VECTOR_MAC_ONLY_ENCRYPTED,
} from "../../support/format-vectors.ts"
import { bool, bytes, comment, entry, float, int, list, map, NULL, time } from "../../support/trees.ts"

const MOMENT = "2026-01-02T03:04:05Z"
const ALL: SelectionRule = DEFAULT_RULE

describe.each(CIPHERS)("with $name", ({ cipher }) => {
  let key: CipherKey
  beforeAll(() => {
    key = cipher.importKey(VECTOR_KEY)
  })

  const contextOf = async (rule = ALL, more: Partial<CryptContext> = {}): Promise<CryptContext> => ({
    cipher,
    key,
    selection: await compileRule(rule),
    macOnlyEncrypted: false,
    ...more,
  })
  const sealed = (plain: Plain | Comment, aad: string) => textOf(cipher, key, plain as Plain, aad)

  describe("the document that sops has accepted", () => {
    /** Each value's own IV is found by its place. */
    const stashOfVectors = () => {
      const stash = new IvStash()
      for (const { plain, aad, iv } of VALUE_VECTORS) stash.remember(plain, aad, iv)
      return stash
    }

    test.each([
      [false, VECTOR_MAC],
      [true, VECTOR_MAC_ONLY_ENCRYPTED],
    ])("has its MAC; over encrypted values only: %s", async (macOnlyEncrypted, mac) => {
      const context = await contextOf(ALL, { macOnlyEncrypted })
      const encrypted = encryptTree(VECTOR_DOCUMENT, context, "items")
      expect(encrypted.mac).toBe(mac)
      expect(decryptTree(encrypted.tree, context)).toEqual({ tree: VECTOR_DOCUMENT, mac, notices: [] })
    })

    test("is encrypted to the same texts, and what stays clear stays", async () => {
      const context = await contextOf(ALL, { stash: stashOfVectors() })
      const texts = VALUE_VECTORS.map(({ text }) => text)
      const [note = "", a = "", n = "", f = "", t = "", ts = "", x = "", k = ""] = texts
      expect(encryptTree(VECTOR_DOCUMENT, context, "items").tree).toEqual([
        map(
          comment(note),
          entry("a", a),
          entry("n", n),
          entry("f", f),
          entry("t", t),
          entry("ts", ts),
          entry("m", map(entry("l", list(x, map(entry("k", k)))))),
          entry("e", ""),
          entry("z", NULL),
          entry("p_unencrypted", list(float(1.5), bool(false))),
        ),
      ])
    })
  })

  describe("the MAC", () => {
    const macOf = async (tree: Tree, more: Partial<CryptContext> = {}) =>
      encryptTree(tree, await contextOf(ALL, more), "items").mac

    test("of nothing is SHA-512 of nothing", async () => {
      expect((await macOf([map()])).slice(0, 16)).toBe("CF83E1357EEFB8BD")
    })

    test("sees values and their order", async () => {
      const mac = await macOf([map(entry("a", "x"), entry("b", "y"))])
      expect(await macOf([map(entry("a", "y"), entry("b", "x"))])).not.toBe(mac)
      expect(await macOf([map(entry("a", "x"), entry("b", "z"))])).not.toBe(mac)
      expect(await macOf([map(entry("a", "x"))])).not.toBe(mac)
      expect(await macOf([map(entry("a", "x")), map(entry("b", "y"))])).toBe(mac)
    })

    test("does not see, as in SOPS: keys, structure, types, comments, nulls, empty texts", async () => {
      const mac = await macOf([map(entry("a", "1"), entry("b", "2"))])
      const same: Tree[] = [
        [map(entry("c", "1"), entry("d", "2"))],
        [map(entry("a", list("1", "2")))],
        [map(entry("a", int(1)), entry("b", float(2)))],
        [map(entry("a", "12"))],
        [map(comment("c"), entry("a", "1"), entry("n", NULL), entry("e", ""), entry("b", "2"))],
      ]
      for (const tree of same) expect(await macOf(tree)).toBe(mac)
    })

    test("takes values in clear too, unless told otherwise", async () => {
      const tree = (clear: string): Tree => [map(entry("a", "x"), entry("b_unencrypted", clear))]
      expect(await macOf(tree("1"))).not.toBe(await macOf(tree("2")))
      const only = { macOnlyEncrypted: true }
      expect(await macOf(tree("1"), only)).toBe(await macOf(tree("2"), only))
    })

    test("over encrypted values only differs from one over all, even where all are encrypted", async () => {
      const tree = [map(entry("a", "x"))]
      expect(await macOf(tree, { macOnlyEncrypted: true })).not.toBe(await macOf(tree))
    })

    test.each([
      ["True", bool(true)],
      ["1000000000000000000000", float(1e21)],
      ["-0", float(-0)],
      ["-9223372036854775808", int(-(2n ** 63n))],
      ["2001-12-14T21:59:43.1-05:00", time("2001-12-14T21:59:43.1-05:00")],
      ["x", bytes(0x78)],
    ])("takes a value as %j", async (text, scalar) => {
      expect(await macOf([map(entry("a", scalar))])).toBe(await macOf([map(entry("a", text))]))
    })
  })

  describe("the stored MAC", () => {
    test("opens under its moment, and says the same", async () => {
      const context = await contextOf()
      const stored = sealMac(VECTOR_MAC, MOMENT, context)
      expect(stored).toMatch(/^ENC\[AES256_GCM,data:[^,]{172},.*,type:str\]$/)
      expect(() => verifyMac(VECTOR_MAC, stored, MOMENT, context)).not.toThrow()
    })

    test("is missing, altered, of another moment or of other values", async () => {
      const context = await contextOf()
      const stored = sealMac(VECTOR_MAC, MOMENT, context)
      const check = (mac: string, text: string, moment: string) => () => verifyMac(mac, text, moment, context)
      expect(codeOf(check(VECTOR_MAC, "", MOMENT))).toBe("mac-missing")
      expect(codeOf(check(VECTOR_MAC, "x", MOMENT))).toBe("malformed")
      expect(failureOf(check(VECTOR_MAC, stored, "2026-01-02T03:04:06Z"))).toMatchObject({
        code: "not-authentic",
        details: { at: "sops.mac" },
      })
      const mismatch = failureOf(check(VECTOR_MAC_ONLY_ENCRYPTED, stored, MOMENT))
      expect(mismatch.code).toBe("mac-mismatch")
      expect(mismatch.message).toBe("the values do not match their MAC")
      expect(codeOf(check(VECTOR_MAC.toLowerCase(), stored, MOMENT))).toBe("mac-mismatch")
    })

    test("is no MAC when it holds another type", async () => {
      const context = await contextOf()
      const odd = sealed(int(1), MOMENT)
      expect(codeOf(() => verifyMac("1", odd, MOMENT, context))).toBe("mac-mismatch")
    })

    test("stays the same text while values and moment do", async () => {
      const reading = await contextOf(ALL, { stash: new IvStash() })
      const stored = sealMac(VECTOR_MAC, MOMENT, await contextOf())
      verifyMac(VECTOR_MAC, stored, MOMENT, reading)
      expect(sealMac(VECTOR_MAC, MOMENT, reading)).toBe(stored)
      expect(sealMac(VECTOR_MAC, MOMENT, reading)).not.toBe(stored)
    })
  })

  describe("unchanged values keep their text", () => {
    test("and changed ones get a new one, list duplicates each their own", async () => {
      const plain: Tree = [
        map(comment("c"), entry("a", "x"), entry("l", list("same", "same")), entry("n", int(1))),
      ]
      const first = encryptTree(plain, await contextOf(), "items").tree
      const context = await contextOf(ALL, { stash: new IvStash() })
      const opened = decryptTree(first, context).tree
      const [branch = map()] = opened
      const edited = [{ ...branch, items: branch.items.with(1, entry("a", "y")) }]
      const again = encryptTree(edited, context, "items").tree
      expect({ ...again[0], items: again[0]?.items.toSpliced(1, 1) }).toEqual({
        ...first[0],
        items: first[0]?.items.toSpliced(1, 1),
      })
      expect(again[0]?.items[1]).not.toEqual(first[0]?.items[1])
      const items = JSON.stringify(again[0]?.items[2]).match(/ENC\[[^\]]*\]/g) ?? []
      expect(new Set(items).size).toBe(2)
    })

    test("a further equal item of a list gets an IV of its own", async () => {
      const first = encryptTree([map(entry("l", list("x")))], await contextOf(), "items").tree
      const context = await contextOf(ALL, { stash: new IvStash() })
      decryptTree(first, context)
      const again = encryptTree([map(entry("l", list("x", "x")))], context, "items").tree
      const items = JSON.stringify(again).match(/ENC\[[^\]]*\]/g) ?? []
      expect(items).toHaveLength(2)
      expect(items[0]).not.toBe(items[1])
      expect(JSON.stringify(first)).toContain(items[0])
    })
  })

  describe("what stands where", () => {
    const decrypt = async (tree: Tree, rule = ALL) => decryptTree(tree, await contextOf(rule))

    test("empty texts and nulls are as they are, in clear, encrypted or not", async () => {
      const tree = [map(entry("a", ""), entry("b", NULL), entry("c", list("", NULL, map(), list())))]
      expect(encryptTree(tree, await contextOf(), "items").tree).toEqual(tree)
      expect((await decrypt(tree)).tree).toEqual(tree)
    })

    test.each([
      ["a text", str("plain")],
      ["an integer", int(1)],
      ["a bool", bool(true)],
      ["a float", float(1.5)],
      ["a moment", time(MOMENT)],
      ["bytes", bytes(0xff)],
    ])("%s in clear is refused where the rule encrypts", async (_, scalar) => {
      const tree = [map(entry("db", map(entry("l", list(scalar)))))]
      const context = await contextOf()
      const failure = failureOf(() => decryptTree(tree, context))
      expect(failure).toMatchObject({ code: "malformed", details: { at: "db.l[0]" } })
      expect(failure.message).not.toContain("plain")
    })

    test("a ciphertext where the rule leaves clear is a text like any other", async () => {
      const text = sealed(str("x"), "a_unencrypted:")
      const tree = [map(entry("a_unencrypted", text))]
      expect((await decrypt(tree)).tree).toEqual(tree)
    })

    test("a value moved to another key does not open", async () => {
      const context = await contextOf()
      const failure = failureOf(() => decryptTree([map(entry("b", sealed(str("x"), "a:")))], context))
      expect(failure).toMatchObject({ code: "not-authentic", details: { at: "b" } })
    })

    test("a value moved within its list opens, and only the MAC tells", async () => {
      const context = await contextOf()
      const encrypted = encryptTree([map(entry("l", list("x", "y")))], context, "items")
      const [x, y] = JSON.stringify(encrypted.tree).match(/ENC\[[^\]]*\]/g) ?? []
      const moved = await decrypt([map(entry("l", list(y ?? "", x ?? "")))])
      expect(moved.tree).toEqual([map(entry("l", list("y", "x")))])
      expect(moved.mac).not.toBe(encrypted.mac)
    })

    test("a comment's ciphertext is no value of a map", async () => {
      const context = await contextOf()
      const failure = failureOf(() => decryptTree([map(entry("a", sealed(comment("gone"), "a:")))], context))
      expect(failure).toMatchObject({ code: "malformed", details: { at: "a" } })
      expect(failure.message).not.toContain("gone")
    })

    test("the names of prototypes are keys like any other", async () => {
      const tree = [map(entry("__proto__", map(entry("constructor", "x"))), entry("toString", "y"))]
      const { tree: encrypted, mac } = encryptTree(tree, await contextOf(), "items")
      expect(await decrypt(encrypted)).toEqual({ tree, mac, notices: [] })
    })
  })

  describe("comments", () => {
    const itemOf = (tree: Tree) => {
      const node = findNode(tree, ["l"])
      return node.kind === "list" ? node.items[0] : node
    }
    const listed: Tree = [map(entry("l", list(comment(" c"), "x")))]

    test("in a list become items of it in sops' own form, and come back as comments", async () => {
      const context = await contextOf()
      const encrypted = encryptTree(listed, context, "items")
      expect(itemOf(encrypted.tree)).toMatchObject({ kind: "str" })
      expect(decryptTree(encrypted.tree, context)).toEqual({ tree: listed, mac: encrypted.mac, notices: [] })
    })

    test("in a list stay in their place where that is asked for, under the same MAC", async () => {
      const context = await contextOf()
      const encrypted = encryptTree(listed, context, "in-place")
      expect(itemOf(encrypted.tree)).toMatchObject({ kind: "comment" })
      expect(encrypted.mac).toBe(encryptTree(listed, context, "items").mac)
      expect(decryptTree(encrypted.tree, context).tree).toEqual(listed)
    })

    test("that are empty stay as they are", async () => {
      const tree = [map(comment(""), entry("l", list(comment(""))))]
      const context = await contextOf()
      expect(encryptTree(tree, context, "items").tree).toEqual(tree)
      expect(decryptTree(tree, context)).toMatchObject({ tree, notices: [] })
    })

    test("behind a value come back above it, as in SOPS", async () => {
      const context = await contextOf()
      const inline: Comment = { kind: "comment", text: " c", inline: true }
      const encrypted = encryptTree([map(inline, entry("a", "x"))], context, "items").tree
      expect(encrypted[0]?.items[0]).toMatchObject({ kind: "comment", inline: true })
      expect(decryptTree(encrypted, context).tree).toEqual([map(comment(" c"), entry("a", "x"))])
    })

    test("in clear where the rule encrypts are left, and told", async () => {
      const tree = [map(entry("m", map(comment(" clear"), entry("e", ""))))]
      expect(decryptTree(tree, await contextOf())).toMatchObject({
        tree,
        notices: [{ code: "comment-clear", at: "m" }],
      })
    })

    test.each([
      ["moved to another map", (seal: typeof sealed) => seal(comment(" c"), "other:")],
      ["altered", (seal: typeof sealed) => seal(comment(" c"), "m:").replace(/data:./, "data:/")],
      [
        "of a tag too short",
        (seal: typeof sealed) => seal(comment(" c"), "m:").replace(/tag:.*,type/, "tag:AAAA,type"),
      ],
      ["that hold a value", (seal: typeof sealed) => seal(str("x"), "m:")],
    ])("%s stay as they are, and are told", async (_, make) => {
      const tree = [map(entry("m", map(comment(make(sealed)), entry("e", ""))))]
      expect(decryptTree(tree, await contextOf())).toMatchObject({
        tree,
        notices: [{ code: "comment-unreadable", at: "m" }],
      })
    })

    test("never count for the MAC", async () => {
      const context = await contextOf()
      const bare = encryptTree([map(entry("l", list("x")))], context, "items").mac
      expect(encryptTree(listed, context, "items").mac).toBe(bare)
    })

    test("whose ciphertext would match unencrypted_comment_regex are refused", async () => {
      const context = await contextOf({ field: "unencrypted_comment_regex", pattern: "^ clear|AES" })
      const tree = [map(comment(" other"), entry("a", "x"))]
      expect(
        failureOf(() => encryptTree([map(entry("m", tree[0] ?? map()))], context, "items")),
      ).toMatchObject({
        code: "comment-ambiguous",
        details: { at: "m" },
      })
      expect(() => encryptTree([map(comment(" clear"), entry("a", "x"))], context, "items")).not.toThrow()
    })

    test("that mark what to encrypt stay readable, also in a list with others behind them", async () => {
      const context = await contextOf({ field: "encrypted_comment_regex", pattern: "^ enc" })
      const tree = [map(entry("l", list(comment(" enc"), comment(" more"), "x", "y")))]
      const inPlace = encryptTree(tree, context, "in-place")
      expect(JSON.stringify(inPlace.tree).match(/type:[a-z]+/g)).toEqual(["type:comment", "type:str"])
      expect(decryptTree(inPlace.tree, context)).toEqual({ tree, mac: inPlace.mac, notices: [] })
    })
  })

  test("positions in the source are kept, so that a file can be changed in place", async () => {
    const context = await contextOf()
    const span = { start: 3, end: 4 }
    const tree: Tree = [map({ ...comment("c"), span }, entry("a", { ...str("x"), span }))]
    const encrypted = encryptTree(tree, context, "items").tree
    expect(JSON.stringify(encrypted).match(/"span":\{"start":3,"end":4\}/g)).toHaveLength(2)
    expect(decryptTree(encrypted, context).tree).toEqual(tree)
  })
})

function textOf(cipher: Cipher, key: CipherKey, plain: Plain, aad: string): string {
  const value = encryptValue(cipher, key, plain, aad)
  if (value.kind !== "str" || !isEncryptedValue(value.text)) throw new Error("not encrypted")
  return value.text
}
