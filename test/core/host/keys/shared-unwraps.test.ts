import { describe, expect, test } from "vitest"
import { sharing } from "../../../../core/host/keys/shared-unwraps.ts"
import type { Identity } from "../../../../core/keys/identity.ts"
import type { KeyEntry } from "../../../../core/keys/key-entry.ts"

function entry(enc: string, arn = "k"): KeyEntry {
  return { kind: "kms", arn, awsProfile: "", createdAt: "", enc }
}

type Asked = {
  readonly entry: KeyEntry
  answer(secret: Uint8Array | Error): void
  readonly signal: AbortSignal
}

function remote(): { readonly identity: Identity; readonly asked: Asked[] } {
  const asked: Asked[] = []
  return {
    asked,
    identity: sharing({
      source: "elsewhere",
      handles: () => true,
      unwrap: (entry, signal) =>
        new Promise((resolve, reject) => {
          asked.push({
            entry,
            // What shares calls always passes one.
            signal: signal as AbortSignal,
            answer: (secret) => (secret instanceof Error ? reject(secret) : resolve(secret)),
          })
        }),
    }),
  }
}

describe("a wrapped key that many files carry", () => {
  test("is unwrapped once, and everyone gets a copy", async () => {
    const { identity, asked } = remote()
    const waiting = [1, 2, 3].map(() => identity.unwrap(entry("e")))
    asked[0]?.answer(Uint8Array.of(1, 2))
    const secrets = [...(await Promise.all(waiting)), await identity.unwrap(entry("e"))]
    expect(asked).toHaveLength(1)
    secrets[0]?.fill(0)
    expect(secrets.slice(1)).toEqual(new Array(3).fill(Uint8Array.of(1, 2)))
  })

  test("is another one with another text, key or context", async () => {
    const { identity, asked } = remote()
    const context = new Map([["a", "b"]])
    for (const one of [entry("e"), entry("f"), entry("e", "l"), { ...entry("e"), context }]) {
      void identity.unwrap(one as KeyEntry)
    }
    expect(asked).toHaveLength(4)
  })

  test("fails for all of them by one call", async () => {
    const { identity, asked } = remote()
    const waiting = [1, 2].map(() => identity.unwrap(entry("e")))
    asked[0]?.answer(new Error("denied"))
    for (const one of waiting) await expect(one).rejects.toThrow("denied")
    await expect(identity.unwrap(entry("e"))).rejects.toThrow("denied")
    expect(asked).toHaveLength(1)
  })

  test("is called off when nobody waits for it any more, and can be asked for again", async () => {
    const { identity, asked } = remote()
    const [one, two] = [new AbortController(), new AbortController()]
    const waiting = [identity.unwrap(entry("e"), one.signal), identity.unwrap(entry("e"), two.signal)]
    one.abort(new Error("enough"))
    await expect(waiting[0]).rejects.toThrow("enough")
    expect(asked[0]?.signal.aborted).toBe(false)
    two.abort(new Error("enough"))
    await expect(waiting[1]).rejects.toThrow("enough")
    expect(asked[0]?.signal.aborted).toBe(true)
    asked[0]?.answer(new Error("called off"))
    const again = identity.unwrap(entry("e"))
    asked[1]?.answer(Uint8Array.of(7))
    expect(await again).toEqual(Uint8Array.of(7))
  })
})
