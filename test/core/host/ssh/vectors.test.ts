/** What real sops has encrypted for SSH keys opens. */

import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { decryptDocument, unwrapDocument } from "../../../../core/document/decrypt.ts"
import { parseDocument } from "../../../../core/document/document.ts"
import { formatNamed } from "../../../../core/formats/registry.ts"
import { ageIdentitySources } from "../../../../core/host/identities.ts"
import { nodeCipher } from "../../../../core/host/node-cipher.ts"

const VECTORS = new URL("../../../vectors/", import.meta.url)

test.each([
  ["yaml-ssh-ed25519", "ssh_ed25519"],
  ["yaml-ssh-rsa", "ssh_rsa"],
])("the vector %s decrypts with %s", async (name, key) => {
  const format = formatNamed("yaml")
  const read = (file: string) => new Uint8Array(readFileSync(new URL(`sops/${name}/${file}`, VECTORS)))
  const { identities } = ageIdentitySources({
    env: { SOPS_AGE_SSH_PRIVATE_KEY_FILE: fileURLToPath(new URL(`keys/${key}`, VECTORS)) },
    platform: "linux",
    askPassphrase: async () => null,
  })
  const document = parseDocument(read("encrypted.yaml"), format)
  const dataKey = await unwrapDocument(document, identities)
  const { tree } = await decryptDocument(document, dataKey, { cipher: nodeCipher })
  expect(Buffer.from(format.printPlain(tree))).toEqual(Buffer.from(read("decrypted.yaml")))
})
