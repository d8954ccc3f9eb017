/**
 * Decrypts many files of AWS KMS in one process, as a command over a whole tree
 * does: all at once, with one pool of identities. Prints how many values there
 * were. Bundled and run by `kms.mjs`.
 *
 *     node kms-tree.cjs FILE…
 */

import { readFile } from "node:fs/promises"
import { decryptDocument, unwrapDocument } from "#core/document/decrypt.ts"
import { parseDocument } from "#core/document/document.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { outsideIdentities } from "#core/host/keys/registry.ts"
import { createRemoteCalls } from "#core/host/keys/remote-call.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { TRUST_ALL } from "#core/host/trust.ts"

const identities = outsideIdentities({
  env: process.env,
  platform: process.platform,
  trust: TRUST_ALL,
  calls: createRemoteCalls(),
  ask: async () => null,
})

async function decryptFile(file: string): Promise<number> {
  const format = formatNamed("yaml")
  const document = parseDocument(await readFile(file), format)
  const dataKey = await unwrapDocument(document, identities)
  const { tree } = await decryptDocument(document, dataKey, { cipher: nodeCipher })
  return format.printPlain(tree).length
}

async function main(): Promise<void> {
  const sizes = await Promise.all(process.argv.slice(2).map(decryptFile))
  process.stdout.write(`${sizes.length}\n`)
}

main()
