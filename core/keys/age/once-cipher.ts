/**
 * ChaCha20-Poly1305 as age wraps a file key with it: under a key that is used
 * once, hence a nonce of zeros. Pure, for where the platform has no such
 * cipher, and loaded at its first use.
 */

const ZERO_NONCE = new Uint8Array(12)

/** @param key - 32 bytes. */
export async function sealOnce(key: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array> {
  const { chacha20poly1305 } = await import("@noble/ciphers/chacha.js")
  return chacha20poly1305(key, ZERO_NONCE).encrypt(plaintext)
}

/** `null` if the bytes were not sealed under this key. */
export async function openOnce(key: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | null> {
  const { chacha20poly1305 } = await import("@noble/ciphers/chacha.js")
  try {
    return chacha20poly1305(key, ZERO_NONCE).decrypt(sealed)
  } catch {
    return null
  }
}
