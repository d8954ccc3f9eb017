/** Editing one leaf of an encrypted file changes that leaf, and nothing else of the file. */

import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { sameContent } from "#core/document/compare.ts"
import { encryptDocument } from "#core/document/encrypt.ts"
import { openDocument } from "#core/document/opened.ts"
import { draftEdits, encryptDraft } from "#core/document/place-edit.ts"
import { setNode } from "#core/document/tree-edit.ts"
import type { FormatName } from "#core/formats/format.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { str } from "#core/sops/scalar.ts"
import { DEFAULT_RULE } from "#core/sops/selection.ts"
import type { KeyPath, MapNode, Node, Tree } from "#core/sops/tree.ts"
import { ALICE_ALONE, decryptWith, identities } from "../support/custody.ts"
import { runs, SEED } from "../support/runs.ts"
import { entry, int, list, map } from "../support/trees.ts"

const NEW = str("edited")

/** Each value once: of two equal items of a list the first gives its IV to whichever comes first. */
function numbered(node: Node, count = { last: 0 }): Node {
  if (node.kind === "map") {
    const items = node.items.map((item) =>
      item.kind === "entry" ? { ...item, value: numbered(item.value, count) } : item,
    )
    return { ...node, items }
  }
  if (node.kind === "list") {
    return {
      ...node,
      items: node.items.map((item) => (item.kind === "comment" ? item : numbered(item, count))),
    }
  }
  count.last++
  return node.kind === "int" ? int(count.last) : str(`v${count.last}`)
}

const leaf = fc.constantFrom<Node>(str("v"), int(0))
const { branch } = fc.letrec<{ node: Node; branch: MapNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    { weight: 4, arbitrary: leaf },
    { weight: 1, arbitrary: tie("branch") },
    {
      weight: 1,
      arbitrary: fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((items) => list(...items)),
    },
  ),
  branch: fc
    .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,5}$/), tie("node")), {
      minLength: 1,
      maxLength: 5,
      selector: ([key]) => key,
    })
    .map((items) => map(...items.map(([key, value]) => entry(key === "sops" ? "soap" : key, value)))),
}))

const flat = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[A-Z]{1,6}$/), fc.stringMatching(/^[a-z]{1,6}$/)), {
    minLength: 1,
    maxLength: 6,
    selector: ([key]) => key,
  })
  .map((items) => map(...items.map(([key, value]) => entry(key, value))))

const DOCUMENTS: Readonly<Record<Exclude<FormatName, "binary">, fc.Arbitrary<Tree>>> = {
  yaml: branch.map((tree) => [numbered(tree) as MapNode]),
  json: branch.map((tree) => [numbered(tree) as MapNode]),
  dotenv: flat.map((tree) => [tree]),
  ini: flat.map((section) => [map(entry("s", section))]),
}

function leafPaths(node: Node, path: KeyPath): KeyPath[] {
  if (node.kind === "map") {
    return node.items.flatMap((item) =>
      item.kind === "entry" ? leafPaths(item.value, [...path, item.key]) : [],
    )
  }
  if (node.kind !== "list") return [path]
  return node.items.flatMap((item, index) =>
    item.kind === "comment" ? [] : leafPaths(item, [...path, index]),
  )
}

/** Lines of one text that the other has not, at their place. */
function changedLines(before: Uint8Array, after: Uint8Array): string[] {
  const [ours, theirs] = [before, after].map((bytes) => Buffer.from(bytes).toString().split("\n"))
  expect(theirs?.length).toBe(ours?.length)
  return (theirs ?? []).filter((line, index) => line !== ours?.[index])
}

describe.each(["canonical", "kept"] as const)(`an edit in the %s layout (${SEED})`, (layout) => {
  test.each(["yaml", "json", "dotenv", "ini"] as const)(
    "of one leaf of %s changes its line, the MAC and the moment",
    { timeout: 300_000 },
    async (name) => {
      await fc.assert(
        fc.asyncProperty(DOCUMENTS[name], fc.nat(), async (plain, choice) => {
          const format = formatNamed(name)
          const source = format.printPlain(plain)
          const tree = format.parsePlain(source)
          const options = { layout, cipher: nodeCipher, moment: new Date(0) }
          const { bytes } = await encryptDocument({ tree, source }, format, {
            ...options,
            recipients: ALICE_ALONE,
            threshold: 0,
            rule: DEFAULT_RULE,
            macOnlyEncrypted: false,
          })
          const paths = leafPaths(tree[0] ?? map(), [])
          const path = paths[choice % paths.length] ?? []

          const opened = await openDocument(bytes, format, identities("alice"), options)
          const draft = draftEdits(opened, [{ kind: "set", path, value: NEW }], { layout })
          if (draft === null) throw new Error("no edit")
          const edited = await encryptDraft(opened, draft, { ...options, moment: new Date(1_000) })

          expect(sameContent((await decryptWith(edited.bytes, name)).tree, setNode(tree, path, NEW))).toBe(
            true,
          )
          const lines = changedLines(bytes, edited.bytes)
          expect(lines.filter((line) => /(lastmodified|mac)["_ ]*[:=]/.test(line))).toHaveLength(2)
          expect(lines).toHaveLength(3)
        }),
        runs(25, 1_000),
      )
    },
  )
})
