import { describe, expect, test } from "vitest"
import { nameOfChange } from "#core/document/changes.ts"
import { sameContent } from "#core/document/compare.ts"
import { parseDocument } from "#core/document/document.ts"
import { type OpenedDocument, openDocument } from "#core/document/opened.ts"
import { inspectMerged, type Parent, sealMerged } from "#core/document/repair.ts"
import { rekeyDocument } from "#core/document/rewrap.ts"
import { updateFromText } from "#core/document/update.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nodeCipher as cipher } from "#core/host/node-cipher.ts"
import { ALICE_ALONE, encryptFor, identities } from "../../support/custody.ts"

const yaml = formatNamed("yaml")
const bytes = (text: string) => new TextEncoder().encode(text)
const text = (from: Uint8Array) => new TextDecoder().decode(from)
const PLAIN = "# note\na: 1\nb: two\nc:\n    d: 3\n    e: [x, y]\nf: last\n"
const OPTIONS = { cipher, moment: new Date("2026-02-03T04:05:06Z"), layout: "kept" } as const

function open(source: Uint8Array): Promise<OpenedDocument> {
  return openDocument(source, yaml, identities("alice"), { cipher, ignoreMac: true })
}

async function edited(opened: OpenedDocument, plain: string): Promise<OpenedDocument> {
  const { bytes: next } = (await updateFromText(opened, bytes(plain), OPTIONS)) ?? { bytes: opened.source }
  return open(next)
}

/** Lines of `theirs` with these keys in the place of those of `ours`, as a merge of texts would take them. */
function takeLines(ours: Uint8Array, theirs: Uint8Array, ...keys: string[]): Uint8Array {
  const keyOf = (line: string) => line.trim().split(":")[0] ?? ""
  const other = new Map(
    text(theirs)
      .split("\n")
      .map((line) => [keyOf(line), line]),
  )
  const lines = text(ours)
    .split("\n")
    .map((line) => (keys.includes(keyOf(line)) ? (other.get(keyOf(line)) ?? line) : line))
  return bytes(lines.join("\n"))
}

/** The first parent has the data key of the file. */
async function inspect(source: Uint8Array, own: Parent, ...others: Parent[]) {
  return inspectMerged(source, parseDocument(source, yaml), own.opened.dataKey, [own, ...others], cipher)
}

async function twoSides() {
  const base = await open(await encryptFor(yaml.parsePlain(bytes(PLAIN)), "yaml"))
  const ours = await edited(base, PLAIN.replace("a: 1", "a: 9"))
  const theirs = await edited(base, PLAIN.replace("d: 3", "d: 8"))
  return { base, ours, theirs }
}

describe("a file merged as text", () => {
  test("is told for what it is: what opens, and what differs from which side", async () => {
    const { ours, theirs } = await twoSides()
    const merged = takeLines(ours.source, theirs.source, "d")
    const inspection = await inspect(
      merged,
      { name: "ours", opened: ours },
      { name: "theirs", opened: theirs },
    )
    expect(inspection).toMatchObject({ values: 6, isWhole: false, found: [] })
    const names = (parent: string) =>
      inspection.differences.get(parent)?.map((change) => nameOfChange(change, 1))
    expect(names("ours")).toEqual(["c.d"])
    expect(names("theirs")).toEqual(["a"])
  })

  test("gets a MAC that fits, and nothing else of it changes", async () => {
    const { ours, theirs } = await twoSides()
    const merged = takeLines(ours.source, theirs.source, "d")
    const inspection = await inspect(
      merged,
      { name: "ours", opened: ours },
      { name: "theirs", opened: theirs },
    )
    const moment = new Date("2026-03-04T05:06:07Z")
    const { bytes: repaired } = await sealMerged(inspection, { ...OPTIONS, moment })
    const again = await openDocument(repaired, yaml, identities("alice"), { cipher })
    const meant = PLAIN.replace("a: 1", "a: 9").replace("d: 3", "d: 8")
    expect(sameContent(again.tree, yaml.parsePlain(bytes(meant)))).toBe(true)
    const before = text(merged).split("\n")
    const differing = text(repaired)
      .split("\n")
      .filter((line, i) => line !== before[i])
    expect(differing.map((line) => line.trim().split(":")[0])).toEqual(["lastmodified", "mac"])
  })

  test("is whole where its MAC fits", async () => {
    const { ours } = await twoSides()
    expect(await inspect(ours.source, { name: "ours", opened: ours })).toMatchObject({
      isWhole: true,
      found: [],
    })
  })

  test("takes over values of the side that was rekeyed, under its own data key", async () => {
    const { base, ours } = await twoSides()
    const rekeyed = await rekeyDocument(base, { ...OPTIONS, recipients: ALICE_ALONE, threshold: 0 })
    const theirs = await edited(await open(rekeyed.bytes), PLAIN.replace("b: two", "b: theirs"))
    const merged = takeLines(ours.source, theirs.source, "b")
    const inspection = await inspect(
      merged,
      { name: "ours", opened: ours },
      { name: "theirs", opened: theirs },
    )
    expect(inspection.found).toEqual([{ name: "b", state: "foreign", parent: "theirs" }])
    const { bytes: repaired } = await sealMerged(inspection, OPTIONS)
    const again = await openDocument(repaired, yaml, identities("alice"), { cipher })
    expect(text(yaml.printPlain(again.tree))).toContain("a: 9\nb: theirs\n")
  })

  test("names what does not open, what stands in clear, and a value that was moved", async () => {
    const { ours } = await twoSides()
    const other = await open(await encryptFor(yaml.parsePlain(bytes("b: foreign\n")), "yaml"))
    const damaged = bytes(
      text(takeLines(ours.source, other.source, "b"))
        .replace(/^f: .*$/m, "f: clear")
        .replace(/^( +)d: .*$/m, (_, indent) => `${indent}d: ${/^a: (.*)$/m.exec(text(ours.source))?.[1]}`),
    )
    const inspection = await inspect(damaged, { name: "ours", opened: ours })
    expect(inspection.found).toEqual([
      { name: "b", state: "closed" },
      { name: "c.d", state: "closed" },
      { name: "f", state: "clear" },
    ])
  })

  test("encrypts what stood in clear", async () => {
    const { ours } = await twoSides()
    const source = bytes(text(ours.source).replace(/^f: .*$/m, "f: clear"))
    const { bytes: repaired } = await sealMerged(
      await inspect(source, { name: "ours", opened: ours }),
      OPTIONS,
    )
    expect(text(repaired)).not.toContain("f: clear")
    const again = await openDocument(repaired, yaml, identities("alice"), { cipher })
    expect(text(yaml.printPlain(again.tree))).toContain("f: clear\n")
  })
})
