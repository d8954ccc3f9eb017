/** What must hold for any three trees. */

import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { findChanges } from "#core/document/changes.ts"
import { sameContent } from "#core/document/compare.ts"
import { mergeTrees } from "#core/document/merge.ts"
import { str } from "#core/sops/scalar.ts"
import type { Comment, Entry, MapNode, Node, Tree } from "#core/sops/tree.ts"

// Few keys and values, so that trees meet.
const key = fc.constantFrom("a", "b", "c", "__proto__")
const leaf: fc.Arbitrary<Node> = fc.oneof(
  fc.constantFrom("x", "y", "").map(str),
  fc.constantFrom(1n, 2n).map((value): Node => ({ kind: "int", value })),
  fc.constant<Node>({ kind: "null" }),
)
const comment = fc.constantFrom(" one", " two").map((text): Comment => ({ kind: "comment", text }))

const { map } = fc.letrec<{ node: Node; map: MapNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    tie("map"),
    fc
      .array(fc.oneof({ weight: 4, arbitrary: tie("node") }, { weight: 1, arbitrary: comment }), {
        maxLength: 3,
      })
      .map((items): Node => ({ kind: "list", items })),
  ),
  map: fc
    .array(
      fc.oneof(
        {
          weight: 4,
          arbitrary: fc.tuple(key, tie("node")).map(([key, value]): Entry => ({ kind: "entry", key, value })),
        },
        { weight: 1, arbitrary: comment },
      ),
      { maxLength: 4 },
    )
    .map((items): MapNode => ({ kind: "map", items })),
}))
const tree: fc.Arbitrary<Tree> = fc.array(map, { minLength: 1, maxLength: 2 })

const runs = { numRuns: process.env["SLOW"] === undefined ? 300 : 20_000 }

describe("merging any three trees", () => {
  test("gives y for x, x, y and for x, y, x", () => {
    fc.assert(
      fc.property(tree, tree, (x, y) => {
        for (const merged of [mergeTrees(x, x, y), mergeTrees(x, y, x), mergeTrees(y, x, x)]) {
          expect(merged.conflicts).toEqual([])
        }
        expect(sameContent(mergeTrees(x, x, y).tree, y)).toBe(true)
        expect(sameContent(mergeTrees(x, y, x).tree, y)).toBe(true)
        expect(sameContent(mergeTrees(x, y, y).tree, y)).toBe(true)
      }),
      runs,
    )
  })

  test("finds the same conflicts from both sides", () => {
    fc.assert(
      fc.property(tree, tree, tree, (x, y, z) => {
        const places = (a: Tree, b: Tree) =>
          mergeTrees(x, a, b)
            .conflicts.map((one) => JSON.stringify(one))
            .sort()
        expect(places(y, z)).toEqual(places(z, y))
      }),
      runs,
    )
  })

  test("without a conflict says nothing that neither side said", () => {
    fc.assert(
      fc.property(tree, tree, tree, (x, y, z) => {
        const { tree, conflicts } = mergeTrees(x, y, z)
        fc.pre(conflicts.length === 0)
        const touched = (before: Tree) =>
          new Set(
            findChanges(before, tree).map(({ branch, path }) => JSON.stringify([branch, path.slice(0, 1)])),
          )
        // A top-level place that differs from ours was changed by theirs, and the reverse.
        const byTheirs = new Set(
          findChanges(x, z).map(({ branch, path }) => JSON.stringify([branch, path.slice(0, 1)])),
        )
        const byOurs = new Set(
          findChanges(x, y).map(({ branch, path }) => JSON.stringify([branch, path.slice(0, 1)])),
        )
        for (const place of touched(y)) expect(byTheirs).toContain(place)
        for (const place of touched(z)) expect(byOurs).toContain(place)
      }),
      runs,
    )
  })
})

describe("the changes between any two trees", () => {
  test("are none exactly for trees with the same values", () => {
    fc.assert(
      fc.property(tree, tree, (x, y) => {
        expect(findChanges(x, x)).toEqual([])
        if (sameContent(x, y)) expect(findChanges(x, y)).toEqual([])
      }),
      runs,
    )
  })

  test("are the same backwards, with additions for removals", () => {
    fc.assert(
      fc.property(tree, tree, (x, y) => {
        const swapped = { added: "removed", removed: "added", changed: "changed" } as const
        const forth = findChanges(x, y).map(({ kind, branch, path }) => JSON.stringify([kind, branch, path]))
        const back = findChanges(y, x).map(({ kind, branch, path }) =>
          JSON.stringify([swapped[kind], branch, path]),
        )
        expect(forth.sort()).toEqual(back.sort())
      }),
      runs,
    )
  })
})
