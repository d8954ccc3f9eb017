/**
 * The port for symmetric work on values: AES-256-GCM with IVs of any length
 * and SHA-512, as SOPS needs them. Synchronous, since a document has thousands
 * of values. Randomness is not in the port: nobody may replace it.
 *
 * Two implementations answer the same vectors: `pure-cipher.ts` anywhere,
 * `core/host/node-cipher.ts` on OpenSSL.
 */

/** A data key as an implementation holds it. Opaque: it cannot be printed or serialized. */
export interface CipherKey {
  /** Overwrites what can be overwritten; using the key afterwards is a bug, and throws. */
  destroy(): void
}

export interface Sha512 {
  update(bytes: Uint8Array): void
  /** 64 bytes; ends the computation. */
  digest(): Uint8Array
}

export interface Cipher {
  /** @param bytes - 32 bytes, any other number is a bug; copied, so the caller may wipe its own. */
  importKey(bytes: Uint8Array): CipherKey
  /**
   * Ciphertext followed by the 16-byte tag.
   *
   * @param iv - 8 to 128 bytes, here and in {@link open}; others are a bug of the caller.
   */
  seal(key: CipherKey, iv: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array
  /**
   * The plaintext, or `null` if it is not authentic.
   *
   * @param sealed - Ciphertext and tag; the caller has checked that the tag is 16 bytes.
   */
  open(key: CipherKey, iv: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array | null
  createSha512(): Sha512
}

export const TAG_SIZE = 16
export const CIPHER_KEY_SIZE = 32
