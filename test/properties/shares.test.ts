/** Any t of n key groups open a document, and no fewer. */

import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"
import { generateAgeIdentity } from "#core/keys/age/generate.ts"
import { parseAgeIdentities } from "#core/keys/age/identity.ts"
import { parseAgeRecipient } from "#core/keys/age/recipient.ts"
import type { Identity } from "#core/keys/identity.ts"
import type { Recipient } from "#core/keys/recipient.ts"
import { combineShares, splitSecret } from "#core/shamir/shares.ts"
import { decryptWith, encryptFor } from "../support/custody.ts"
import { rejectionOf } from "../support/failure.ts"
import { runs, SEED } from "../support/runs.ts"
import { bare, entry, map } from "../support/trees.ts"

const TREE = [map(entry("a", "x"))]
const MAX_GROUPS = 5

/** How many groups, how many are needed, and an order of all of them. */
const custody = fc.integer({ min: 2, max: MAX_GROUPS }).chain((groups) =>
  fc.record({
    groups: fc.constant(groups),
    threshold: fc.integer({ min: 2, max: groups }),
    order: fc.shuffledSubarray(
      Array.from({ length: groups }, (_, index) => index),
      { minLength: groups, maxLength: groups },
    ),
  }),
)

describe(`a document of several key groups (${SEED})`, () => {
  let people: { recipient: Recipient; identity: Identity }[] = []

  beforeAll(async () => {
    people = await Promise.all(
      Array.from({ length: MAX_GROUPS }, async (_, index) => {
        const pair = await generateAgeIdentity()
        const [identity] = parseAgeIdentities(pair.identity, `person ${index}`)
        if (identity === undefined) throw new Error("no identity")
        return { recipient: parseAgeRecipient(pair.recipient), identity }
      }),
    )
  })

  test("is opened by any as many as are needed, and by no fewer", { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(custody, async ({ groups, threshold, order }) => {
        const recipients = people.slice(0, groups).map(({ recipient }) => [recipient])
        const bytes = await encryptFor(TREE, "yaml", { recipients, threshold })
        const identities = order.flatMap((index) => people[index]?.identity ?? [])
        const { tree } = await decryptWith(bytes, "yaml", identities.slice(0, threshold))
        expect(tree.map(bare)).toEqual(TREE)

        const failure = await rejectionOf(decryptWith(bytes, "yaml", identities.slice(0, threshold - 1)))
        expect(failure).toMatchObject({
          code: "below-threshold",
          details: { have: threshold - 1, need: threshold },
        })
      }),
      runs(12, 200),
    )
  })
})

describe(`shares of any secret (${SEED})`, () => {
  const split = fc.record({
    secret: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    shares: fc.integer({ min: 2, max: 12 }),
    less: fc.nat(),
    seed: fc.nat(),
  })

  test("combine when there are enough, and tell another secret when there are not", async () => {
    await fc.assert(
      fc.asyncProperty(split, async ({ secret, shares, less, seed }) => {
        const threshold = 2 + (less % (shares - 1))
        const made = await splitSecret(secret, shares, threshold)
        const first = seed % shares
        const turned = [...made.slice(first), ...made.slice(0, first)]
        expect(await combineShares(turned.slice(0, threshold))).toEqual(secret)
        expect(await combineShares(turned)).toEqual(secret)
        // One byte may be guessed right; eight are not.
        if (threshold > 2 && secret.length >= 8) {
          expect(await combineShares(turned.slice(0, threshold - 1))).not.toEqual(secret)
        }
      }),
      runs(60, 2_000),
    )
  })
})
