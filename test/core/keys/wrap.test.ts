import { expect, test } from "vitest"
import { ConclaveError } from "../../../core/errors.ts"
import { nativeAgeEngine } from "../../../core/host/age-native.ts"
import { parseAgeIdentities } from "../../../core/keys/age/identity.ts"
import { parseAgeRecipient } from "../../../core/keys/age/recipient.ts"
import { generateDataKey } from "../../../core/keys/data-key.ts"
import type { Recipient } from "../../../core/keys/recipient.ts"
import { unwrapDataKey } from "../../../core/keys/unwrap.ts"
import { wrapDataKey } from "../../../core/keys/wrap.ts"
import { keyFile, type Person, recipientText } from "./vectors.ts"

const createdAt = "2024-01-02T03:04:05Z"
const dataKey = generateDataKey()

function person(name: Person): Recipient {
  return parseAgeRecipient(recipientText(name), nativeAgeEngine)
}

function identities(...names: Person[]) {
  return parseAgeIdentities(names.map(keyFile).join(""), "test", { engine: nativeAgeEngine })
}

/** A recipient that keeps what it was given, in the clear. */
function recording(id: string, given: Uint8Array[]): Recipient {
  return {
    kind: "pgp",
    id,
    async wrap(secret) {
      given.push(secret)
      return Buffer.from(secret).toString("hex")
    },
    toEntry: (enc, date) => ({ kind: "pgp", fp: id, createdAt: date, enc }),
  }
}

test("one group gets the whole data key, each recipient by itself, in order", async () => {
  const { groups, threshold } = await wrapDataKey(dataKey, [[person("bob"), person("alice")]], 7, createdAt)
  expect(threshold).toBe(0)
  expect(groups.map((group) => group.map((entry) => entry.kind === "age" && entry.recipient))).toEqual([
    [recipientText("bob"), recipientText("alice")],
  ])
  for (const name of ["alice", "bob"] as const) {
    expect((await unwrapDataKey(groups, threshold, identities(name))).dataKey).toEqual(dataKey)
  }
})

test("entries with a date carry the one that was passed in", async () => {
  const { groups } = await wrapDataKey(dataKey, [[recording("AB", [])]], 0, createdAt)
  expect(groups).toEqual([[{ kind: "pgp", fp: "AB", createdAt, enc: Buffer.from(dataKey).toString("hex") }]])
})

test("several groups get a share each, and open from the threshold on", async () => {
  const recipients = [[person("alice"), person("quinn")], [person("bob")], [person("carol")]]
  const { groups, threshold } = await wrapDataKey(dataKey, recipients, 2, createdAt)
  expect(threshold).toBe(2)
  expect(groups.map((group) => group.length)).toEqual([2, 1, 1])
  for (const pair of [
    ["alice", "bob"],
    ["quinn", "carol"],
    ["carol", "bob"],
  ] as const) {
    expect((await unwrapDataKey(groups, threshold, identities(...pair))).dataKey).toEqual(dataKey)
  }
  await expect(unwrapDataKey(groups, threshold, identities("alice", "quinn"))).rejects.toMatchObject({
    code: "below-threshold",
    details: { have: 1, need: 2 },
  })
})

test("a threshold of 0 with several groups means all of them, and is stored as their number", async () => {
  const { groups, threshold } = await wrapDataKey(dataKey, [[person("alice")], [person("bob")]], 0, createdAt)
  expect(threshold).toBe(2)
  expect((await unwrapDataKey(groups, threshold, identities("alice", "bob"))).dataKey).toEqual(dataKey)
})

test("the recipients of one group get the same share, which is wiped afterwards; the data key is not", async () => {
  const given: Uint8Array[] = []
  const before = Uint8Array.from(dataKey)
  const recipients = [[recording("A", given), recording("B", given)], [recording("C", given)]]
  const { groups } = await wrapDataKey(dataKey, recipients, 2, createdAt)
  const [a, b, c] = groups.flat().map((entry) => entry.enc)
  expect(a).toBe(b)
  expect(a).not.toBe(c)
  expect(given).toEqual([new Uint8Array(33), new Uint8Array(33), new Uint8Array(33)])
  expect(dataKey).toEqual(before)
})

test.each([
  ["no group", [], 0],
  ["an empty group alone", [[]], 0],
  ["an empty group among others", [[person("alice")], []], 2],
  ["a threshold of 1 with two groups", [[person("alice")], [person("bob")]], 1],
  ["a threshold above the number of groups", [[person("alice")], [person("bob")]], 3],
  ["a negative threshold", [[person("alice")], [person("bob")]], -1],
])("refuses %s", async (_, groups, threshold) => {
  await expect(wrapDataKey(dataKey, groups, threshold, createdAt)).rejects.toMatchObject({
    code: "share-invalid",
  })
})

test("fails as a whole when one recipient cannot be wrapped for, and wipes the shares all the same", async () => {
  const given: Uint8Array[] = []
  const failing: Recipient = {
    ...recording("X", given),
    async wrap() {
      throw new ConclaveError("wrap-failed", "cannot wrap for X", { recipient: "X" })
    },
  }
  const groups = [[failing, recording("A", given)], [recording("B", given)]]
  await expect(wrapDataKey(dataKey, groups, 2, createdAt)).rejects.toMatchObject({
    code: "wrap-failed",
    details: { recipient: "X" },
  })
  expect(given).toEqual([new Uint8Array(33)])
})
