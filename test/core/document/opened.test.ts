import { describe, expect, test } from "vitest"
import { closeDocument, openDocument } from "#core/document/opened.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import type { Identity } from "#core/keys/identity.ts"
import { encryptFor, identities } from "../../support/custody.ts"
import { rejectionOf } from "../../support/failure.ts"
import { bare, entry, map } from "../../support/trees.ts"

const TREE = [map(entry("a", "x"))]
const yaml = formatNamed("yaml")

describe("a document opened to be changed", () => {
  test("holds what was read, its key, its plaintext and its IVs", async () => {
    const source = await encryptFor(TREE, "yaml")
    const opened = await openDocument(source, yaml, identities("alice"), { cipher: nodeCipher })
    expect(opened.source).toBe(source)
    expect(opened.tree.map(bare)).toEqual(TREE)
    expect(opened.document.metadata.version).toBe("3.13.2")
    expect(opened.dataKey).toHaveLength(32)
    expect(opened.stash.take({ kind: "str", text: "x" }, "a:")).toHaveLength(32)
    closeDocument(opened)
    expect(new Set(opened.dataKey)).toEqual(new Set([0]))
  })

  test("is not opened when its MAC does not fit, unless that is wanted", async () => {
    const text = Buffer.from(await encryptFor([map(entry("a", "x"), entry("b_unencrypted", "y"))], "yaml"))
    const altered = Buffer.from(text.toString().replace('b_unencrypted: "y"', "b_unencrypted: z"))
    expect(altered.equals(text)).toBe(false)
    const open = (ignoreMac: boolean) =>
      openDocument(altered, yaml, identities("alice"), { cipher: nodeCipher, ignoreMac })
    expect((await rejectionOf(open(false))).code).toBe("mac-mismatch")
    expect((await open(true)).tree.map(bare)).toEqual([map(entry("a", "x"), entry("b_unencrypted", "z"))])
  })

  test("leaves no data key behind when it fails", async () => {
    const text = Buffer.from(await encryptFor([map(entry("a", "x"))], "yaml")).toString()
    const keys: Uint8Array[] = []
    const [alice] = identities("alice")
    const watched: Identity = {
      source: "alice",
      handles: (key) => alice?.handles(key) ?? false,
      async unwrap(key) {
        const bytes = (await alice?.unwrap(key)) ?? null
        if (bytes !== null) keys.push(bytes)
        return bytes
      },
    }
    const moved = Buffer.from(text.replace(/^a: /m, "b: "))
    const failure = await rejectionOf(openDocument(moved, yaml, [watched], { cipher: nodeCipher }))
    expect(failure.code).toBe("not-authentic")
    expect(keys).toHaveLength(1)
    expect(new Set(keys[0])).toEqual(new Set([0]))
  })
})
