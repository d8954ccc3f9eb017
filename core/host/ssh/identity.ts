/**
 * A private SSH key as an identity of age. Its passphrase is asked for when an
 * entry is wrapped for this very key, which its tag tells, and not before.
 */

import { wipe } from "../../bytes.ts"
import { ageFileOf } from "../../keys/age/entry-file.ts"
import { recipientForm } from "../../keys/age/key-text.ts"
import type { SshPublicKey } from "../../keys/age/ssh-public-key.ts"
import type { Identity } from "../../keys/identity.ts"
import { nativeAgeEngine } from "../age-native.ts"
import type { SshPrivateKey } from "./private-key.ts"
import { stanzaFor, unwrapWithSsh } from "./stanza.ts"

/** @param unlock - The private key. Called once at most, whether it fails or not. */
export function sshIdentity(
  source: string,
  publicKey: SshPublicKey,
  unlock: () => Promise<SshPrivateKey>,
): Identity {
  let key: Promise<SshPrivateKey> | undefined
  return {
    source,

    handles(entry) {
      return entry.kind === "age" && recipientForm(entry.recipient) === "ssh"
    },

    async unwrap(entry) {
      if (entry.kind !== "age") return null
      const file = ageFileOf(entry)
      const stanza = stanzaFor(file.stanzas, publicKey)
      if (stanza === null) return null
      key ??= unlock()
      const fileKey = await unwrapWithSsh(stanza, await key)
      try {
        return await nativeAgeEngine.openWith(file, fileKey)
      } finally {
        wipe(fileKey)
      }
    },
  }
}
