import fc from "fast-check"
import { expect, test } from "vitest"
import { combineShares, type Share, splitSecret, toShare } from "../../../core/shamir/shares.ts"

const shareInvalid = expect.objectContaining({ code: "share-invalid" })

/** A polynomial of degree 1 whose points were computed by hand: 0x2a + 0x80 * x. */
const POINTS = [
  [0xaa, 1],
  [0x31, 2],
  [0xb1, 3],
].map((bytes) => toShare(Uint8Array.from(bytes)))

function subset<T>(items: readonly T[], indices: readonly number[]): T[] {
  return indices.flatMap((index) => items.slice(index, index + 1))
}

test("combines the hand-made points of SOPS' and Vault's field, any two of three", async () => {
  for (const pair of [
    [0, 1],
    [0, 2],
    [2, 1],
    [0, 1, 2],
  ]) {
    expect(await combineShares(subset(POINTS, pair))).toEqual(Uint8Array.of(0x2a))
  }
})

test("splits into y bytes and one x byte, each x another one", async () => {
  const shares = await splitSecret(new Uint8Array(32).fill(7), 255, 2)
  expect(shares.map((share) => share.length)).toEqual(new Array(255).fill(33))
  const xs = new Set(shares.map((share) => share[32]))
  expect(xs.size).toBe(255)
  expect(xs.has(0)).toBe(false)
})

test("any t of n shares combine, any t - 1 do not", async () => {
  const cases = fc
    .tuple(fc.uint8Array({ minLength: 16, maxLength: 40 }), fc.integer({ min: 2, max: 9 }), fc.nat())
    .chain(([secret, n, seed]) => {
      const threshold = 2 + (seed % (n - 1))
      const order = fc.shuffledSubarray([...new Array(n).keys()], { minLength: n, maxLength: n })
      return fc.record({ secret: fc.constant(secret), threshold: fc.constant(threshold), order })
    })
  await fc.assert(
    fc.asyncProperty(cases, async ({ secret, threshold, order }) => {
      const shares = await splitSecret(secret, order.length, threshold)
      const chosen = subset(shares, order)
      expect(await combineShares(chosen.slice(0, threshold))).toEqual(secret)
      expect(await combineShares(chosen)).toEqual(secret)
      if (threshold > 2) expect(await combineShares(chosen.slice(0, threshold - 1))).not.toEqual(secret)
    }),
  )
})

test("leaves the secret as it was, and takes a Buffer", async () => {
  const secret = Buffer.from("a secret of any length")
  const shares = await splitSecret(secret, 3, 2)
  expect(secret.toString()).toBe("a secret of any length")
  expect(Buffer.from(await combineShares(shares.slice(1))).equals(secret)).toBe(true)
})

test.each([
  [1, 1],
  [2, 1],
  [2, 0],
  [2, 3],
  [256, 2],
  [3, 2.5],
  [2.5, 2],
  [Number.NaN, 2],
  [3, Number.NaN],
])("refuses to split into %d shares with a threshold of %d", async (shares, threshold) => {
  await expect(splitSecret(new Uint8Array(32), shares, threshold)).rejects.toEqual(shareInvalid)
})

test("refuses to split nothing", async () => {
  await expect(splitSecret(new Uint8Array(0), 3, 2)).rejects.toEqual(shareInvalid)
})

test.each([
  ["no shares", []],
  ["one share", [POINTS[0]]],
  ["a share twice", [POINTS[0], POINTS[0]]],
  ["another share with the same x", [POINTS[0], toShare(Uint8Array.of(0x01, 1))]],
  ["shares of unequal length", [POINTS[0], toShare(Uint8Array.of(1, 2, 2))]],
])("refuses to combine %s", async (_, shares) => {
  await expect(combineShares(shares as Share[])).rejects.toEqual(shareInvalid)
})

test("refuses to combine more than 255 shares", async () => {
  const shares = new Array(256).fill(POINTS[0])
  await expect(combineShares(shares)).rejects.toEqual(shareInvalid)
})

test.each([[[]], [[1]], [[5, 0]]])("does not take %j for a share", (bytes) => {
  expect(() => toShare(Uint8Array.from(bytes))).toThrow(shareInvalid)
})
