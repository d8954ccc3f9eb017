/**
 * The vectors that age's own implementations are held to, on both engines: a
 * file opens if and only if it should, and to the right bytes.
 */

import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { inflateSync } from "node:zlib"
import { describe, expect, test } from "vitest"
import { nativeAgeEngine, nativeScrypt } from "../../../../core/host/age-native.ts"
import { encodeArmor } from "../../../../core/keys/age/armor.ts"
import { parseAgeIdentities } from "../../../../core/keys/age/identity.ts"
import { openIdentityFile } from "../../../../core/keys/age/identity-file.ts"
import { libraryEngine } from "../../../../core/keys/age/library-engine.ts"

const FOLDER = new URL("../../../vectors/age/", import.meta.url)

type Vector = {
  readonly name: string
  readonly expect: string
  readonly payload: string
  readonly identities: readonly string[]
  readonly passphrases: readonly string[]
  readonly isArmored: boolean
  readonly file: Uint8Array
}

function readVector(name: string): Vector {
  const bytes = readFileSync(new URL(name, FOLDER))
  const end = bytes.indexOf("\n\n")
  const fields = bytes
    .subarray(0, end)
    .toString()
    .split("\n")
    .map((line) => line.split(/: (.*)/s))
  const all = (field: string) => fields.flatMap(([key, value = ""]) => (key === field ? [value] : []))
  const body = bytes.subarray(end + 2)
  return {
    name,
    expect: all("expect").join(),
    payload: all("payload").join(),
    identities: all("identity"),
    passphrases: all("passphrase"),
    isArmored: all("armored").includes("yes"),
    file: all("compressed").includes("zlib") ? inflateSync(body) : body,
  }
}

const vectors = readdirSync(FOLDER)
  .filter((name) => !name.includes("."))
  .map(readVector)
const keyed = vectors.filter(
  ({ identities, passphrases }) => identities.length > 0 && passphrases.length === 0,
)
const locked = vectors.filter(({ passphrases }) => passphrases.length > 0)

test("there are vectors of every outcome", () => {
  const outcomes = new Set(keyed.map((vector) => vector.expect))
  expect([...outcomes].sort()).toEqual([
    "HMAC failure",
    "armor failure",
    "header failure",
    "no match",
    "payload failure",
    "success",
  ])
  expect(keyed.length).toBeGreaterThan(100)
  expect(locked.length).toBeGreaterThan(20)
})

describe.each([
  ["library", libraryEngine],
  ["native", nativeAgeEngine],
])("with the %s engine", (_, engine) => {
  async function open({ identities, isArmored, file }: Vector): Promise<string> {
    const enc = isArmored ? Buffer.from(file).toString() : encodeArmor(file)
    for (const identity of parseAgeIdentities(identities.join("\n"), "vector", { engine })) {
      const payload = await identity.unwrap({ kind: "age", recipient: "age1", enc })
      if (payload !== null) return createHash("sha256").update(payload).digest("hex")
    }
    return "no match"
  }

  test.each(keyed)("$name: $expect", async (vector) => {
    if (vector.expect === "success") expect(await open(vector)).toBe(vector.payload)
    else if (vector.expect === "no match") expect(await open(vector)).toBe("no match")
    else {
      const code = vector.expect.match(/HMAC|payload/)
        ? "not-authentic"
        : expect.stringMatching(/malformed|not-authentic/)
      await expect(open(vector)).rejects.toMatchObject({ code })
    }
  })
})

describe("behind a passphrase", () => {
  // The payload of a vector is no identity file: one that opens fails at its first line, and not before.
  const CODES = new Map([
    ["success", "line 1 of vector is not an age identity"],
    ["header failure", "vector"],
  ])

  test.each(locked)("$name: $expect", async (vector) => {
    const opening = openIdentityFile(vector.file, vector.passphrases.join(), "vector", {
      scrypt: nativeScrypt,
    })
    // An upper-case SCRYPT is a stanza of some other type, so there is nothing that a passphrase could open.
    if (vector.expect === "no match" && vector.name !== "scrypt_uppercase") {
      await expect(opening).rejects.toMatchObject({ code: "passphrase-wrong" })
    } else {
      const message = expect.stringContaining(CODES.get(vector.expect) ?? "not behind a passphrase")
      await expect(opening).rejects.toMatchObject({ code: "identity-invalid", message })
    }
  })
})
