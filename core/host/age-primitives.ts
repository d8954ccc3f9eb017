/**
 * What age is made of, on `node:crypto`: X25519, HKDF-SHA-256 and
 * ChaCha20-Poly1305 (RFC 7748, 5869, 8439). BoringSSL (Electron, Bun) lacks
 * the last one: ask {@link hasCipher} first.
 */

import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  getCiphers,
  type KeyObject,
} from "node:crypto"
import { concat, wipe } from "../bytes.ts"
import { notAuthentic } from "../keys/age/engine.ts"

const CIPHER = "chacha20-poly1305"
export const TAG_SIZE = 16
/** A file key's wrapping key is used once, hence a nonce of zeros. */
export const ZERO_NONCE: Uint8Array = new Uint8Array(12)
/** The counter of HKDF's first block. */
const FIRST_BLOCK = Uint8Array.of(1)

/** RFC 8410: what stands before the 32 bytes of an X25519 key in PKCS #8 and in SPKI. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex")
const SPKI_PREFIX = Buffer.from("302a300506032b656e032100", "hex")

let cipherIsThere: boolean | undefined

export function hasCipher(): boolean {
  cipherIsThere ??= getCiphers().includes(CIPHER)
  return cipherIsThere
}

/** An X25519 pair: the private key as Node holds it, the public one as 32 bytes. */
export type X25519Pair = { readonly privateKey: KeyObject; readonly share: Uint8Array }

export function generateX25519(): X25519Pair {
  const { privateKey, publicKey } = generateKeyPairSync("x25519")
  return { privateKey, share: rawPublicKey(publicKey) }
}

/** @param bytes - 32, secret. */
export function toX25519(bytes: Uint8Array): X25519Pair {
  const der = concat(PKCS8_PREFIX, bytes)
  const privateKey = createPrivateKey({ key: der as Buffer, format: "der", type: "pkcs8" })
  wipe(der)
  return { privateKey, share: rawPublicKey(createPublicKey(privateKey)) }
}

/** OpenSSL refuses points of low order, whose shared secret would be known to everyone. */
export function sharedSecret(privateKey: KeyObject, peer: Uint8Array): Uint8Array {
  const publicKey = createPublicKey({ key: concat(SPKI_PREFIX, peer) as Buffer, format: "der", type: "spki" })
  try {
    return diffieHellman({ privateKey, publicKey })
  } catch (cause) {
    throw notAuthentic("file", cause)
  }
}

function rawPublicKey(key: KeyObject): Uint8Array {
  return key.export({ format: "der", type: "spki" }).subarray(SPKI_PREFIX.length)
}

/**
 * HKDF-SHA-256 (RFC 5869) for 32 bytes, which is one block: extract, then one
 * round of expand. By HMAC and not by `hkdfSync`, whose first call costs a
 * tenth of a cold start.
 */
export function hkdf(secret: Uint8Array, salt: Uint8Array, info: string): Uint8Array {
  const extracted = createHmac("sha256", salt).update(secret).digest()
  const key = createHmac("sha256", extracted).update(info).update(FIRST_BLOCK).digest()
  wipe(extracted)
  return key
}

/** `null` if the bytes were not sealed under this key and nonce. */
export function open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | null {
  if (sealed.length < TAG_SIZE) return null
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_SIZE })
  decipher.setAuthTag(sealed.subarray(-TAG_SIZE))
  const plaintext = decipher.update(sealed.subarray(0, -TAG_SIZE))
  try {
    decipher.final()
  } catch {
    wipe(plaintext)
    return null
  }
  // A copy: small Buffers are slices of a pool that others write to.
  return new Uint8Array(plaintext)
}

export function seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_SIZE })
  return concat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag())
}
