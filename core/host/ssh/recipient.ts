/** SSH public keys as recipients of age: `ssh-ed25519 AAAA…` and `ssh-rsa AAAA…`. */

import { ConclaveError } from "../../errors.ts"
import { armoredRecipient } from "../../keys/age/recipient.ts"
import { parseSshPublicKey, type SshPublicKey } from "../../keys/age/ssh-public-key.ts"
import type { Recipient } from "../../keys/recipient.ts"
import { nativeAgeEngine } from "../age-native.ts"
import { wrapForSsh } from "./stanza.ts"

/**
 * Parses one recipient, with the comment that a `.pub` file has behind the key
 * or without; SOPS keeps it as a part of the recipient's text.
 *
 * @throws {@link ConclaveError} `kind-unsupported` for SSH keys that age cannot
 * use, `recipient-invalid` for broken ones.
 */
export function parseSshRecipient(text: string): Recipient {
  const trimmed = text.trim()
  const wrap = wrapForSsh(parsePublicKey(trimmed))
  return armoredRecipient(trimmed, (payload) => nativeAgeEngine.sealWith(payload, wrap))
}

function parsePublicKey(text: string): SshPublicKey {
  try {
    return parseSshPublicKey(text)
  } catch (error) {
    if (!(error instanceof ConclaveError) || error.code !== "malformed") throw error
    throw new ConclaveError("recipient-invalid", `not an SSH recipient: ${error.message}`, { kind: "age" })
  }
}
