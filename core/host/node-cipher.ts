/**
 * The cipher on `node:crypto`. A KeyObject is passed instead of raw bytes: a
 * quarter of the time for each value, and the key does not show in a dump of
 * JavaScript objects.
 */

import { createCipheriv, createDecipheriv, createHash, createSecretKey, type KeyObject } from "node:crypto"
import type { Cipher, CipherKey } from "../cipher/cipher.ts"
import { TAG_SIZE } from "../cipher/cipher.ts"

class NodeKey implements CipherKey {
  #key: KeyObject | null

  constructor(bytes: Uint8Array) {
    this.#key = createSecretKey(bytes)
  }

  static reveal(key: CipherKey): KeyObject {
    if (!(key instanceof NodeKey)) throw new Error("a key of another cipher")
    if (key.#key === null) throw new Error("a key that was destroyed")
    return key.#key
  }

  destroy(): void {
    // OpenSSL clears the key when the object is collected; there is nothing to overwrite here.
    this.#key = null
  }
}

const ALGORITHM = "aes-256-gcm"

export const nodeCipher: Cipher = {
  importKey: (bytes) => new NodeKey(bytes),

  seal(key, iv, plaintext, aad) {
    const cipher = createCipheriv(ALGORITHM, NodeKey.reveal(key), iv, { authTagLength: TAG_SIZE })
    cipher.setAAD(aad)
    const ciphertext = cipher.update(plaintext)
    cipher.final()
    const sealed = new Uint8Array(ciphertext.length + TAG_SIZE)
    sealed.set(ciphertext)
    sealed.set(cipher.getAuthTag(), ciphertext.length)
    return sealed
  },

  open(key, iv, sealed, aad) {
    const end = sealed.length - TAG_SIZE
    const decipher = createDecipheriv(ALGORITHM, NodeKey.reveal(key), iv, { authTagLength: TAG_SIZE })
    decipher.setAAD(aad)
    decipher.setAuthTag(sealed.subarray(end))
    const plaintext = decipher.update(sealed.subarray(0, end))
    try {
      decipher.final()
    } catch {
      // The one failure of final() in GCM is a tag that does not match.
      plaintext.fill(0)
      return null
    }
    return bare(plaintext)
  },

  createSha512() {
    const hash = createHash("sha512")
    return { update: (bytes) => void hash.update(bytes), digest: () => bare(hash.digest()) }
  },
}

/** The same bytes without Buffer's own methods, of which `slice` shares memory. */
function bare(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}
