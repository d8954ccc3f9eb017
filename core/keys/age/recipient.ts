/**
 * Recipients of age: X25519 (`age1…`) and the post-quantum hybrid
 * (`age1pq1…`). A wrapped data key is an armored age file for this one
 * recipient, as sops writes it (`age/keysource.go`).
 */

import { ConclaveError } from "../../errors.ts"
import type { Recipient } from "../recipient.ts"
import { encodeArmor } from "./armor.ts"
import { decodeBech32 } from "./bech32.ts"
import type { AgeEngine } from "./engine.ts"
import { type AgeRecipientKey, decodeRecipientKey, recipientForm } from "./key-text.ts"
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
  return ageRecipient(key, engine)
}

function ageRecipient(key: AgeRecipientKey, engine: AgeEngine): Recipient {
  const seal = engine.sealerFor(key)
  return {
    kind: "age",
    id: key.text,

    async wrap(secret) {
      try {
        return encodeArmor(await seal(secret))
      } catch (cause) {
        const details = { recipient: key.text }
        throw new ConclaveError("wrap-failed", `cannot wrap for ${key.text}`, details, { cause })
      }
    },

    toEntry(enc) {
      return { kind: "age", recipient: key.text, enc }
    },
  }
}
