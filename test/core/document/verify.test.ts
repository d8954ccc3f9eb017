import { describe, expect, test } from "vitest"
import { unwrapDocument } from "#core/document/decrypt.ts"
import { parseDocument } from "#core/document/document.ts"
import { verifyPrinted } from "#core/document/verify.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { toDataKey } from "#core/keys/data-key.ts"
import type { Tree } from "#core/sops/tree.ts"
import { encryptFor, identities } from "../../support/custody.ts"
import { rejectionOf } from "../../support/failure.ts"
import { comment, entry, float, int, list, map } from "../../support/trees.ts"

const yaml = formatNamed("yaml")
const TREE: Tree = [map(entry("a", "x"), entry("l", list(int(1))))]

async function look(bytes: Uint8Array, meant: Tree, format = yaml) {
  const dataKey = await unwrapDocument(parseDocument(bytes, format), identities("alice"))
  return verifyPrinted(bytes, format, dataKey, meant, nodeCipher)
}

describe("the look back before a file is replaced", () => {
  test("finds what was meant", async () => {
    expect(await look(await encryptFor(TREE, "yaml"), TREE)).toEqual([])
  })

  test("takes 1 for 1.0, which formats print alike", async () => {
    expect(
      await look(await encryptFor(TREE, "yaml"), [map(entry("a", "x"), entry("l", list(float(1))))]),
    ).toEqual([])
  })

  test("names the first place that differs", async () => {
    const failure = await rejectionOf(
      look(await encryptFor(TREE, "yaml"), [map(entry("a", "x"), entry("l", list(int(2))))]),
    )
    expect(failure.code).toBe("verify-failed")
    expect(failure.message).toBe("l[0] does not read back as it was: this format cannot hold it")
  })

  test("says why what was printed does not open", async () => {
    const text = Buffer.from(await encryptFor(TREE, "yaml")).toString()
    const dataKey = toDataKey(new Uint8Array(32))
    const other = await rejectionOf(verifyPrinted(Buffer.from(text), yaml, dataKey, TREE, nodeCipher))
    expect(other.code).toBe("verify-failed")
    expect(other.message).toMatch(/^what would be written does not open again: a: does not open/)
    const cut = Buffer.from(text.slice(0, 40))
    const failure = await rejectionOf(verifyPrinted(cut, yaml, dataKey, TREE, nodeCipher))
    expect(failure.code).toBe("verify-failed")
  })

  test("reports a comment that does not open at its place", async () => {
    const text = Buffer.from(
      await encryptFor([map(comment(" c"), entry("a", map(entry("b", "x"))))], "yaml"),
    ).toString()
    const [line = "", ...lines] = text.split("\n")
    const moved = Buffer.from([lines[0], `    ${line}`, ...lines.slice(1)].join("\n"))
    expect(await look(moved, [map(entry("a", map(entry("b", "x"))))])).toEqual([
      { code: "comment-unreadable", at: "a" },
    ])
  })

  test("takes INI's section DEFAULT, which is always there, for nothing when it is empty", async () => {
    const ini = formatNamed("ini")
    const meant = [map(entry("s", map(entry("a", "x"))))]
    expect(await look(await encryptFor(meant, "ini"), meant, ini)).toEqual([])
    const withDefault = [map(entry("DEFAULT", map(entry("d", "y"))), entry("s", map(entry("a", "x"))))]
    const failure = await rejectionOf(look(await encryptFor(withDefault, "ini"), meant, ini))
    expect(failure.code).toBe("verify-failed")
  })
})
