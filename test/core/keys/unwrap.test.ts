import { setMaxListeners } from "node:events"
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

describe("identities that ask another machine", () => {
  type Call = { readonly name: string; answer(secret: Uint8Array | Error | null): void }

  /** Notes each call, which the test answers; ends when it is called off. */
  function remote(): { readonly identity: Identity; readonly calls: Call[]; readonly calledOff: string[] } {
    const calls: Call[] = []
    const calledOff: string[] = []
    const identity: Identity = {
      source: "elsewhere",
      remote: true,
      handles: (entry) => entry.kind === "kms",
      unwrap: (entry, signal) =>
        new Promise((resolve, reject) => {
          const name = entry.kind === "kms" ? entry.arn : ""
          // The host's signals can be listened to; core needs to know less of them.
          const listened = signal as globalThis.AbortSignal
          setMaxListeners(0, listened)
          listened.addEventListener("abort", () => {
            calledOff.push(name)
            reject(listened.reason)
          })
          calls.push({
            name,
            answer: (secret) => (secret instanceof Error ? reject(secret) : resolve(secret)),
          })
        }),
    }
    return { identity, calls, calledOff }
  }

  const failure = (reason: string) => new ConclaveError("unwrap-failed", reason, { recipient: "" })

  async function turns(count = 20): Promise<void> {
    for (let turn = 0; turn < count; turn++) await Promise.resolve()
  }

  test("come after the others, wherever they stand", async () => {
    const { identity, calls } = remote()
    const { dataKey: opened } = await unwrapDataKey(
      [[kms("k"), age("a")]],
      0,
      [identity, holder("age", ["a"])],
      [],
    )
    expect(opened).toEqual(dataKey)
    expect(calls).toEqual([])
  })

  test("are asked for all groups at once, and called off when there are enough", async () => {
    const { identity, calls, calledOff } = remote()
    const shares = await splitSecret(dataKey, 5, 2)
    const opening = unwrapDataKey(
      shares.map((share, index) => [kms(`k${index}`, share)]),
      2,
      [identity],
    )
    await turns()
    expect(calls.map(({ name }) => name)).toEqual(["k0", "k1", "k2", "k3", "k4"])
    calls[1]?.answer(failure("denied"))
    calls[4]?.answer(Uint8Array.from(shares[4] ?? []))
    calls[2]?.answer(Uint8Array.from(shares[2] ?? []))
    const { dataKey: opened, attempts } = await opening
    expect(opened).toEqual(dataKey)
    expect(calledOff).toEqual(expect.arrayContaining(["k0", "k3"]))
    expect(attempts).toEqual([
      { group: 1, recipient: "k1", kind: "kms", outcome: "failed", reason: "denied" },
      { group: 2, recipient: "k2", kind: "kms", outcome: "opened" },
      { group: 4, recipient: "k4", kind: "kms", outcome: "opened" },
    ])
  })

  test("are asked for no more than 16 entries at a time", async () => {
    const { identity, calls } = remote()
    const group = Array.from({ length: 40 }, (_, index) => kms(`k${index}`))
    const opening = unwrapDataKey([group], 0, [identity])
    await turns()
    expect(calls).toHaveLength(16)
    for (const call of calls.slice(0, 3)) call.answer(failure("denied"))
    await turns()
    expect(calls).toHaveLength(19)
    calls[18]?.answer(Uint8Array.from(dataKey))
    expect((await opening).dataKey).toEqual(dataKey)
    expect(calls).toHaveLength(19)
  })

  test("tell what became of every call when too few groups open", async () => {
    const { identity, calls } = remote()
    const [share = new Uint8Array(0)] = await splitSecret(dataKey, 2, 2)
    const untrusted = new ConclaveError("not-trusted", "needs your word", { name: "kms-role:r" })
    const opening = unwrapDataKey(
      [
        [kms("a", share), kms("b")],
        [kms("c"), kms("d")],
      ],
      2,
      [identity],
    )
    await turns()
    calls[0]?.answer(Uint8Array.from(share))
    calls[1]?.answer(failure("denied"))
    calls[2]?.answer(untrusted)
    calls[3]?.answer(failure("unreachable"))
    await expect(opening).rejects.toMatchObject({
      code: "below-threshold",
      details: {
        have: 1,
        attempts: [
          { recipient: "a", outcome: "opened" },
          { recipient: "b", outcome: "failed", reason: "denied" },
          { recipient: "c", outcome: "not-trusted", reason: "needs your word" },
          { recipient: "d", outcome: "failed", reason: "unreachable" },
        ],
      },
    })
  })

  test("do not hide a bug", async () => {
    const { identity, calls } = remote()
    const opening = unwrapDataKey([[kms("a"), kms("b")]], 0, [identity])
    await turns()
    calls[0]?.answer(new TypeError("undefined is not a function"))
    calls[1]?.answer(Uint8Array.from(dataKey))
    await expect(opening).rejects.toThrow(TypeError)
  })
})

test("an entry whose group has opened by another is not called one of a strange kind", async () => {
  const [share, other] = await splitSecret(dataKey, 2, 2)
  const groups = [[age("a", share), age("b", share)], [pgp("p", other)]]
  await expect(unwrapDataKey(groups, 2, [holder("age", ["a"])])).rejects.toMatchObject({
    details: {
      attempts: [
        { recipient: "a", outcome: "opened" },
        { recipient: "p", outcome: "unsupported" },
      ],
    },
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
