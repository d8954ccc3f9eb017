/** What is encrypted comes back, in every format. */

import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { findDifference, sameContent } from "#core/document/compare.ts"
import { encryptDocument } from "#core/document/encrypt.ts"
import { ConclaveError, hasCode } from "#core/errors.ts"
import type { FormatName } from "#core/formats/format.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import type { Tree } from "#core/sops/tree.ts"
import { rule, TREES } from "../support/arbitrary-trees.ts"
import { ALICE_ALONE, decryptWith } from "../support/custody.ts"
import { runs, SEED } from "../support/runs.ts"

const FORMATS = ["yaml", "json", "dotenv", "ini", "binary"] as const

/** The tree as the format reads what it prints of it; `null` where the printer refuses the tree. */
function asRead(tree: Tree, name: FormatName): { tree: Tree; source: Uint8Array } | null {
  const format = formatNamed(name)
  try {
    const source = format.printPlain(tree)
    return { tree: format.parsePlain(source), source }
  } catch (error) {
    if (error instanceof ConclaveError) return null
    throw error
  }
}

function hasComments(tree: Tree): boolean {
  return JSON.stringify(tree, (_, value) => (typeof value === "bigint" ? `${value}` : value)).includes(
    '"kind":"comment"',
  )
}

describe(`decrypting what was encrypted (${SEED})`, () => {
  describe.each(["canonical", "kept"] as const)("in the %s layout", (layout) => {
    test.each(FORMATS)("gives any %s document back", { timeout: 300_000 }, async (name) => {
      let refused = 0
      let tried = 0
      await fc.assert(
        fc.asyncProperty(TREES[name], rule, fc.boolean(), async (tree, selection, macOnlyEncrypted) => {
          tried++
          const plain = asRead(tree, name)
          if (plain === null) {
            refused++
            return
          }
          const encrypted = await encryptDocument(plain, formatNamed(name), {
            layout,
            cipher: nodeCipher,
            recipients: ALICE_ALONE,
            threshold: 0,
            rule: selection,
            macOnlyEncrypted,
            moment: new Date(0),
          }).catch((error: unknown) => {
            // A layout with a Unicode line separator in it, which readers of YAML take differently.
            if (layout === "kept" && hasCode(error, "unsupported-value")) return null
            if (layout === "kept" && hasCode(error, "comment-hidden")) return null
            // Printed anew, a comment may stand with another item, and govern that one.
            if (selection.field.includes("comment") && hasCode(error, "verify-failed")) return null
            throw error
          })
          if (encrypted === null) {
            refused++
            return
          }
          const { tree: back } = await decryptWith(encrypted.bytes, name)
          expect(findDifference(plain.tree, back)).toBeNull()
          // A comment may be attached to another item once the values around it are longer.
          if (name !== "binary" && !hasComments(plain.tree) && selection.field === "unencrypted_suffix") {
            expect(sameContent(plain.tree, back)).toBe(true)
          }
        }),
        runs(60, 1_000),
      )
      expect(refused).toBeLessThan(tried / 3)
    })
  })
})
