import { describe, expect, test } from "vitest"
import { concat, toBase64 } from "../../../../core/bytes.ts"
import { sshIdentity } from "../../../../core/host/ssh/identity.ts"
import { readSshKeyFile } from "../../../../core/host/ssh/key-file.ts"
import { parseSshRecipient } from "../../../../core/host/ssh/recipient.ts"
import { wrapForSsh } from "../../../../core/host/ssh/stanza.ts"
import { encodeHeader, parseAgeFile } from "../../../../core/keys/age/age-file.ts"
import { decodeArmor, encodeArmor } from "../../../../core/keys/age/armor.ts"
import { libraryEngine } from "../../../../core/keys/age/library-engine.ts"
import { parseSshPublicKey } from "../../../../core/keys/age/ssh-public-key.ts"
import { writeString } from "../../../../core/keys/age/ssh-wire.ts"
import type { Stanza } from "../../../../core/keys/age/stanza.ts"
import type { Identity } from "../../../../core/keys/identity.ts"
import type { AgeEntry } from "../../../../core/keys/key-entry.ts"
import { SECRET, sshEntry, sshKeyBytes, sshRecipientText } from "../../keys/ssh-vectors.ts"

function identityOf(name: string): Identity {
  const file = readSshKeyFile(sshKeyBytes(name), name)
  if (file.kind !== "open") throw new Error(`${name} is locked`)
  const { key } = file
  return sshIdentity(name, key.publicKey, async () => key)
}

async function entryFor(name: string): Promise<AgeEntry> {
  const recipient = parseSshRecipient(sshRecipientText(name))
  return recipient.toEntry(await recipient.wrap(SECRET), "") as AgeEntry
}

describe("an SSH recipient", () => {
  test.each(["ed25519", "rsa-2048", "rsa-4096"])(
    "%s is opened by its private key and by no other",
    async (name) => {
      const entry = await entryFor(name)
      expect(await identityOf(name).unwrap(entry)).toEqual(SECRET)
      for (const other of ["rsa-pkcs1", "ed25519-pkcs8"])
        expect(await identityOf(other).unwrap(entry)).toBeNull()
    },
  )

  test("keeps its text, with the comment, as its name", () => {
    const recipient = parseSshRecipient(` ${sshRecipientText("ed25519")}\n`)
    expect(recipient).toMatchObject({ kind: "age", id: sshRecipientText("ed25519") })
    expect(recipient.toEntry("x", "")).toEqual({
      kind: "age",
      recipient: sshRecipientText("ed25519"),
      enc: "x",
    })
  })

  test("wraps afresh each time", async () => {
    const recipient = parseSshRecipient(sshRecipientText("ed25519"))
    expect(await recipient.wrap(SECRET)).not.toBe(await recipient.wrap(SECRET))
  })

  test("makes stanzas of the sizes that age makes", async () => {
    for (const name of ["ed25519", "rsa-2048"]) {
      const shape = ({ enc }: AgeEntry) =>
        parseAgeFile(decodeArmor(enc)).stanzas.map(({ type, args, body }) => [
          type,
          args.map((arg) => arg.length),
          body.length,
        ])
      expect(shape(await entryFor(name))).toEqual(shape(sshEntry(name)))
    }
  })

  test.each([
    ["a kind that age cannot use", sshRecipientText("ecdsa"), "kind-unsupported"],
    ["a key that is too short", sshRecipientText("rsa-1024"), "recipient-invalid"],
    ["a key that is cut", sshRecipientText("ed25519").slice(0, 40), "recipient-invalid"],
  ])("is refused for %s", (_, text, code) => {
    expect(() => parseSshRecipient(text)).toThrow(expect.objectContaining({ code }))
  })

  test("that is no point of the curve cannot be wrapped for", async () => {
    const blob = concat(writeString("ssh-ed25519"), writeString(new Uint8Array(32).fill(2)))
    await expect(parseSshRecipient(`ssh-ed25519 ${toBase64(blob)}`).wrap(SECRET)).rejects.toMatchObject({
      code: "wrap-failed",
      message: expect.stringContaining("not a point of its curve"),
    })
  })
})

describe("a file of the library's engine, for platforms without the cipher", () => {
  test.each(["ed25519", "rsa-2048"])("for %s opens with the native one", async (name) => {
    const publicKey = parseSshPublicKey(sshRecipientText(name))
    const bytes = await libraryEngine.sealWith(SECRET, wrapForSsh(publicKey))
    const entry: AgeEntry = { kind: "age", recipient: "ssh-", enc: encodeArmor(bytes) }
    expect(await identityOf(name).unwrap(entry)).toEqual(SECRET)
  })
})

describe("a stanza for an SSH key", async () => {
  const good = await entryFor("ed25519")
  const {
    stanzas: [stanza],
  } = parseAgeFile(decodeArmor(good.enc))
  if (stanza === undefined) throw new Error("no stanza")
  const [tag = "", share = ""] = stanza.args

  function withStanzas(...stanzas: Stanza[]): AgeEntry {
    const file = parseAgeFile(decodeArmor(good.enc))
    const old = encodeHeader(file.stanzas)
    return { ...good, enc: encodeArmor(concat(encodeHeader(stanzas), file.bytes.subarray(old.length))) }
  }

  test.each<[string, Stanza]>([
    ["without a share", { ...stanza, args: [tag] }],
    ["with an argument too many", { ...stanza, args: [tag, share, "x"] }],
    ["with a short share", { ...stanza, args: [tag, share.slice(4)] }],
    ["with a tag that is not four bytes", { ...stanza, args: ["AAAA", share] }],
    ["with a short body", { ...stanza, body: stanza.body.subarray(1) }],
  ])("%s is malformed", async (_, changed) => {
    await expect(identityOf("ed25519").unwrap(withStanzas(changed))).rejects.toMatchObject({
      code: "malformed",
    })
  })

  test.each<[string, Stanza]>([
    ["whose body is altered", { ...stanza, body: stanza.body.map((byte) => byte ^ 1) }],
    ["whose share is of low order", { ...stanza, args: [tag, "A".repeat(43)] }],
  ])("%s is not authentic", async (_, changed) => {
    await expect(identityOf("ed25519").unwrap(withStanzas(changed))).rejects.toMatchObject({
      code: "not-authentic",
    })
  })

  test("among others makes the header another one, which is not authentic", async () => {
    const stranger = { ...stanza, args: ["AAAAAA", share] }
    const entry = withStanzas(stranger, stanza)
    await expect(identityOf("ed25519").unwrap(entry)).rejects.toMatchObject({ code: "not-authentic" })
    expect(await identityOf("ed25519").unwrap(withStanzas(stranger))).toBeNull()
  })

  test("of RSA whose body is altered does not open", async () => {
    const rsa = await entryFor("rsa-2048")
    const file = parseAgeFile(decodeArmor(rsa.enc))
    const [own] = file.stanzas
    if (own === undefined) throw new Error("no stanza")
    const changed = { ...own, body: own.body.map((byte, index) => (index === 100 ? byte ^ 1 : byte)) }
    const enc = encodeArmor(concat(encodeHeader([changed]), file.bytes.subarray(encodeHeader([own]).length)))
    await expect(identityOf("rsa-2048").unwrap({ ...rsa, enc })).rejects.toMatchObject({
      code: "not-authentic",
    })
  })
})
