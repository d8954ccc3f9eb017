/** The text of an identity file, as `age-keygen` writes it, and the recipients of what one holds. */

import { fromUtf8 } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import type { AgeKeyPair } from "./generate.ts"
import { decryptIdentityFile, isEncryptedIdentityFile, type Scrypt } from "./identity-file.ts"
import { decodeIdentityKey } from "./key-text.ts"

/** @param created - RFC 3339. */
export function identityFileText(pair: AgeKeyPair, created: string): string {
  return `# created: ${created}\n# public key: ${pair.recipient}\n${pair.identity}\n`
}

/**
 * Whom to encrypt to, so that the identities of a file open it.
 *
 * @param passphrase - For a file behind one; `null` otherwise.
 * @throws {@link ConclaveError} `identity-invalid` for a line that is no
 * identity of age's own, `passphrase-wrong`.
 */
export async function recipientsOfFile(
  bytes: Uint8Array,
  passphrase: string | null,
  source: string,
  scrypt?: Scrypt,
): Promise<string[]> {
  const text = isEncryptedIdentityFile(bytes)
    ? await decryptIdentityFile(bytes, passphrase ?? "", source, scrypt)
    : (fromUtf8(bytes) ?? "")
  const { identityToRecipient } = await import("age-encryption")
  const recipients: string[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === "" || line.startsWith("#")) continue
    const key = decodeIdentityKey(line)
    if (key === null) {
      throw new ConclaveError("identity-invalid", `line ${index + 1} of ${source} is not an age identity`, {
        source,
        line: index + 1,
      })
    }
    recipients.push(await identityToRecipient(key.text))
  }
  return recipients
}
