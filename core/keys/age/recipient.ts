/**
 * Recipients of age: X25519 (`age1…`) and the post-quantum hybrid
 * (`age1pq1…`). A wrapped data key is an armored age file for this one
 * recipient, as sops writes it (`age/keysource.go`).
 */

import { ConclaveError, hasCode } from "../../errors.ts"
import type { Recipient } from "../recipient.ts"
import { encodeArmor } from "./armor.ts"
import { decodeBech32 } from "./bech32.ts"
import type { AgeEngine } from "./engine.ts"
import { decodeRecipientKey, recipientForm } from "./key-text.ts"
import { libraryEngine } from "./library-engine.ts"

/**
 * Parses one recipient; white space around it is ignored, as by sops.
 *
 * @throws {@link ConclaveError} `kind-unsupported` for SSH keys and plugins,
 * and `recipient-invalid` for all that is no recipient of age.
 */
export function parseAgeRecipient(text: string, engine: AgeEngine = libraryEngine): Recipient {
  const trimmed = text.trim()
  const form = recipientForm(trimmed)
  // Nearly every misspelt recipient has no checksum, and is not to pass for a plugin's.
  if (form === "ssh" || (form === "plugin" && decodeBech32(trimmed) !== null)) {
    const kind = form === "ssh" ? "ssh" : "age plugin"
    throw new ConclaveError("kind-unsupported", `recipients of kind ${kind} are not supported`, { kind })
  }
  const key = decodeRecipientKey(trimmed)
  if (key === null) {
    // Not quoted: a secret key pasted by mistake must not come back in a message.
    throw new ConclaveError("recipient-invalid", "not an age recipient, or misspelt", { kind: "age" })
  }
  return armoredRecipient(key.text, engine.sealerFor(key))
}

/**
 * A recipient whose wrapped data keys are age files, armored.
 *
 * @param seal - Makes the age file. Its failures become `wrap-failed`, but for
 * `plugin-untrusted`, which is no failure of the recipient.
 */
export function armoredRecipient(
  text: string,
  seal: (payload: Uint8Array) => Promise<Uint8Array>,
): Recipient {
  return {
    kind: "age",
    id: text,

    async wrap(secret) {
      try {
        return encodeArmor(await seal(secret))
      } catch (cause) {
        if (hasCode(cause, "plugin-untrusted")) throw cause
        const reason = cause instanceof ConclaveError ? `: ${cause.message}` : ""
        const details = { recipient: text }
        throw new ConclaveError("wrap-failed", `cannot wrap for ${text}${reason}`, details, { cause })
      }
    },

    toEntry(enc) {
      return { kind: "age", recipient: text, enc }
    },
  }
}
