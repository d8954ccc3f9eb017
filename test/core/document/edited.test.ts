import { describe, expect, test } from "vitest"
import { parseEdited } from "#core/document/edited.ts"
import { sealBeside } from "#core/document/envelope.ts"
import { mergeEdit, reopenDocument } from "#core/document/merge-edit.ts"
import { type OpenedDocument, openDocument } from "#core/document/opened.ts"
import { encryptDraft } from "#core/document/place-edit.ts"
import { printPlaintext } from "#core/document/plaintext.ts"
import { rekeyDocument } from "#core/document/rewrap.ts"
import { updateFromText } from "#core/document/update.ts"
import type { FormatName } from "#core/formats/format.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nodeCipher as cipher } from "#core/host/node-cipher.ts"
import { ALICE_ALONE, encryptFor, identities } from "../../support/custody.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (from: Uint8Array) => new TextDecoder().decode(from)

const LATER = new Date("2026-02-03T04:05:06Z")
const CANONICAL = { layout: "canonical" } as const
const OPTIONS = { ...CANONICAL, cipher, moment: LATER }

async function open(plain: string, format: FormatName = "yaml"): Promise<OpenedDocument> {
  const source = await encryptFor(formatNamed(format).parsePlain(bytes(plain)), format)
  return openDocument(source, formatNamed(format), identities("alice"), { cipher })
}

function shown(opened: OpenedDocument): string {
  return text(printPlaintext(opened.source, opened.document, opened.tree, CANONICAL).bytes)
}

async function edit(opened: OpenedDocument, plain: string): Promise<Uint8Array | null> {
  return (await updateFromText(opened, bytes(plain), OPTIONS))?.bytes ?? null
}

/** Numbers of the lines that differ; both have as many. */
function differingLines(a: Uint8Array, b: Uint8Array): string[] {
  const before = text(a).split("\n")
  return text(b)
    .split("\n")
    .filter((line, i) => line !== before[i])
    .map((line) => line.trim().split(":")[0] ?? "")
}

describe("an edited plaintext", () => {
  test("that says the same is no change, an integral float included", async () => {
    const opened = await open("a: 5.0\nb: [1.0, 2, x]\nc: {d: 1e3}\n")
    expect(await edit(opened, shown(opened))).toBeNull()
    expect(await edit(opened, "a: 5\nb:\n  - 1\n  - 2\n  - 'x'\nc: {d: 1000}\n")).toBeNull()
  })

  test("changes the line of its value, the MAC and the date, and no number beside it", async () => {
    const opened = await open("a: 5.0\nb: x\nc: 1\n")
    const next = (await edit(opened, shown(opened).replace("b: x", "b: y"))) ?? new Uint8Array()
    expect(differingLines(opened.source, next)).toEqual(["b", "lastmodified", "mac"])
  })

  test("takes a number in quotes, and another number, for what they are", async () => {
    const opened = await open("a: 5.0\n")
    expect(parseEdited(opened, bytes('a: "5"\n'))[0]?.items[0]).toMatchObject({ value: { kind: "str" } })
    expect(parseEdited(opened, bytes("a: 6\n"))[0]?.items[0]).toMatchObject({ value: { kind: "int" } })
    expect(parseEdited(opened, bytes("a: 5\n"))[0]?.items[0]).toMatchObject({ value: { kind: "float" } })
    expect(parseEdited(opened, bytes("b: 5\n"))[0]?.items[0]).toMatchObject({ value: { kind: "int" } })
  })
})

describe("an edit of a file that somebody else has changed", () => {
  test("is merged into what the file says now, under the same data key", async () => {
    const opened = await open("a: 1\nb: 2\nc: 3\n")
    const ours = parseEdited(opened, bytes("a: 9\nb: 2\nc: 3\nd: 4\n"))
    const elsewhere = (await edit(opened, "a: 1\nb: 8\n")) ?? new Uint8Array()
    // No identity is needed: the data key is the same.
    const theirs = await reopenDocument(opened, elsewhere, [], { cipher })
    const merged = mergeEdit(opened.tree, ours, theirs, CANONICAL)
    if (merged.kind !== "merged" || merged.draft === null) throw new Error("expected a merged draft")
    const { bytes: written } = await encryptDraft(theirs, merged.draft, { cipher, moment: LATER })
    const again = await reopenDocument(opened, written, [], { cipher })
    expect(shown(again)).toBe("a: 9\nb: 8\nd: 4\n")
    // What they wrote stays as they wrote it.
    const lineOf = (file: Uint8Array) =>
      text(file)
        .split("\n")
        .find((line) => line.startsWith("b:"))
    expect(lineOf(written)).toBe(lineOf(elsewhere))
  })

  test("is merged under a data key that is new meanwhile", async () => {
    const opened = await open("a: 1\nb: 2\n")
    const rekeyed = await rekeyDocument(opened, { ...OPTIONS, recipients: ALICE_ALONE, threshold: 0 })
    await expect(reopenDocument(opened, rekeyed.bytes, [], { cipher })).rejects.toMatchObject({
      code: "no-identity",
    })
    const theirs = await reopenDocument(opened, rekeyed.bytes, identities("alice"), { cipher })
    const merged = mergeEdit(opened.tree, parseEdited(opened, bytes("a: 1\nb: 3\n")), theirs, CANONICAL)
    if (merged.kind !== "merged" || merged.draft === null) throw new Error("expected a merged draft")
    const { bytes: written } = await encryptDraft(theirs, merged.draft, { cipher, moment: LATER })
    expect(shown(await openDocument(written, formatNamed("yaml"), identities("alice"), { cipher }))).toBe(
      "a: 1\nb: 3\n",
    )
  })

  test("is nothing where they have made the same change, and a conflict where another one", async () => {
    const opened = await open("a: 1\nb: 2\n")
    const ours = parseEdited(opened, bytes("a: 9\nb: 2\n"))
    const same = await reopenDocument(opened, (await edit(opened, "a: 9\nb: 2\n")) ?? bytes(""), [], {
      cipher,
    })
    expect(mergeEdit(opened.tree, ours, same, CANONICAL)).toEqual({ kind: "merged", draft: null })
    const other = await reopenDocument(opened, (await edit(opened, "a: 8\nb: 2\n")) ?? bytes(""), [], {
      cipher,
    })
    expect(mergeEdit(opened.tree, ours, other, CANONICAL)).toEqual({
      kind: "conflict",
      conflicts: [{ branch: 0, path: ["a"], what: "value" }],
    })
  })
})

describe("an edit that is kept aside", () => {
  test.each([
    ["a document", "a: 1\n"],
    ["a text that does not parse", "a: [1\n\tb: %\n"],
    ["nothing", ""],
  ])("holds %s to the letter, opens for the readers of its file, and shows nothing", async (_, plain) => {
    const opened = await open("secret: 1\n")
    const sealed = await sealBeside(opened, bytes(plain), { cipher, moment: LATER })
    const again = await openDocument(sealed, formatNamed("binary"), identities("alice"), { cipher })
    expect(text(printPlaintext(sealed, again.document, again.tree, CANONICAL).bytes)).toBe(plain)
    expect(again.document.metadata.groups).toEqual(opened.document.metadata.groups)
    if (plain !== "") expect(text(sealed)).not.toContain(plain.trim())
  })
})
