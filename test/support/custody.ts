/** The people of the test vectors as recipients and identities, and encrypting and decrypting for them in one step. */

import type { Cipher } from "#core/cipher/cipher.ts"
import { decryptDocument, unwrapDocument } from "#core/document/decrypt.ts"
import { parseDocument } from "#core/document/document.ts"
import { type EncryptOptions, encryptDocument } from "#core/document/encrypt.ts"
import { unwritten } from "#core/document/version.ts"
import type { FormatName } from "#core/formats/format.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { nativeAgeEngine } from "#core/host/age-native.ts"
import { nodeCipher } from "#core/host/node-cipher.ts"
import { parseAgeIdentities } from "#core/keys/age/identity.ts"
import { parseAgeRecipient } from "#core/keys/age/recipient.ts"
import type { Identity } from "#core/keys/identity.ts"
import type { Recipient } from "#core/keys/recipient.ts"
import type { Notice } from "#core/sops/crypt.ts"
import { DEFAULT_RULE } from "#core/sops/selection.ts"
import type { Tree } from "#core/sops/tree.ts"
import { identityOf, type Person, recipientOf } from "../interop/keys.ts"

export type { Person }

export function recipient(person: Person): Recipient {
  return parseAgeRecipient(recipientOf(person), nativeAgeEngine)
}

export function identities(...people: Person[]): Identity[] {
  return people.flatMap((person) =>
    parseAgeIdentities(identityOf(person), person, { engine: nativeAgeEngine }),
  )
}

export const ALICE_ALONE: readonly (readonly Recipient[])[] = [[recipient("alice")]]

/** Under SOPS' default rule and for alice, unless told otherwise. */
export async function encryptFor(
  tree: Tree,
  format: FormatName,
  options: Partial<EncryptOptions> = {},
): Promise<Uint8Array> {
  const { bytes } = await encryptDocument(unwritten(tree), formatNamed(format), {
    layout: "canonical",
    cipher: nodeCipher,
    recipients: ALICE_ALONE,
    threshold: 0,
    rule: DEFAULT_RULE,
    macOnlyEncrypted: false,
    moment: new Date("2026-01-02T03:04:05.678Z"),
    ...options,
  })
  return bytes
}

export async function decryptWith(
  source: Uint8Array,
  format: FormatName,
  keys: readonly Identity[] = identities("alice"),
  cipher: Cipher = nodeCipher,
): Promise<{ tree: Tree; notices: readonly Notice[] }> {
  const document = parseDocument(source, formatNamed(format))
  const dataKey = await unwrapDocument(document, keys)
  return decryptDocument(document, dataKey, { cipher })
}
