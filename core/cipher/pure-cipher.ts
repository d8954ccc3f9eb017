/** The cipher on the audited noble libraries: for browsers, and wherever the platform lacks an algorithm. */

import { gcm } from "@noble/ciphers/aes.js"
import { sha512 } from "@noble/hashes/sha2.js"
import { wipe } from "../bytes.ts"
import { CIPHER_KEY_SIZE, type Cipher, type CipherKey } from "./cipher.ts"

class PureKey implements CipherKey {
  readonly #bytes: Uint8Array
  #destroyed = false

  constructor(bytes: Uint8Array) {
    // The library would take 16 bytes too, and do AES-128.
    if (bytes.length !== CIPHER_KEY_SIZE) throw new Error(`not a key of ${CIPHER_KEY_SIZE} bytes`)
    this.#bytes = Uint8Array.from(bytes)
  }

  static reveal(key: CipherKey): Uint8Array {
    if (!(key instanceof PureKey)) throw new Error("a key of another cipher")
    // Overwritten, it is a key that everyone knows.
    if (key.#destroyed) throw new Error("a key that was destroyed")
    return key.#bytes
  }

  destroy(): void {
    this.#destroyed = true
    wipe(this.#bytes)
  }
}

export const pureCipher: Cipher = {
  importKey: (bytes) => new PureKey(bytes),

  seal: (key, iv, plaintext, aad) => gcm(PureKey.reveal(key), iv, aad).encrypt(plaintext),

  open(key, iv, sealed, aad) {
    const cipher = gcm(PureKey.reveal(key), iv, aad)
    try {
      return cipher.decrypt(sealed)
    } catch {
      // The library has one failure here, a wrong tag, and says it by throwing.
      return null
    }
  },

  createSha512() {
    const hash = sha512.create()
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() }
  },
}
