import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { ConclaveError } from "../../../core/errors.ts"
import { nativeAgeEngine } from "../../../core/host/age-native.ts"
import { parseAgeIdentities } from "../../../core/keys/age/identity.ts"
import { generateDataKey, toDataKey } from "../../../core/keys/data-key.ts"
import type { Identity } from "../../../core/keys/identity.ts"
import type { KeyEntry, KeyGroup } from "../../../core/keys/key-entry.ts"
import { unwrapDataKey } from "../../../core/keys/unwrap.ts"
import { splitSecret } from "../../../core/shamir/shares.ts"
import { ageEntries, keyFile, type Person } from "./vectors.ts"

const date = "2024-01-01T00:00:00Z"
const dataKey = generateDataKey()

function age(name: string, secret: Uint8Array = dataKey): KeyEntry {
  return { kind: "age", recipient: name, enc: Buffer.from(secret).toString("hex") }
}

function pgp(name: string, secret: Uint8Array = dataKey): KeyEntry {
  return { kind: "pgp", fp: name, createdAt: date, enc: Buffer.from(secret).toString("hex") }
}

function kms(name: string, secret: Uint8Array = dataKey): KeyEntry {
  return { kind: "kms", arn: name, awsProfile: "", createdAt: date, enc: Buffer.from(secret).toString("hex") }
}

/** An identity that opens the entries of the given names, and remembers which it was asked to open. */
function holder(kind: KeyEntry["kind"], names: readonly string[], asked: string[] = []): Identity {
  return {
    source: `${kind} of ${names.join()}`,
    handles: (entry) => entry.kind === kind,
    async unwrap(entry) {
      const name =
        entry.kind === "age"
          ? entry.recipient
          : entry.kind === "pgp"
            ? entry.fp
            : "arn" in entry
              ? entry.arn
              : ""
      asked.push(name)
      return names.includes(name) ? new Uint8Array(Buffer.from(entry.enc, "hex")) : null
    },
  }
}

async function shareGroups(count: number, threshold: number): Promise<KeyGroup[]> {
  const shares = await splitSecret(dataKey, count, threshold)
  return shares.map((share, index) => [age(`r${index}`, share)])
}

describe("a document with one key group", () => {
  test("opens with any of its entries", async () => {
    for (const name of ["a", "b"]) {
      const result = await unwrapDataKey([[age("a"), age("b")]], 0, [holder("age", [name])])
      expect(result.dataKey).toEqual(dataKey)
    }
  })

  test("ignores a threshold that is left over", async () => {
    const result = await unwrapDataKey([[age("a")]], 3, [holder("age", ["a"])])
    expect(result.dataKey).toEqual(dataKey)
  })

  test("tells what became of the entries that were tried, and of no others", async () => {
    const { attempts } = await unwrapDataKey([[pgp("p"), age("a"), age("b"), age("c")]], 0, [
      holder("age", ["b"]),
    ])
    expect(attempts).toEqual([
      { group: 0, recipient: "a", kind: "age", outcome: "not-mine" },
      { group: 0, recipient: "b", kind: "age", outcome: "opened" },
    ])
  })

  test("lists every entry when none opens", async () => {
    const groups = [[kms("arn"), age("a"), pgp("p")]]
    const failing: Identity = {
      ...holder("pgp", []),
      async unwrap() {
        throw new ConclaveError("malformed", "the packet is cut", { at: "pgp" })
      },
    }
    await expect(unwrapDataKey(groups, 0, [holder("age", []), failing])).rejects.toMatchObject({
      code: "no-identity",
      details: {
        attempts: [
          { recipient: "arn", kind: "kms", outcome: "unsupported", reason: expect.stringContaining("kms") },
          { recipient: "a", kind: "age", outcome: "not-mine" },
          { recipient: "p", kind: "pgp", outcome: "failed", reason: "the packet is cut" },
        ],
      },
    })
  })

  test("tells a kind that is not supported from a failure", async () => {
    const unsupported: Identity = {
      ...holder("age", []),
      async unwrap() {
        throw new ConclaveError("kind-unsupported", "not yet", { kind: "ssh" })
      },
    }
    await expect(unwrapDataKey([[age("a")]], 0, [holder("age", []), unsupported])).rejects.toMatchObject({
      details: { attempts: [{ outcome: "unsupported", reason: "not yet" }] },
    })
  })

  test("opens in spite of an identity that fails", async () => {
    const failing: Identity = {
      ...holder("age", []),
      async unwrap() {
        throw new ConclaveError("not-authentic", "altered", { at: "age header" })
      },
    }
    const { attempts } = await unwrapDataKey([[age("a")]], 0, [failing, holder("age", ["a"])])
    expect(attempts).toEqual([{ group: 0, recipient: "a", kind: "age", outcome: "opened" }])
  })

  test("does not take a bug for an entry that does not open", async () => {
    const buggy: Identity = {
      ...holder("age", []),
      async unwrap() {
        throw new TypeError("undefined is not a function")
      },
    }
    await expect(unwrapDataKey([[age("a")]], 0, [buggy])).rejects.toThrow(TypeError)
  })

  test.each([0, 16, 31, 33])("does not take %d bytes for a data key", async (size) => {
    const groups = [[age("a", new Uint8Array(size).fill(1))]]
    await expect(unwrapDataKey(groups, 0, [holder("age", ["a"])])).rejects.toMatchObject({
      code: "no-identity",
      details: { attempts: [{ outcome: "failed" }] },
    })
  })

  test("opens by another entry when one holds something that is no data key", async () => {
    const groups = [[age("a", new Uint8Array(5)), age("b")]]
    const { dataKey: opened } = await unwrapDataKey(groups, 0, [holder("age", ["a", "b"])])
    expect(opened).toEqual(dataKey)
  })
})

