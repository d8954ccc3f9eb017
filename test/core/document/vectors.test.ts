/** Files that sops 3.13.2 wrote, and what it printed when it decrypted them. */

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { parseDocument, printDocument } from "#core/document/document.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { formatFor } from "#core/formats/select.ts"
import { nativeAgeEngine } from "#core/host/age-native.ts"
import { parseAgeIdentities } from "#core/keys/age/identity.ts"
import { parseAgeRecipient } from "#core/keys/age/recipient.ts"
import { parseSopsConfig, ruleFor } from "#core/policy/sops-config.ts"
import { readCases } from "../../interop/cases.ts"
import { VECTORS } from "../../interop/keys.ts"
import { CIPHERS } from "../../support/ciphers.ts"
import { decryptWith, encryptFor } from "../../support/custody.ts"

const cases = readCases()

describe.each(CIPHERS)("with $name", ({ cipher }) => {
  test.each(cases)("$name decrypts to what sops decrypts it to", async (vector) => {
    const format = formatNamed(formatFor(vector.encrypted))
    const keys = parseAgeIdentities(vector.identities, "test", { engine: nativeAgeEngine })
    const { tree, notices } = await decryptWith(readFileSync(vector.encrypted), format.name, keys, cipher)
    expect(text(format.printPlain(tree))).toBe(text(readFileSync(vector.decrypted)))
    expect(notices).toEqual([])
  })

  test.each(cases)("$name, encrypted anew from its plaintext, decrypts to the same", async (vector) => {
    const format = formatNamed(formatFor(vector.plain))
    const config = await parseSopsConfig(Buffer.from(vector.config), ".sops.yaml")
    const { groups, threshold, rule, macOnlyEncrypted } = ruleFor(config, "any")
    const bytes = await encryptFor(format.parsePlain(readFileSync(vector.plain)), format.name, {
      cipher,
      recipients: groups.map((group) =>
        group.map((spec) => parseAgeRecipient(spec.kind === "age" ? spec.recipient : "", nativeAgeEngine)),
      ),
      threshold,
      rule,
      macOnlyEncrypted,
    })
    const keys = parseAgeIdentities(vector.identities, "test", { engine: nativeAgeEngine })
    const { tree } = await decryptWith(bytes, format.name, keys, cipher)
    expect(text(format.printPlain(tree))).toBe(text(readFileSync(vector.decrypted)))
  })
})

test.each(cases)("$name, read and printed unchanged, is the same file", ({ encrypted }) => {
  const source = readFileSync(encrypted)
  const document = parseDocument(source, formatNamed(formatFor(encrypted)))
  expect(text(printDocument(document))).toBe(text(source))
})

describe("the examples in sops' own repository", () => {
  const FIRST = "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4"
  const SECOND = "D7229043384BCC60326C6FB9D8720D957C3D3074"

  test.each([
    ["example.yaml", "3.10.2", "2025-08-06T18:55:05Z", [FIRST, SECOND]],
    ["example.json", "3.5.0", "2019-12-10T22:45:55Z", [FIRST, SECOND]],
    ["example.ini", "3.5.0", "2019-12-10T22:45:52Z", [FIRST, SECOND]],
    ["example.txt", "3.5.0", "2019-12-10T22:44:49Z", [FIRST, SECOND]],
  ])("%s is read, with its PGP keys", (name, version, lastModified, fingerprints) => {
    const source = readFileSync(join(VECTORS, "upstream", name))
    const { metadata, tree } = parseDocument(source, formatNamed(formatFor(name)))
    expect(metadata).toMatchObject({ version, lastModified, threshold: 0 })
    expect(metadata.mac).toMatch(/^ENC\[/)
    expect(metadata.groups).toHaveLength(1)
    expect(metadata.groups[0]?.map((key) => (key.kind === "pgp" ? key.fp : key.kind))).toEqual(fingerprints)
    expect(metadata.groups[0]?.every(({ enc }) => enc.startsWith("-----BEGIN PGP MESSAGE-----"))).toBe(true)
    expect(tree[0]?.items.length).toBeGreaterThan(0)
  })
})

/** A text that shows every byte. */
function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1")
}
