/**
 * age's X25519 files with `node:crypto` alone: the same bytes as the library's
 * in half the time of a process, because nothing has to be loaded. Hybrid keys,
 * payloads of more than one chunk and platforms without ChaCha20-Poly1305
 * (BoringSSL: Electron, Bun) go to the library.
 *
 * age spec, "X25519 recipient type", "Header MAC" and "Payload".
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
  randomBytes,
  scrypt,
  timingSafeEqual,
} from "node:crypto"
import { concat, wipe } from "../bytes.ts"
import { type AgeFile, encodeHeader, encodeMac, type Stanza } from "../keys/age/age-file.ts"
import { type AgeEngine, notAuthentic } from "../keys/age/engine.ts"
import type { Scrypt } from "../keys/age/identity-file.ts"
import { STANZA_TYPE } from "../keys/age/key-text.ts"
import { libraryEngine } from "../keys/age/library-engine.ts"
import { decodeRaw, encodeRaw } from "../keys/age/strict-base64.ts"

const CIPHER = "chacha20-poly1305"
const TAG_SIZE = 16
const KEY_SIZE = 32
const FILE_KEY_SIZE = 16
const PAYLOAD_NONCE_SIZE = 16
const CHUNK_SIZE = 64 * 1024
const X25519_LABEL = "age-encryption.org/v1/X25519"
/** A file key's wrapping key is used once, hence a nonce of zeros. */
const ZERO_NONCE = new Uint8Array(12)
/** STREAM: an 11-byte counter, here 0, and 1 for the last chunk. */
const ONLY_CHUNK_NONCE = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
/** OpenSSL counts a few blocks of its own beside the 128 * r * N bytes of scrypt. */
const SCRYPT_SLACK = 1 << 20
/** The counter of HKDF's first block. */
const FIRST_BLOCK = Uint8Array.of(1)
const EMPTY = new Uint8Array(0)

/** RFC 8410: what stands before the 32 bytes of an X25519 key in PKCS #8 and in SPKI. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex")
const SPKI_PREFIX = Buffer.from("302a300506032b656e032100", "hex")

/** The engine for programs on Node; see {@link AgeEngine}. */
export const nativeAgeEngine: AgeEngine = {
  sealerFor(recipient) {
    if (recipient.algorithm !== "x25519" || !hasCipher()) return libraryEngine.sealerFor(recipient)
    return async (payload) => {
      if (payload.length > CHUNK_SIZE) return libraryEngine.sealerFor(recipient)(payload)
      return sealFile(payload, recipient.bytes)
    }
  },

  openerFor(identity) {
    if (identity.algorithm !== "x25519" || !hasCipher()) return libraryEngine.openerFor(identity)
    const key = createPrivateKey({
      key: concat(PKCS8_PREFIX, identity.bytes) as Buffer,
      format: "der",
      type: "pkcs8",
    })
    const recipient = rawPublicKey(createPublicKey(key))
    return async (file) => {
      if (file.payload.length > PAYLOAD_NONCE_SIZE + CHUNK_SIZE + TAG_SIZE) {
        return libraryEngine.openerFor(identity)(file)
      }
      const fileKey = unwrapFileKey(file.stanzas, key, recipient)
      if (fileKey === null) return null
      try {
        return openFile(file, fileKey)
      } finally {
        wipe(fileKey)
      }
    }
  },
}

/** scrypt off the main thread. */
export const nativeScrypt: Scrypt = (passphrase, salt, workFactor) =>
  new Promise((resolve, reject) => {
    const options = { N: 2 ** workFactor, r: 8, p: 1, maxmem: 2 ** (workFactor + 10) + SCRYPT_SLACK }
    scrypt(passphrase, salt, KEY_SIZE, options, (error, key) => (error ? reject(error) : resolve(key)))
  })

let cipherIsThere: boolean | undefined

function hasCipher(): boolean {
  cipherIsThere ??= getCiphers().includes(CIPHER)
  return cipherIsThere
}

function unwrapFileKey(stanzas: readonly Stanza[], key: KeyObject, recipient: Uint8Array): Uint8Array | null {
  for (const { type, args, body } of stanzas) {
    const share = type === STANZA_TYPE.x25519 ? decodeRaw(args[0] ?? "") : null
    if (share === null) continue
    const wrappingKey = deriveWrappingKey(key, share, share, recipient)
    const fileKey = open(wrappingKey, ZERO_NONCE, body)
    wipe(wrappingKey)
    if (fileKey !== null) return fileKey
  }
  return null
}

function openFile(file: AgeFile, fileKey: Uint8Array): Uint8Array {
  if (!timingSafeEqual(file.mac, macOf(fileKey, file.signed))) throw notAuthentic("header")
  const nonce = file.payload.subarray(0, PAYLOAD_NONCE_SIZE)
  if (nonce.length < PAYLOAD_NONCE_SIZE) throw notAuthentic("payload")
  const payloadKey = hkdf(fileKey, nonce, "payload")
  const payload = open(payloadKey, ONLY_CHUNK_NONCE, file.payload.subarray(PAYLOAD_NONCE_SIZE))
  wipe(payloadKey)
  if (payload === null) throw notAuthentic("payload")
  return payload
}

function sealFile(payload: Uint8Array, recipient: Uint8Array): Uint8Array {
  const fileKey = randomBytes(FILE_KEY_SIZE)
  const ephemeral = generateKeyPairSync("x25519")
  const share = rawPublicKey(ephemeral.publicKey)
  const wrappingKey = deriveWrappingKey(ephemeral.privateKey, recipient, share, recipient)
  const body = seal(wrappingKey, ZERO_NONCE, fileKey)
  const signed = encodeHeader([{ type: STANZA_TYPE.x25519, args: [encodeRaw(share)], body }])
  const nonce = randomBytes(PAYLOAD_NONCE_SIZE)
  const payloadKey = hkdf(fileKey, nonce, "payload")
  const chunk = seal(payloadKey, ONLY_CHUNK_NONCE, payload)
  const file = concat(signed, encodeMac(macOf(fileKey, signed)), nonce, chunk)
  wipe(fileKey, wrappingKey, payloadKey)
  return file
}

function deriveWrappingKey(
  key: KeyObject,
  peer: Uint8Array,
  share: Uint8Array,
  recipient: Uint8Array,
): Uint8Array {
  const secret = sharedSecret(key, peer)
  const wrappingKey = hkdf(secret, concat(share, recipient), X25519_LABEL)
  wipe(secret)
  return wrappingKey
}

/** OpenSSL refuses points of low order, whose shared secret would be known to everyone. */
function sharedSecret(privateKey: KeyObject, peer: Uint8Array): Uint8Array {
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

function macOf(fileKey: Uint8Array, header: Uint8Array): Uint8Array {
  const key = hkdf(fileKey, EMPTY, "header")
  const mac = createHmac("sha256", key).update(header).digest()
  wipe(key)
  return mac
}

/**
 * HKDF-SHA-256 (RFC 5869) for 32 bytes, which is one block: extract, then one
 * round of expand. By HMAC and not by `hkdfSync`, whose first call costs a
 * tenth of a cold start.
 */
function hkdf(secret: Uint8Array, salt: Uint8Array, info: string): Uint8Array {
  const extracted = createHmac("sha256", salt).update(secret).digest()
  const key = createHmac("sha256", extracted).update(info).update(FIRST_BLOCK).digest()
  wipe(extracted)
  return key
}

function open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | null {
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

function seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_SIZE })
  return concat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag())
}
