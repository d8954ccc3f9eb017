import { expect, test } from "vitest"
import { nativeAgeEngine, nativeScrypt } from "../../../../core/host/age-native.ts"
import { decodeArmor, encodeArmor } from "../../../../core/keys/age/armor.ts"
import {
  isEncryptedIdentityFile,
  openIdentityFile,
  sealIdentityFile,
} from "../../../../core/keys/age/identity-file.ts"
import { ageEntries, keyFile } from "../vectors.ts"

/** alice's key file, by age 1.3.1 with a work factor of 10 and the passphrase below. */
const BY_AGE = `-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBCTDcramF1QW5WNVpUNk9u
dEU0dTZ3IDEwCkExTW1ITElFSkZ6OUl5L0lULzh1WUp6RmcyTFl5VFUyZE04RUh4
VWh1aU0KLS0tIEFYWUFGenZ0THc0SjFJSkYvNVVVMEloT1E3Y1NLRTFxQmZkb1F1
QkEzVmcKxGA1ySrLKEPHHKuaZLcpTFtBhnsJIFfX05UmNP5Masx5d69vE6qoL2/v
Osmnq809KlLPyh0OHZzgnIiyehSZHRDqqbNvktt82S8LhRwAJsa412iGPSGtXT+u
Tjll1Hgcr43RTIUPGncJL3iGiYr/Um/jUL3cNTurZelwpNDn4NhuMt7mz4YqAUdP
aXfTFgSMVFpI+zNZwro/Z3CO7abaOgq6JIhxbXteiPDv9olcS3uVuB6NIZnC
-----END AGE ENCRYPTED FILE-----
`
const PASSPHRASE = "correct horse"
const bytes = new TextEncoder().encode(BY_AGE)

test.each([
  ["armored", bytes],
  ["binary", decodeArmor(BY_AGE)],
])("opens what age has written, %s, with either scrypt", async (_, file) => {
  expect(isEncryptedIdentityFile(file)).toBe(true)
  for (const options of [{}, { scrypt: nativeScrypt, engine: nativeAgeEngine }]) {
    const [alice, ...others] = await openIdentityFile(file, PASSPHRASE, "keys.age", options)
    expect(others).toEqual([])
    expect(alice?.source).toBe("keys.age")
    const [entry] = ageEntries("yaml-comments")
    expect(entry === undefined ? null : await alice?.unwrap(entry)).toHaveLength(32)
  }
})

test("tells plain identity files from those behind a passphrase", () => {
  expect(isEncryptedIdentityFile(new TextEncoder().encode(keyFile("alice")))).toBe(false)
  expect(isEncryptedIdentityFile(new Uint8Array(0))).toBe(false)
})

test("opens what it has sealed, and seals anew each time", async () => {
  const text = `${keyFile("alice")}${keyFile("quinn")}`
  const sealed = await sealIdentityFile(text, "ein Päßchen", 4)
  expect(sealed).not.toBe(await sealIdentityFile(text, "ein Päßchen", 4))
  expect(sealed).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/)
  const identities = await openIdentityFile(new TextEncoder().encode(sealed), "ein Päßchen", "keys.age")
  expect(identities).toHaveLength(2)
})

test("seals with the work factor of age", { timeout: 30_000 }, async () => {
  const file = Buffer.from(decodeArmor(await sealIdentityFile("", "x"))).toString("latin1")
  expect(file).toMatch(/^age-encryption.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} 18\n/)
})

test("does not seal with an empty passphrase", async () => {
  await expect(sealIdentityFile(keyFile("alice"), "")).rejects.toMatchObject({ code: "passphrase-needed" })
})

test.each(["", "Correct horse", "correct horse "])(
  "does not open with the passphrase %j",
  async (passphrase) => {
    await expect(openIdentityFile(bytes, passphrase, "keys.age")).rejects.toMatchObject({
      code: "passphrase-wrong",
      details: { source: "keys.age" },
    })
  },
)

test.each([
  ["MAC", 110],
  ["nonce", 150],
  ["payload", 300],
])("does not open with a flipped bit in its %s, and blames the file, not the passphrase", async (_, at) => {
  const file = decodeArmor(BY_AGE).slice()
  file[at] = (file[at] ?? 0) ^ 1
  const armored = new TextEncoder().encode(encodeArmor(file))
  await expect(openIdentityFile(armored, PASSPHRASE, "keys.age")).rejects.toMatchObject({
    code: "identity-invalid",
  })
})

test("refuses more work than age does, without doing it", async () => {
  const text = Buffer.from(decodeArmor(BY_AGE)).toString("latin1")
  const file = Buffer.from(text.replace(" 10\n", " 23\n"), "latin1")
  await expect(openIdentityFile(file, PASSPHRASE, "keys.age")).rejects.toMatchObject({
    code: "identity-invalid",
    message: expect.stringContaining("2^22"),
  })
})

test("refuses a file that is for recipients", async () => {
  const [entry] = ageEntries("yaml-comments")
  const file = new TextEncoder().encode(entry?.enc)
  await expect(openIdentityFile(file, PASSPHRASE, "keys.age")).rejects.toMatchObject({
    code: "identity-invalid",
    message: expect.stringContaining("not behind a passphrase"),
  })
})

test("refuses a file that holds something else, naming the line", async () => {
  const sealed = new TextEncoder().encode(await sealIdentityFile("# fine\nhello", "x", 4))
  await expect(openIdentityFile(sealed, "x", "keys.age")).rejects.toMatchObject({
    code: "identity-invalid",
    details: { source: "keys.age", line: 2 },
  })
})
