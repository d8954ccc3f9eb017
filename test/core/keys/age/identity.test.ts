import { describe, expect, test } from "vitest"
import { nativeAgeEngine } from "../../../../core/host/age-native.ts"
import { parseAgeFile } from "../../../../core/keys/age/age-file.ts"
import { decodeArmor, encodeArmor } from "../../../../core/keys/age/armor.ts"
import { parseAgeIdentities } from "../../../../core/keys/age/identity.ts"
import { libraryEngine } from "../../../../core/keys/age/library-engine.ts"
import type { PluginKey } from "../../../../core/keys/age/plugin-key.ts"
import { parseAgeRecipient } from "../../../../core/keys/age/recipient.ts"
import type { Stanza } from "../../../../core/keys/age/stanza.ts"
import { decodeRaw, encodeRaw } from "../../../../core/keys/age/strict-base64.ts"
import type { Identity } from "../../../../core/keys/identity.ts"
import type { AgeEntry } from "../../../../core/keys/key-entry.ts"
import { PLUGIN_PAIR } from "../../../plugins/test-plugin.ts"
import { identityText, keyFile, recipientText } from "../vectors.ts"

const secret = new Uint8Array(32).fill(9)
const entry: AgeEntry = {
  kind: "age",
  recipient: recipientText("alice"),
  enc: await parseAgeRecipient(recipientText("alice")).wrap(secret),
}

describe("the text of an identity file", () => {
  const alice = identityText("alice")

  test("holds one identity a line; comments and empty lines are left out", () => {
    const text = `# created: today\n\n${alice}\r\n#${alice}\n${identityText("quinn")}`
    expect(parseAgeIdentities(text, "keys.txt").map(({ source }) => source)).toEqual(["keys.txt", "keys.txt"])
  })

  test.each(["", "\n", "# nothing\n"])("may hold none: %j", (text) => {
    expect(parseAgeIdentities(text, "keys.txt")).toEqual([])
  })

  test("may hold several on a line only where that is allowed", () => {
    const text = `# two\n ${alice} \t${identityText("bob")}\n${identityText("quinn")}`
    expect(parseAgeIdentities(text, "SOPS_AGE_KEY", { severalPerLine: true })).toHaveLength(3)
    expect(() => parseAgeIdentities(text, "SOPS_AGE_KEY")).toThrow(
      expect.objectContaining({ code: "identity-invalid" }),
    )
  })

  test.each([
    ["a wrong character", alice.replace(/.$/, (last) => (last === "Q" ? "P" : "Q"))],
    ["lower case", alice.toLowerCase()],
    ["a blank behind", `${alice} `],
    ["an indented comment", " # comment"],
    ["a recipient", recipientText("alice")],
    ["something else", "hunter2"],
  ])("is refused as a whole for %s, naming the line and not its text", (_, line) => {
    const text = `${identityText("bob")}\n${line}\n`
    try {
      parseAgeIdentities(text, "keys.txt")
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: "identity-invalid", details: { source: "keys.txt", line: 2 } })
      expect(JSON.stringify([error, String(error)])).not.toContain(line.trim())
    }
  })

  test("may name a plugin, which stands for its entries where nobody can run it", async () => {
    const [native, plugin] = parseAgeIdentities(`${PLUGIN_PAIR.identity}\n${alice}`, "keys.txt")
    const theirs: AgeEntry = { ...entry, recipient: PLUGIN_PAIR.recipient }
    expect([plugin?.handles(theirs), native?.handles(theirs)]).toEqual([true, false])
    expect([plugin?.handles(entry), native?.handles(entry)]).toEqual([false, true])
    await expect(plugin?.unwrap(theirs)).rejects.toMatchObject({ code: "kind-unsupported" })
  })

  test("hands a plugin's identity to who runs plugins, behind all others", () => {
    const plugin: Identity = { source: "", handles: () => true, unwrap: async () => null }
    const keys: unknown[] = []
    const pluginIdentity = (key: PluginKey, source: string) => {
      keys.push([key, source])
      return plugin
    }
    const identities = parseAgeIdentities(`${PLUGIN_PAIR.identity} ${alice}`, "SOPS_AGE_KEY", {
      severalPerLine: true,
      pluginIdentity,
    })
    expect(keys).toEqual([[{ plugin: "test", text: PLUGIN_PAIR.identity }, "SOPS_AGE_KEY"]])
    expect(identities.indexOf(plugin)).toBe(1)
  })

  test("with a misspelt identity of a plugin is refused", () => {
    expect(() => parseAgeIdentities(PLUGIN_PAIR.identity.replace("VDHK", "VDHH"), "keys.txt")).toThrow(
      expect.objectContaining({ code: "identity-invalid", details: { source: "keys.txt", line: 1 } }),
    )
  })
})

