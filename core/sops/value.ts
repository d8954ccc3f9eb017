/**
 * One encrypted value of a SOPS document:
 *
 *     ENC[AES256_GCM,data:<b64>,iv:<b64>,tag:<b64>,type:str]
 *
 * Wire-compatible with getsops/sops 3.x (`aes/cipher.go`): AES-256-GCM, a
 * 32-byte IV instead of GCM's usual 12, a 16-byte tag stored apart from the
 * data, standard base64 with padding. As in SOPS, text after the closing
 * bracket is ignored, and `data` may be empty in very old files.
 */

import {
  concat,
  decodeBase64,
  fromAscii,
  fromUtf8,
  randomBytes,
  toBase64,
  toBase64Bytes,
  toUtf8,
} from "../bytes.ts"
import { type Cipher, type CipherKey, TAG_SIZE } from "../cipher/cipher.ts"
import { ConclaveError } from "../errors.ts"
import { isEmptyScalar, parseScalar, type Scalar, scalarType, serializeScalar, str } from "./scalar.ts"

const IV_SIZE = 32
/** What every AES-GCM takes: noble's lower limit, OpenSSL's upper one. SOPS writes 32, once wrote 12. */
const MIN_IV_SIZE = 8
const MAX_IV_SIZE = 128
const ENCRYPTED = /^ENC\[AES256_GCM,data:([^,]*),iv:([^,]+),tag:([^,]+),type:([^\]]+)\]/
const COMMENT_TYPE = "comment"

/** Plaintexts above this are carried as bytes: their base64 may not fit into a string (512 MiB in V8). */
const LARGE = 32 * 1024 * 1024

/** Plaintext of a value or of a comment. */
export type Plain = Scalar | { readonly kind: "comment"; readonly text: string }

/** Whether `text` has the outer shape of an encrypted value. Proves nothing more. */
export function isEncryptedValue(text: string): boolean {
  return ENCRYPTED.test(text)
}

/** The type that an encrypted value names, `comment` among them; `null` for what has not its outer shape. */
export function encryptedType(value: Scalar): string | null {
  if (value.kind === "str") return ENCRYPTED.exec(value.text)?.[4] ?? null
  // Only what is too long to be a string comes as bytes.
  if (value.kind !== "bytes" || fromAscii(value.bytes.subarray(0, 15)) !== "ENC[AES256_GCM,") return null
  return /,type:([^,\]]+)\]/.exec(fromAscii(value.bytes.subarray(-128)))?.[1] ?? null
}

/**
 * Encrypts one value or comment, under a fresh random IV unless one is given.
 *
 * @param aad - The map keys from the root, a colon after each (`db:users:`);
 * positions in lists are no part of it, so a ciphertext moved to another key
 * no longer opens, but one moved within a list does.
 * @param iv - 32 bytes, only to keep an unchanged value's ciphertext.
 * @returns Always of kind `str`, but for large values of kind `bytes`, which hold the same ASCII.
 */
export function encryptValue(
  cipher: Cipher,
  key: CipherKey,
  plain: Plain,
  aad: string,
  iv: Uint8Array = randomBytes(IV_SIZE),
): Scalar {
  const comment = plain.kind === "comment"
  // SOPS leaves the empty string in clear; an empty comment likewise.
  if (comment ? plain.text === "" : isEmptyScalar(plain)) return str("")
  const plaintext = comment ? toUtf8(plain.text) : serializeScalar(plain)
  const sealed = cipher.seal(key, iv, plaintext, toUtf8(aad))
  const data = sealed.subarray(0, -TAG_SIZE)
  const head = "ENC[AES256_GCM,data:"
  const type = comment ? COMMENT_TYPE : scalarType(plain)
  const tail = `,iv:${toBase64(iv)},tag:${toBase64(sealed.subarray(-TAG_SIZE))},type:${type}]`
  if (data.length > LARGE) {
    return { kind: "bytes", bytes: concat(toUtf8(head), toBase64Bytes(data), toUtf8(tail)) }
  }
  return str(head + toBase64(data) + tail)
}

/**
 * Decrypts what {@link encryptValue} or SOPS has written, and tells its IV.
 *
 * @param at - Names the place in errors: a key path, never a value. Called only then.
 * @throws {@link ConclaveError} `malformed` if the text is not of that shape,
 * its tag is not 16 bytes or its IV not 8 to 128, and `not-authentic` if it
 * does not open: another data key, another path, or an altered byte; the
 * cipher cannot tell which.
 */
export function decryptValue(
  cipher: Cipher,
  key: CipherKey,
  encrypted: Scalar,
  aad: string,
  at: () => string,
): { readonly plain: Plain; readonly iv: Uint8Array } {
  const { data, iv, tag, type } = splitValue(encrypted, at)
  const dataBytes = decodeBase64(data)
  const tagBytes = decodeBase64(tag)
  const ivBytes = decodeBase64(iv)
  if (dataBytes === null || tagBytes?.length !== TAG_SIZE || ivBytes === null) throw notEncrypted(at)
  if (ivBytes.length < MIN_IV_SIZE || ivBytes.length > MAX_IV_SIZE) throw notEncrypted(at)
  const plaintext = cipher.open(key, ivBytes, concat(dataBytes, tagBytes), toUtf8(aad))
  if (plaintext === null) {
    const place = at()
    throw new ConclaveError("not-authentic", `${place}: does not open with this data key at this place`, {
      at: place,
    })
  }
  if (type === COMMENT_TYPE) {
    const text = fromUtf8(plaintext)
    if (text === null) throw notEncrypted(at)
    return { plain: { kind: "comment", text }, iv: ivBytes }
  }
  return { plain: parseScalar(type, plaintext, at), iv: ivBytes }
}

type Parts = { data: string | Uint8Array; iv: string; tag: string; type: string }

function splitValue(encrypted: Scalar, at: () => string): Parts {
  if (encrypted.kind === "bytes") return splitLarge(encrypted.bytes, at)
  if (encrypted.kind !== "str") throw notEncrypted(at)
  const [, data, iv, tag, type] = ENCRYPTED.exec(encrypted.text) ?? []
  if (data === undefined || iv === undefined || tag === undefined || type === undefined)
    throw notEncrypted(at)
  return { data, iv, tag, type }
}

/** The same split on bytes, from both ends: the data in the middle never becomes a string. */
function splitLarge(bytes: Uint8Array, at: () => string): Parts {
  const dataStart = bytes.indexOf(0x3a) + 1
  const dataEnd = bytes.indexOf(0x2c, dataStart)
  if (dataStart === 0 || dataEnd < 0 || bytes.length - dataEnd > 4096) throw notEncrypted(at)
  const shell = `${fromAscii(bytes.subarray(0, dataStart))}${fromAscii(bytes.subarray(dataEnd))}`
  const [, , iv, tag, type] = ENCRYPTED.exec(shell) ?? []
  if (iv === undefined || tag === undefined || type === undefined) throw notEncrypted(at)
  return { data: bytes.subarray(dataStart, dataEnd), iv, tag, type }
}

function notEncrypted(at: () => string): ConclaveError {
  const place = at()
  return new ConclaveError("malformed", `${place}: not an encrypted value`, { at: place })
}
