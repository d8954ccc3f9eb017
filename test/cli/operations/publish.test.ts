import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import type { Context, IdentityPool } from "../../../cli/context.ts"
import { nodeFiles } from "../../../cli/node/files.ts"
import { planPublication, preparePayload } from "../../../cli/operations/publish.ts"
import { toUtf8 } from "../../../core/bytes.ts"
import { decryptDocument, unwrapDocument } from "../../../core/document/decrypt.ts"
import { parseDocument } from "../../../core/document/document.ts"
import { encryptDocument } from "../../../core/document/encrypt.ts"
import { unwritten } from "../../../core/document/version.ts"
import { yaml } from "../../../core/formats/yaml.ts"
import { nodeCipher } from "../../../core/host/node-cipher.ts"
import { parseAgeIdentities } from "../../../core/keys/age/identity.ts"
import { parseAgeRecipient } from "../../../core/keys/age/recipient.ts"
import { DEFAULT_RULE } from "../../../core/sops/selection.ts"
import { temporaryFolder } from "../../core/host/temporary-folder.ts"
import { identityText, type Person, recipientText } from "../../core/keys/vectors.ts"

const PLAIN = "host: db.internal\npassword: correct horse\nnote_unencrypted: text\n"
const moment = new Date("2024-05-06T07:08:09Z")

/** What publishing reaches for, with alice's identity, in a folder with her file and this configuration. */
async function contextWith(rule: string): Promise<Context> {
  const folder = await temporaryFolder()
  const { bytes } = await encryptDocument(unwritten(yaml.parsePlain(toUtf8(PLAIN))), yaml, {
    layout: "canonical",
    cipher: nodeCipher,
    recipients: [[parseAgeRecipient(recipientText("alice"))]],
    threshold: 0,
    rule: DEFAULT_RULE,
    macOnlyEncrypted: false,
    moment,
  })
  writeFileSync(join(folder, "app.yaml"), bytes)
  writeFileSync(join(folder, ".sops.yaml"), `destination_rules:\n  - ${rule}\n`)
  const reached: Partial<Context> = {
    files: nodeFiles(folder, {} as Context["terminal"]),
    cipher: nodeCipher,
    clock: { now: () => moment },
    env: {},
    workingDirectory: folder,
    recipient: async (spec) => parseAgeRecipient(spec.kind === "age" ? spec.recipient : ""),
  }
  // The rest of a context is not reached for.
  return reached as Context
}

const pool: IdentityPool = {
  identities: {
    async *[Symbol.asyncIterator]() {
      yield* parseAgeIdentities(identityText("alice"), "alice")
    },
  },
  reports: () => [],
  near: () => pool,
}

async function payloadFor(rule: string) {
  const context = await contextWith(rule)
  const request = {
    file: "app.yaml",
    folder: null,
    omitExtension: false,
    lookup: "working-directory",
  } as const
  const publication = await planPublication(request, context)
  return preparePayload(publication, undefined, pool, context)
}

async function openAs(person: Person, bytes: Uint8Array) {
  const document = parseDocument(bytes, yaml)
  const dataKey = await unwrapDocument(document, parseAgeIdentities(identityText(person), person))
  return { document, ...(await decryptDocument(document, dataKey, { cipher: nodeCipher })) }
}

test("a recreation rule counts in full: its regex, its MAC, its keys", async () => {
  const payload = await payloadFor(
    `{s3_bucket: b, recreation_rule: {age: ${recipientText("bob")}, encrypted_regex: ^pass, mac_only_encrypted: true}}`,
  )
  if (payload.kind !== "file") throw new Error("a secret")
  const text = Buffer.from(payload.bytes).toString()
  expect(text).toMatch(/^host: db.internal\npassword: ENC\[.*\nnote_unencrypted: text\n/)
  const { document, tree } = await openAs("bob", payload.bytes)
  expect(document.metadata).toMatchObject({
    rule: { field: "encrypted_regex", pattern: "^pass" },
    macOnlyEncrypted: true,
  })
  expect(Buffer.from(yaml.printPlain(tree)).toString()).toBe(PLAIN)
  await expect(openAs("alice", payload.bytes)).rejects.toMatchObject({ code: "no-identity" })
})

test("a rule that names no selection gets sops' default, and the published file passes its MAC", async () => {
  const payload = await payloadFor(`{gcs_bucket: b, recreation_rule: {age: ${recipientText("bob")}}}`)
  if (payload.kind !== "file") throw new Error("a secret")
  expect(Buffer.from(payload.bytes).toString()).toMatch(
    /^host: ENC\[.*\npassword: ENC\[.*\nnote_unencrypted: text\n/,
  )
  await openAs("bob", payload.bytes)
})

test("without one the file goes as it is", async () => {
  const context = await contextWith("{s3_bucket: b}")
  const request = {
    file: "app.yaml",
    folder: null,
    omitExtension: false,
    lookup: "working-directory",
  } as const
  const publication = await planPublication(request, context)
  const payload = await preparePayload(publication, undefined, pool, context)
  expect(payload).toEqual({ kind: "file", bytes: publication.source.bytes })
})
