/**
 * Generated documents, the same that conclave is compared with sops on, through
 * their layouts. `SLOW=1` takes thousands.
 */

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fromUtf8, toUtf8 } from "#core/bytes.ts"
import { findDifference } from "#core/document/compare.ts"
import { setNode, unsetNode } from "#core/document/tree-edit.ts"
import { hasCode } from "#core/errors.ts"
import type { FormatName } from "#core/formats/format.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { decodeSource } from "#core/formats/yaml/reader.ts"
import { str } from "#core/sops/scalar.ts"
import type { KeyPath, MapNode, Node, Tree } from "#core/sops/tree.ts"
import { dotenvDocument } from "../../../interop/generate/dotenv.ts"
import { iniDocument } from "../../../interop/generate/ini.ts"
import { jsonDocument } from "../../../interop/generate/json.ts"
import { yamlDocument } from "../../../interop/generate/yaml.ts"
import { layoutNamed, open, seal, unannounced } from "./harness.ts"

const RUNS = process.env["SLOW"] ? 2000 : 120

const FORMATS: readonly { readonly name: FormatName; readonly make: (seed: number) => Uint8Array }[] = [
  { name: "yaml", make: yamlDocument },
  { name: "json", make: jsonDocument },
  { name: "dotenv", make: dotenvDocument },
  { name: "ini", make: iniDocument },
]

type Document = { readonly source: string; readonly tree: Tree }

/** `null` for what the format refuses, or has no layout for: bytes that are not UTF-8. */
function documentOf(name: FormatName, bytes: Uint8Array): Document | null {
  try {
    const source = name === "yaml" ? decodeSource(bytes) : fromUtf8(bytes)
    const tree = formatNamed(name).parsePlain(bytes)
    return source === null || formatNamed(name).reservedKey(tree) !== null ? null : { source, tree }
  } catch (error) {
    if (hasCode(error, "syntax") || hasCode(error, "duplicate-key") || hasCode(error, "unsupported-value"))
      return null
    throw error
  }
}

/** The one refusal that only the written text can call for. */
function hiddenComment(error: unknown): null {
  if (hasCode(error, "comment-hidden")) return null
  throw error
}

const seeds = fc.integer({ min: 1, max: 1_000_000 })

describe.each(FORMATS)("$name", ({ name, make }) => {
  it("comes back as it was, but for the lines that were announced", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const document = documentOf(name, make(seed))
        if (document === null) return
        const { source } = document
        const sealed = await seal(name, source).catch(hiddenComment)
        if (sealed === null) return
        const opened = await open(name, sealed.text)
        if (sealed.notices.length === 0) expect(opened.text).toBe(source)
        // With copies there are several ways to tell which lines are new.
        const hasCopies = sealed.notices.some(({ code }) => code === "expanded-alias")
        if (name === "yaml" && !hasCopies) {
          expect(unannounced(source, opened.text, sealed.notices)).toEqual([])
        }
        // Blanks that end the text without a line break may be lines of a block, and go.
        if (/\n[ \t]+$/.test(source)) return
        const again = await seal(name, opened.text, {}, opened.before)
        expect(withoutComments(again.text)).toBe(withoutComments(sealed.text))
        expect(again.notices.filter(({ code }) => code !== "clear-comment")).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })

  it("says after a change of one place what the changed tree says", () => {
    fc.assert(
      fc.property(seeds, fc.nat(), fc.constantFrom(...VALUES), fc.boolean(), (seed, at, value, isNew) => {
        const document = documentOf(name, make(seed))
        if (document === null) return
        const { source, tree } = document
        const isFlat = name === "dotenv" || name === "ini"
        if (isFlat && value.kind !== "str") return
        const places = placesIn(tree, isNew).filter(
          (path) => !isFlat || path.length === (name === "ini" ? 2 : 1),
        )
        const path = places[at % places.length]
        // A merge key takes maps alone.
        if (path === undefined || path.slice(-2).includes("<<")) return
        const set = layoutNamed(name).set(source, tree, path, value)
        expect(differenceTo(name, set.text, setNode(tree, path, value))).toBeNull()
        if (isNew) return
        const unset = layoutNamed(name).unset(source, tree, path)
        expect(differenceTo(name, unset.text, unsetNode(tree, path))).toBeNull()
      }),
      { numRuns: RUNS },
    )
  })
})

/** Of equal comments one of which moved, the others may get its IV. */
function withoutComments(text: string): string {
  return text.replace(/([#;] ?)ENC\[[^\]]*type:comment\]/g, "$1ENC")
}

const VALUES: readonly Node[] = [
  str("a new value"),
  str("yes"),
  str("two\nlines\n"),
  str(" a: b # c'"),
  { kind: "int", value: 42n },
  { kind: "map", items: [] },
  {
    kind: "map",
    items: [
      { kind: "entry", key: "x", value: { kind: "bool", value: true } },
      { kind: "entry", key: "y y", value: { kind: "list", items: [str("in a list"), { kind: "null" }] } },
    ],
  },
]

function differenceTo(name: FormatName, text: string, meant: Tree): string | null {
  return findDifference(meant, formatNamed(name).parsePlain(toUtf8(text)))
}

/** Every place of the first document that holds something, or could get a new entry. */
function placesIn([root]: Tree, isNew: boolean): KeyPath[] {
  const places: KeyPath[] = []
  const visit = (node: Node, path: KeyPath): void => {
    const children = childrenOf(node, path)
    if (isNew && node.kind === "map") places.push([...path, "brand new"])
    if (isNew && node.kind === "list") places.push([...path, children.length])
    for (const [child, childPath] of children) {
      if (!isNew) places.push(childPath)
      visit(child, childPath)
    }
  }
  visit(root ?? ({ kind: "map", items: [] } satisfies MapNode), [])
  return places
}

function childrenOf(node: Node, path: KeyPath): [Node, KeyPath][] {
  if (node.kind === "map") {
    // Of two sections with one name only the first has a path.
    const entries = new Map<string, Node>()
    for (const item of node.items) {
      if (item.kind === "entry" && !entries.has(item.key)) entries.set(item.key, item.value)
    }
    return [...entries].map(([key, value]) => [value, [...path, key]])
  }
  if (node.kind !== "list") return []
  const items = node.items.filter((item) => item.kind !== "comment")
  return items.map((item, i) => [item, [...path, i]])
}
