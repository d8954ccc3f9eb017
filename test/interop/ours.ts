/**
 * conclave's side of a comparison, without a process: the same code that the
 * command line runs, for thousands of small documents.
 */

import { decryptDocument, unwrapDocument } from "#core/document/decrypt.ts"
import { parseDocument } from "#core/document/document.ts"
import { encryptDocument } from "#core/document/encrypt.ts"
import type { FormatName } from "#core/formats/format.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nativeAgeEngine } from "#core/host/age-native.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { parseAgeIdentities } from "#core/keys/age/identity.ts"
import { parseAgeRecipient } from "#core/keys/age/recipient.ts"
import type { Notice } from "#core/sops/crypt.ts"
import { DEFAULT_RULE, type SelectionRule } from "#core/sops/selection.ts"
import { identityOf, recipientOf } from "./keys.ts"

const engine = nativeAgeEngine
const recipients = [[parseAgeRecipient(recipientOf("alice"), engine)]]
const identities = parseAgeIdentities(identityOf("alice"), "alice", { engine })

export type Scope = { readonly rule?: SelectionRule; readonly macOnlyEncrypted?: boolean }
export type Result = { readonly bytes: Uint8Array; readonly notices: readonly Notice[] }

/** `conclave encrypt --canonical`, for alice. */
export async function encryptCanonical(
  plain: Uint8Array,
  name: FormatName,
  scope: Scope = {},
): Promise<Result> {
  const format = formatNamed(name)
  return encryptDocument(format.parsePlain(plain), format, {
    cipher: nodeCipher,
    recipients,
    threshold: 0,
    rule: scope.rule ?? DEFAULT_RULE,
    macOnlyEncrypted: scope.macOnlyEncrypted ?? false,
    moment: new Date(),
  })
}

/** `conclave decrypt --canonical`, with alice's key. */
export async function decrypt(encrypted: Uint8Array, name: FormatName): Promise<Result> {
  const format = formatNamed(name)
  const document = parseDocument(encrypted, format)
  const dataKey = await unwrapDocument(document, identities)
  const { tree, notices } = await decryptDocument(document, dataKey, { cipher: nodeCipher })
  return { bytes: format.printPlain(tree), notices }
}
