import { describe, expect, test } from "vitest"
import { nativeAgeEngine } from "../../../../core/host/age-native.ts"
import { encodeHeader, parseAgeFile } from "../../../../core/keys/age/age-file.ts"
import { decodeArmor } from "../../../../core/keys/age/armor.ts"
import { generateAgeIdentity } from "../../../../core/keys/age/generate.ts"
import { parseAgeIdentities } from "../../../../core/keys/age/identity.ts"
import { libraryEngine } from "../../../../core/keys/age/library-engine.ts"
import { parseAgeRecipient } from "../../../../core/keys/age/recipient.ts"
import { ageEntries, identityText, keyFile, type Person, recipientText } from "../vectors.ts"

const engines = [
  ["library", libraryEngine],
  ["native", nativeAgeEngine],
] as const
const secret = Uint8Array.from({ length: 33 }, (_, index) => index)

describe.each(engines)("with the %s engine", (_, engine) => {
  test.each<Person>(["alice", "quinn"])("wraps for %s what either engine unwraps", async (person) => {
    const recipient = parseAgeRecipient(` ${recipientText(person)}\n`, engine)
    const entry = recipient.toEntry(await recipient.wrap(secret), "2024-01-01T00:00:00Z")
    expect(entry).toEqual({
      kind: "age",
      recipient: recipientText(person),
      enc: expect.stringMatching(/FILE-----\n$/),
    })
    for (const [, opener] of engines) {
      const [identity] = parseAgeIdentities(keyFile(person), "test", { engine: opener })
      expect(await identity?.unwrap(entry)).toEqual(secret)
    }
  })

  test("wraps anew each time", async () => {
    const recipient = parseAgeRecipient(recipientText("alice"), engine)
    expect(await recipient.wrap(secret)).not.toBe(await recipient.wrap(secret))
  })

  test("writes the same shape as sops: one stanza, and the same size", async () => {
    const [theirs] = ageEntries("yaml-two-recipients")
    const enc = await parseAgeRecipient(recipientText("alice"), engine).wrap(secret.subarray(0, 32))
    expect(enc.length).toBe(theirs?.enc.length)
    const file = parseAgeFile(decodeArmor(enc))
    expect(file.stanzas.map(({ type, args }) => [type, args.length])).toEqual([["X25519", 1]])
    expect(encodeHeader(file.stanzas)).toEqual(file.signed)
  })

  test("unwraps what sops has wrapped", async () => {
    for (const vector of ["yaml-two-recipients", "yaml-post-quantum"]) {
      const identities = parseAgeIdentities(
        `${keyFile("alice")}${keyFile("bob")}${keyFile("quinn")}`,
        "test",
        { engine },
      )
      const opened = ageEntries(vector).map(async (entry) => {
        const secrets = await Promise.all(identities.map((identity) => identity.unwrap(entry)))
        return secrets.filter((bytes) => bytes !== null).map((bytes) => bytes.length)
      })
      expect(await Promise.all(opened)).toEqual(ageEntries(vector).map(() => [32]))
    }
  })

  test("fails by name when a recipient's bytes are no point to wrap for", async () => {
    // The point of order one: whoever wrapped for it would wrap for everybody.
    const text = `age1${"q".repeat(52)}5cu47z`
    await expect(parseAgeRecipient(text, engine).wrap(secret)).rejects.toMatchObject({
      code: "wrap-failed",
      details: { recipient: text },
    })
  })
})

test.each([
  ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN", "ssh"],
  ["ssh-rsa AAAA", "ssh"],
  ["age1yubikey1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqjrljxx", "age plugin"],
])("does not support %s yet", (text, kind) => {
  expect(() => parseAgeRecipient(text)).toThrow(
    expect.objectContaining({ code: "kind-unsupported", details: { kind } }),
  )
})

test.each([
  ["an empty text", ""],
  ["a cut recipient", recipientText("alice").slice(0, -1)],
  ["a recipient in upper case", recipientText("alice").toUpperCase()],
  ["two recipients", `${recipientText("alice")},${recipientText("bob")}`],
  ["a hybrid recipient that is cut", recipientText("quinn").slice(0, -1)],
])("refuses %s", (_, text) => {
  expect(() => parseAgeRecipient(text)).toThrow(expect.objectContaining({ code: "recipient-invalid" }))
})

test("does not repeat a secret key that was given for a recipient", () => {
  const text = identityText("alice")
  try {
    parseAgeRecipient(text)
    expect.unreachable()
  } catch (error) {
    expect(JSON.stringify([error, String(error)])).not.toContain(text.slice(16, 24))
  }
})

test.each([false, true])(
  "generates key pairs that open what is wrapped for them (post-quantum: %s)",
  async (postQuantum) => {
    const { identity, recipient } = await generateAgeIdentity({ postQuantum })
    expect(identity).toMatch(postQuantum ? /^AGE-SECRET-KEY-PQ-1/ : /^AGE-SECRET-KEY-1/)
    expect(recipient).toMatch(postQuantum ? /^age1pq1/ : /^age1[^1]+$/)
    const enc = await parseAgeRecipient(recipient).wrap(secret)
    const [parsed] = parseAgeIdentities(identity, "new")
    expect(await parsed?.unwrap({ kind: "age", recipient, enc })).toEqual(secret)
  },
)
