/**
 * age's files with `node:crypto` alone: the same bytes as the library's in half
 * the time of a process, because nothing has to be loaded. Hybrid keys, payloads
 * of more than one chunk and platforms without ChaCha20-Poly1305 (BoringSSL:
 * Electron, Bun) go to the library.
 *
 * age spec, "X25519 recipient type", "Header MAC" and "Payload".
 */

import { createHmac, randomBytes, scrypt, timingSafeEqual } from "node:crypto"
import { concat, wipe } from "../bytes.ts"
import { type AgeFile, encodeHeader, encodeMac } from "../keys/age/age-file.ts"
import { type AgeEngine, FILE_KEY_SIZE, notAuthentic, type WrapFileKey } from "../keys/age/engine.ts"
import type { Scrypt } from "../keys/age/identity-file.ts"
import { STANZA_TYPE } from "../keys/age/key-text.ts"
import { libraryEngine } from "../keys/age/library-engine.ts"
import type { Stanza } from "../keys/age/stanza.ts"
import { decodeRaw, encodeRaw } from "../keys/age/strict-base64.ts"
import {
  generateX25519,
  hasCipher,
  hkdf,
  open,
  seal,
  sharedSecret,
  TAG_SIZE,
  toX25519,
  type X25519Pair,
  ZERO_NONCE,
} from "./age-primitives.ts"

const KEY_SIZE = 32
const PAYLOAD_NONCE_SIZE = 16
const CHUNK_SIZE = 64 * 1024
const X25519_LABEL = "age-encryption.org/v1/X25519"
/** STREAM: an 11-byte counter, here 0, and 1 for the last chunk. */
const ONLY_CHUNK_NONCE = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
/** OpenSSL counts a few blocks of its own beside the 128 * r * N bytes of scrypt. */
const SCRYPT_SLACK = 1 << 20
const EMPTY = new Uint8Array(0)

/** The engine for programs on Node; see {@link AgeEngine}. */
export const nativeAgeEngine: AgeEngine = {
  sealerFor(recipient) {
    if (recipient.algorithm !== "x25519" || !hasCipher()) return libraryEngine.sealerFor(recipient)
    return async (payload) => {
      if (payload.length > CHUNK_SIZE) return libraryEngine.sealerFor(recipient)(payload)
      return sealFile(payload, async (fileKey) => [wrapFileKey(fileKey, recipient.bytes)])
    }
  },

  openerFor(identity) {
    if (identity.algorithm !== "x25519" || !hasCipher()) return libraryEngine.openerFor(identity)
    const pair = toX25519(identity.bytes)
    return async (file) => {
      if (isLong(file)) return libraryEngine.openerFor(identity)(file)
      const fileKey = unwrapFileKey(file.stanzas, pair)
      if (fileKey === null) return null
      try {
        return openFile(file, fileKey)
      } finally {
        wipe(fileKey)
      }
    }
  },

  async sealWith(payload, wrap) {
    if (payload.length > CHUNK_SIZE || !hasCipher()) return libraryEngine.sealWith(payload, wrap)
    return sealFile(payload, wrap)
  },

  async openWith(file, fileKey) {
    return isLong(file) || !hasCipher() ? libraryEngine.openWith(file, fileKey) : openFile(file, fileKey)
  },
}

/** scrypt off the main thread. */
export const nativeScrypt: Scrypt = (passphrase, salt, workFactor) =>
  new Promise((resolve, reject) => {
    const options = { N: 2 ** workFactor, r: 8, p: 1, maxmem: 2 ** (workFactor + 10) + SCRYPT_SLACK }
    scrypt(passphrase, salt, KEY_SIZE, options, (error, key) => (error ? reject(error) : resolve(key)))
  })

/** Whether the payload has more than one chunk. */
function isLong(file: AgeFile): boolean {
  return file.payload.length > PAYLOAD_NONCE_SIZE + CHUNK_SIZE + TAG_SIZE
}

function wrapFileKey(fileKey: Uint8Array, recipient: Uint8Array): Stanza {
  const { privateKey, share } = generateX25519()
  const wrappingKey = deriveWrappingKey(sharedSecret(privateKey, recipient), share, recipient)
  const body = seal(wrappingKey, ZERO_NONCE, fileKey)
  wipe(wrappingKey)
  return { type: STANZA_TYPE.x25519, args: [encodeRaw(share)], body }
}

function unwrapFileKey(stanzas: readonly Stanza[], pair: X25519Pair): Uint8Array | null {
  for (const { type, args, body } of stanzas) {
    const share = type === STANZA_TYPE.x25519 ? decodeRaw(args[0] ?? "") : null
    if (share === null) continue
    const wrappingKey = deriveWrappingKey(sharedSecret(pair.privateKey, share), share, pair.share)
    const fileKey = open(wrappingKey, ZERO_NONCE, body)
    wipe(wrappingKey)
    if (fileKey !== null) return fileKey
  }
  return null
}

function deriveWrappingKey(secret: Uint8Array, share: Uint8Array, recipient: Uint8Array): Uint8Array {
  const wrappingKey = hkdf(secret, concat(share, recipient), X25519_LABEL)
  wipe(secret)
  return wrappingKey
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

async function sealFile(payload: Uint8Array, wrap: WrapFileKey): Promise<Uint8Array> {
  const fileKey = randomBytes(FILE_KEY_SIZE)
  try {
    const signed = encodeHeader(await wrap(fileKey))
    const nonce = randomBytes(PAYLOAD_NONCE_SIZE)
    const payloadKey = hkdf(fileKey, nonce, "payload")
    const chunk = seal(payloadKey, ONLY_CHUNK_NONCE, payload)
    wipe(payloadKey)
    return concat(signed, encodeMac(macOf(fileKey, signed)), nonce, chunk)
  } finally {
    wipe(fileKey)
  }
}

function macOf(fileKey: Uint8Array, header: Uint8Array): Uint8Array {
  const key = hkdf(fileKey, EMPTY, "header")
  const mac = createHmac("sha256", key).update(header).digest()
  wipe(key)
  return mac
}