test("a document without entries does not open", async () => {
  for (const groups of [[], [[]]]) {
    await expect(unwrapDataKey(groups, 0, [holder("age", [])])).rejects.toMatchObject({
      code: "no-identity",
      details: { attempts: [] },
    })
  }
})

describe("the order", () => {
  const groups = [[kms("k"), pgp("p1"), age("a1"), pgp("p2"), age("a2")]]

  async function tried(order?: KeyEntry["kind"][]): Promise<string[]> {
    const asked: string[] = []
    const holders = (["kms", "pgp", "age"] as const).map((kind) => holder(kind, [], asked))
    await expect(unwrapDataKey(groups, 0, holders, order)).rejects.toMatchObject({ code: "no-identity" })
    return asked
  }

  test("is age, PGP, then the rest, within a kind as stored", async () => {
    expect(await tried()).toEqual(["a1", "a2", "p1", "p2", "k"])
  })

  test("can be another one", async () => {
    expect(await tried(["pgp", "kms"])).toEqual(["p1", "p2", "k", "a1", "a2"])
    expect(await tried([])).toEqual(["k", "p1", "p2", "a1", "a2"])
  })
})

describe("a document with several key groups", () => {
  test("opens with any t of n groups, and with no t - 1", async () => {
    const cases = fc.integer({ min: 2, max: 7 }).chain((n) =>
      fc.record({
        n: fc.constant(n),
        threshold: fc.integer({ min: 2, max: n }),
        order: fc.shuffledSubarray([...new Array(n).keys()], { minLength: n, maxLength: n }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(cases, async ({ n, threshold, order }) => {
        const groups = await shareGroups(n, threshold)
        const names = order.map((index) => `r${index}`)
        const enough = [holder("age", names.slice(0, threshold))]
        expect((await unwrapDataKey(groups, threshold, enough)).dataKey).toEqual(dataKey)
        const tooFew = [holder("age", names.slice(0, threshold - 1))]
        await expect(unwrapDataKey(groups, threshold, tooFew)).rejects.toMatchObject({
          code: "below-threshold",
          details: { have: threshold - 1, need: threshold, attempts: { length: n } },
        })
      }),
    )
  })

  test("needs all of them where no threshold is stored", async () => {
    const groups = await shareGroups(3, 3)
    expect((await unwrapDataKey(groups, 0, [holder("age", ["r0", "r1", "r2"])])).dataKey).toEqual(dataKey)
    await expect(unwrapDataKey(groups, 0, [holder("age", ["r0", "r1"])])).rejects.toMatchObject({
      code: "below-threshold",
      details: { have: 2, need: 3 },
    })
  })

  test("never opens with one group, whatever threshold is stored", async () => {
    const groups = await shareGroups(3, 2)
    await expect(unwrapDataKey(groups, 1, [holder("age", ["r1"])])).rejects.toMatchObject({
      code: "below-threshold",
    })
  })

  test("says that no identity fits when no group opens", async () => {
    const groups = await shareGroups(3, 2)
    await expect(unwrapDataKey(groups, 2, [holder("age", [])])).rejects.toMatchObject({ code: "no-identity" })
  })

  test("tries no more groups once there are enough", async () => {
    const asked: string[] = []
    const groups = await shareGroups(5, 2)
    await unwrapDataKey(groups, 2, [holder("age", ["r0", "r1", "r2", "r3", "r4"], asked)])
    expect(asked).toEqual(["r0", "r1"])
  })

  test("counts a group once, however many of its entries open", async () => {
    const [share, other] = await splitSecret(dataKey, 2, 2)
    const groups = [[age("a", share), age("b", share)], [age("c", other)]]
    await expect(unwrapDataKey(groups, 2, [holder("age", ["a", "b"])])).rejects.toMatchObject({
      code: "below-threshold",
      details: { have: 1, need: 2 },
    })
  })

  test.each([
    ["a share with x = 0", Uint8Array.of(...new Uint8Array(32), 0)],
    ["a whole data key in place of a share", dataKey],
    ["nothing", new Uint8Array(0)],
  ])("does not count %s", async (_, bytes) => {
    const groups = [...(await shareGroups(2, 2)).slice(0, 1), [age("bad", bytes)]]
    await expect(unwrapDataKey(groups, 2, [holder("age", ["r0", "bad"])])).rejects.toMatchObject({
      code: "below-threshold",
      details: { attempts: [{ outcome: "opened" }, { outcome: "failed", reason: expect.any(String) }] },
    })
  })

  test("does not combine the same share twice", async () => {
    const [share] = await splitSecret(dataKey, 2, 2)
    const groups = [[age("a", share)], [age("b", share)]]
    await expect(unwrapDataKey(groups, 2, [holder("age", ["a", "b"])])).rejects.toMatchObject({
      code: "share-invalid",
    })
  })
})

describe("identities that are made one by one", () => {
  async function* making(identities: readonly Identity[], made: string[]): AsyncGenerator<Identity> {
    try {
      for (const identity of identities) {
        made.push(identity.source)
        yield identity
      }
    } finally {
      made.push("closed")
    }
  }

  test("are made no further than needed", async () => {
    const made: string[] = []
    const source = making([holder("age", ["x"]), holder("age", ["a"]), holder("age", ["b"])], made)
    await unwrapDataKey([[age("a"), age("b")]], 0, source)
    expect(made).toEqual(["age of x", "age of a", "closed"])
  })

  test("are not made at all where no entry could use them", async () => {
    const made: string[] = []
    await expect(unwrapDataKey([[]], 0, making([holder("age", [])], made))).rejects.toMatchObject({
      code: "no-identity",
    })
    expect(made.filter((source) => source !== "closed")).toEqual([])
  })

  test("are tried on every group before the next one is made", async () => {
    const made: string[] = []
    const groups = await shareGroups(3, 2)
    await unwrapDataKey(groups, 2, making([holder("age", ["r0", "r2"]), holder("age", ["r1"])], made))
    expect(made).toEqual(["age of r0,r2", "closed"])
  })

  test("are made once, though every kind of key asks for them", async () => {
    const made: string[] = []
    const source = making([holder("age", []), holder("pgp", ["p"])], made)
    await unwrapDataKey([[pgp("p"), age("a")]], 0, source)
    expect(made).toEqual(["age of ", "pgp of p", "closed"])
  })
})

test("shares are wiped once they are combined or of no use, and the data key is not", async () => {
  const shares = await splitSecret(dataKey, 2, 2)
  const handedOut: Uint8Array[] = []
  const identity: Identity = {
    ...holder("age", []),
    async unwrap(entry) {
      const share = shares[entry.kind === "age" && entry.recipient === "r0" ? 0 : 1]
      const copy = Uint8Array.from(share ?? [])
      handedOut.push(copy)
      return copy
    },
  }
  const result = await unwrapDataKey([[age("r0")], [age("r1")]], 2, [identity])
  expect(handedOut).toEqual([new Uint8Array(33), new Uint8Array(33)])
  expect(result.dataKey).toEqual(dataKey)

  await expect(unwrapDataKey([[age("r0")], [pgp("p")]], 2, [identity])).rejects.toMatchObject({
    code: "below-threshold",
  })
  expect(handedOut[2]).toEqual(new Uint8Array(33))
})

describe("documents that sops has written with key groups", () => {
  test.each<[string, number, Person[]]>([
    ["shamir-2-of-3", 2, ["alice", "bob", "carol", "dave", "erin"]],
    ["shamir-3-of-5", 3, ["alice", "bob", "carol", "dave", "erin"]],
  ])("%s opens to the same data key whoever opens it", async (name, threshold, people) => {
    const groups = ageEntries(name).map((entry) => [entry])
    const owners = people.filter((person) =>
      groups.some(([entry]) => keyFile(person).includes(entry?.recipient ?? "-")),
    )
    const keys = new Set<string>()
    for (let first = 0; first < owners.length; first++) {
      const chosen = [...owners.slice(first), ...owners.slice(0, first)].slice(0, threshold)
      const identities = parseAgeIdentities(chosen.map(keyFile).join(""), "test", { engine: nativeAgeEngine })
      const { dataKey: opened } = await unwrapDataKey(groups, threshold, identities)
      keys.add(Buffer.from(toDataKey(opened)).toString("hex"))
      await expect(unwrapDataKey(groups, threshold, identities.slice(1))).rejects.toMatchObject({
        code: "below-threshold",
      })
    }
    expect(owners.length).toBe(groups.length)
    expect(keys.size).toBe(1)
  })
})
