/**
 * Decrypts the private section of an OpenSSH key: bcrypt_pbkdf makes key and IV
 * from the passphrase, AES in CTR or CBC mode hides the section. The two modes
 * with a tag, and ChaCha20, nobody gets without asking `ssh-keygen -Z` for them.
 */

import { createDecipheriv } from "node:crypto"
import { toUtf8, wipe } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import { type OpensshKey, parseKdfOptions } from "../../keys/age/openssh-key.ts"
import { malformedKey } from "../../keys/age/ssh-wire.ts"

const CIPHER = /^aes(128|192|256)-(?:ctr|cbc)$/
const BLOCK_SIZE = 16
/** 128 times what ssh-keygen takes; Go's SSH library refuses more. About 40 seconds. */
const MAX_ROUNDS = 2048

/**
 * @returns The section in clear, if the passphrase is right; its two first
 * numbers tell.
 * @throws {@link ConclaveError} `malformed`, `kind-unsupported`
 */
export async function decryptSection(
  section: Uint8Array,
  lock: NonNullable<OpensshKey["lock"]>,
  passphrase: string,
): Promise<Uint8Array> {
  const [, bits] = CIPHER.exec(lock.cipher) ?? []
  if (bits === undefined || lock.kdf !== "bcrypt") {
    const kind = bits === undefined ? lock.cipher : lock.kdf
    throw new ConclaveError(
      "kind-unsupported",
      `an SSH key is encrypted with ${kind}, which cannot be read`,
      {
        kind,
      },
    )
  }
  if (section.length === 0 || section.length % BLOCK_SIZE !== 0) throw malformedKey("is cut")
  const keySize = Number(bits) / 8
  const material = await deriveKey(passphrase, lock.kdfOptions, keySize + BLOCK_SIZE)
  const decipher = createDecipheriv(
    lock.cipher.replace("aes", "aes-"),
    material.subarray(0, keySize),
    material.subarray(keySize),
  ).setAutoPadding(false)
  wipe(material)
  // CTR and CBC hold nothing back: all of it comes at once.
  return decipher.update(section)
}

async function deriveKey(passphrase: string, options: Uint8Array, size: number): Promise<Uint8Array> {
  const { salt, rounds } = parseKdfOptions(options)
  if (rounds > MAX_ROUNDS) throw malformedKey(`asks for more work than ${MAX_ROUNDS} rounds`)
  const { pbkdf } = await import("bcrypt-pbkdf")
  const secret = toUtf8(passphrase)
  const key = new Uint8Array(size)
  const failed = pbkdf(secret, secret.length, salt, salt.length, key, size, rounds)
  wipe(secret)
  if (failed !== 0) throw malformedKey("has a key derivation that is out of range")
  return key
}