describe.each([
  ["library", libraryEngine],
  ["native", nativeAgeEngine],
])("an identity with the %s engine", (_, engine) => {
  const [alice, bob, quinn] = parseAgeIdentities(
    `${keyFile("alice")}${keyFile("bob")}${keyFile("quinn")}`,
    "test",
    { engine },
  )

  /** The entry with one bit of the age file flipped. */
  function flipped(at: number, bit: number): AgeEntry {
    const file = decodeArmor(entry.enc).slice()
    file[at] = (file[at] ?? 0) ^ (1 << bit)
    return { ...entry, enc: encodeArmor(file) }
  }

  test("unwraps its own", async () => {
    expect(await alice?.unwrap(entry)).toEqual(secret)
  })

  test.each([
    ["another key", bob],
    ["a key of another kind", quinn],
  ])("says that an entry is not for %s", async (_name, identity) => {
    expect(await identity?.unwrap(entry)).toBe(null)
  })

  test("has nothing to do with entries of other kinds", async () => {
    const pgp = { kind: "pgp", fp: "AB", createdAt: "2024-01-01T00:00:00Z", enc: entry.enc } as const
    expect(alice?.handles(pgp)).toBe(false)
    expect(await alice?.unwrap(pgp)).toBe(null)
    expect(alice?.handles({ ...entry, recipient: "ssh-ed25519 AAAA" })).toBe(false)
  })

  test("opens no file with any bit flipped", async () => {
    const size = decodeArmor(entry.enc).length
    for (let at = 0; at < size; at++) {
      const result = await alice?.unwrap(flipped(at, at % 8)).catch((error: unknown) => error)
      if (result === null) continue
      expect(result).toMatchObject({ code: expect.stringMatching(/^(malformed|not-authentic)$/) })
    }
  })

  test.each([
    ["share of its stanza", ([stanza]: Stanza[]) => decodeRaw(stanza?.args[0] ?? ""), null],
    ["wrapped file key", ([stanza]: Stanza[]) => stanza?.body, null],
    ["MAC", (_stanzas: Stanza[], mac: Uint8Array) => mac, "not-authentic"],
  ])("tells what a flipped bit in the %s means", async (_name, partOf, code) => {
    const file = parseAgeFile(decodeArmor(entry.enc))
    const part = partOf([...file.stanzas], file.mac) ?? new Uint8Array(0)
    for (const at of [0, 17, 31]) {
      const altered = Uint8Array.from(part)
      altered[at] = (altered[at] ?? 0) ^ 1
      const text = Buffer.from(file.bytes).toString("latin1").replace(encodeRaw(part), encodeRaw(altered))
      const enc = encodeArmor(Buffer.from(text, "latin1"))
      expect(enc).not.toBe(entry.enc)
      const result = await alice?.unwrap({ ...entry, enc }).catch((error: unknown) => error)
      if (code === null) expect(result).toBe(null)
      else expect(result).toMatchObject({ code })
    }
  })

  test.each([
    ["nonce", 0],
    ["payload", 20],
    ["tag", 47],
  ])("tells what a flipped bit in the %s of the payload means", async (_name, at) => {
    const { bytes, payload } = parseAgeFile(decodeArmor(entry.enc))
    const altered = flipped(bytes.length - payload.length + at, 3)
    await expect(alice?.unwrap(altered)).rejects.toMatchObject({ code: "not-authentic" })
  })

  test("opens no file that is cut anywhere", async () => {
    const file = decodeArmor(entry.enc)
    for (let size = 0; size < file.length; size++) {
      const cut = { ...entry, enc: encodeArmor(file.subarray(0, size)) }
      await expect(alice?.unwrap(cut)).rejects.toMatchObject({
        code: expect.stringMatching(/^(malformed|not-authentic)$/),
      })
    }
  })

  test("opens no armor that is cut anywhere before its last character", async () => {
    const text = entry.enc.trimEnd()
    for (let size = 0; size < text.length; size++) {
      await expect(alice?.unwrap({ ...entry, enc: text.slice(0, size) })).rejects.toMatchObject({
        code: "malformed",
      })
    }
  })

  test("does not try a wrapped key that is far too large", async () => {
    const enc = encodeArmor(new Uint8Array(1 << 20))
    await expect(alice?.unwrap({ ...entry, enc })).rejects.toMatchObject({ code: "too-large" })
  })
})
