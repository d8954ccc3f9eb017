import { describe, expect, test } from "vitest"
import { parseDocument } from "#core/document/document.ts"
import { type OpenedDocument, openDocument } from "#core/document/opened.ts"
import { draftEdits, encryptDraft, type PlaceEdit } from "#core/document/place-edit.ts"
import { type LayoutMode, printPlaintext } from "#core/document/plaintext.ts"
import type { FormatName } from "#core/formats/format.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { parseKeyPath } from "#core/sops/key-path.ts"
import { str } from "#core/sops/scalar.ts"
import type { Node, Tree } from "#core/sops/tree.ts"
import { encryptFor, identities } from "../../support/custody.ts"
import { failureOf } from "../../support/failure.ts"
import { comment, entry, float, int, list, map, NULL } from "../../support/trees.ts"

const TREE: Tree = [
  map(
    comment(" top"),
    entry("a", "x"),
    entry("f", float(5)),
    entry("l", list("p", int(2))),
    entry("n", NULL),
  ),
  map(entry("a", "other")),
]

async function open(source: Uint8Array, format: FormatName = "yaml"): Promise<OpenedDocument> {
  return openDocument(source, formatNamed(format), identities("alice"), { cipher: nodeCipher })
}

const set = (path: string, value: Node = str("new")): PlaceEdit => ({
  kind: "set",
  path: parseKeyPath(path),
  value,
})
const unset = (path: string): PlaceEdit => ({ kind: "unset", path: parseKeyPath(path) })

/** The plaintext of what an edit makes of a file. */
async function edited(
  opened: OpenedDocument,
  edits: readonly PlaceEdit[],
  layout: LayoutMode = "kept",
): Promise<string> {
  const draft = draftEdits(opened, edits, { layout })
  if (draft === null) return "unchanged"
  const { bytes } = await encryptDraft(opened, draft, { cipher: nodeCipher, moment: new Date(0) })
  const again = await open(bytes)
  const plain = printPlaintext(bytes, again.document, again.tree, { layout: "kept" })
  return Buffer.from(plain.bytes).toString()
}

/** Pairs of lines that differ. */
function differences(before: Uint8Array, after: Uint8Array): number {
  const [a, b] = [before, after].map((bytes) => Buffer.from(bytes).toString().split("\n"))
  return (a ?? []).filter((line, i) => line !== b?.[i]).length
}

describe("editing places of a file", () => {
  test.each<LayoutMode>(["kept", "canonical"])(
    "changes the first document only, with the layout %s",
    async (layout) => {
      const opened = await open(await encryptFor(TREE, "yaml"))
      const text = await edited(opened, [set("a"), unset("l[0]"), set("m.k[0]", int(7))], layout)
      expect(text).toBe(
        '# top\na: new\nf: 5.0\nl:\n    - 2\n"n": null\nm:\n    k:\n        - 7\n---\na: other\n',
      )
    },
  )

  test.each<LayoutMode>(["kept", "canonical"])(
    "leaves every other ciphertext alone, with the layout %s",
    async (layout) => {
      const opened = await open(await encryptFor(TREE, "yaml"))
      const draft = draftEdits(opened, [set("a")], { layout })
      if (draft === null) throw new Error("unchanged")
      const { bytes } = await encryptDraft(opened, draft, { cipher: nodeCipher, moment: new Date(0) })
      // The value, and in each of the two documents the MAC and the date.
      expect(differences(opened.source, bytes)).toBe(5)
      expect(parseDocument(bytes, formatNamed("yaml")).metadata.lastModified).toBe("1970-01-01T00:00:00Z")
    },
  )

  test.each<[string, PlaceEdit[]]>([
    ["a value that is there", [set("a", str("x"))]],
    ["a float where it is a float", [set("f", float(5))]],
    ["a change and its undoing", [set("b"), unset("b")]],
    ["nothing", []],
  ])("is no change: %s", async (_, edits) => {
    const opened = await open(await encryptFor(TREE, "yaml"))
    expect(draftEdits(opened, edits, { layout: "kept" })).toBeNull()
    expect(draftEdits(opened, edits, { layout: "canonical" })).toBeNull()
  })

  test("is a change: the same number of another kind", async () => {
    const opened = await open(await encryptFor(TREE, "yaml"))
    expect(draftEdits(opened, [set("f", int(5))], { layout: "kept" })).not.toBeNull()
  })

  test.each([
    ["n.k", "n.k", /"n":\n {2,4}k: new\n/],
    ["n[0]", "n[0]", /"n":\n( {4})?- new\n/],
  ])("puts a map or list into the place of a null: %s", async (_, path, says) => {
    const opened = await open(await encryptFor(TREE, "yaml"))
    expect(await edited(opened, [set(path)])).toMatch(says)
  })

  test.each([
    ["path-not-found", set("a.b")],
    ["path-not-found", set("l.k")],
    ["path-not-found", set("l[9]")],
    ["path-not-found", unset("gone")],
    ["path-not-found", unset("l[9]")],
    ["reserved-key", set("sops")],
  ] as const)("fails with %s, whatever the layout", async (code, edit) => {
    const opened = await open(await encryptFor(TREE, "yaml"))
    expect(failureOf(() => draftEdits(opened, [edit], { layout: "kept" })).code).toBe(code)
    expect(failureOf(() => draftEdits(opened, [edit], { layout: "canonical" })).code).toBe(code)
  })
})
