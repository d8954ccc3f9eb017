/**
 * OpenSSH's own format of private keys (`PROTOCOL.key`), as `ssh-keygen` writes
 * it: PEM around a container with the public key in clear, and a private
 * section, encrypted or not. Taken apart here, decrypted by the host.
 *
 *     "openssh-key-v1" NUL
 *     string cipher, string kdf, string kdf options
 *     uint32 number of keys (1), string public key, string private section
 *
 * The private section: two equal numbers, by which a wrong passphrase shows,
 * the key, a comment, and 1, 2, 3, … up to a whole block of the cipher.
 */

import { equalBytes, fromBase64, toUtf8 } from "../../bytes.ts"
import { readSshPublicKey, rsaPublicKey, type SshPublicKey } from "./ssh-public-key.ts"
import { malformedKey, readSsh, type SshReader } from "./ssh-wire.ts"

const PEM = /^-----BEGIN OPENSSH PRIVATE KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END OPENSSH PRIVATE KEY-----/m
const MAGIC = toUtf8("openssh-key-v1\0")
const SEED_SIZE = 32

export type OpensshKey = {
  readonly publicKey: SshPublicKey
  /** The private section, in clear if `lock` is `null`. */
  readonly section: Uint8Array
  readonly lock: { readonly cipher: string; readonly kdf: string; readonly kdfOptions: Uint8Array } | null
}

/** What is secret of a private key; numbers are big-endian without leading zeros. */
export type SshSecret =
  | { readonly type: "ssh-ed25519"; readonly seed: Uint8Array }
  | {
      readonly type: "ssh-rsa"
      readonly privateExponent: Uint8Array
      readonly coefficient: Uint8Array
      readonly primes: readonly [Uint8Array, Uint8Array]
    }

/** Whether the text is a private key in this format, judged by its first line. */
export function isOpensshKey(text: string): boolean {
  return /^-----BEGIN OPENSSH PRIVATE KEY-----\r?$/m.test(text)
}

/**
 * Takes a private key apart.
 *
 * @throws {@link ConclaveError} `malformed`; `kind-unsupported` for a kind of
 * key that age does not know.
 */
export function parseOpensshKey(text: string): OpensshKey {
  const base64 = PEM.exec(text)?.[1]
  if (base64 === undefined) throw malformedKey("has no end, or characters that are not base64")
  const bytes = fromBase64(base64, "ssh key")
  if (!equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)) throw malformedKey("is not of OpenSSH's format")

  const reader = readSsh(bytes.subarray(MAGIC.length))
  const cipher = reader.text()
  const kdf = reader.text()
  const kdfOptions = reader.string()
  if (reader.uint32() !== 1) throw malformedKey("file holds several keys")
  const publicKey = readSshPublicKey(reader.string())
  // Behind the section a cipher may have left its tag; those ciphers are refused later.
  const section = reader.string()
  return { publicKey, section, lock: cipher === "none" ? null : { cipher, kdf, kdfOptions } }
}

/**
 * Takes a private section, in clear, apart.
 *
 * @returns `null` if its two check numbers differ: the passphrase was wrong.
 * @throws {@link ConclaveError} `malformed`, also if it is not the section of
 * this public key.
 */
export function parsePrivateSection(section: Uint8Array, publicKey: SshPublicKey): SshSecret | null {
  const reader = readSsh(section)
  const check = reader.uint32()
  if (reader.uint32() !== check) return null
  if (reader.text() !== publicKey.type) throw malformedKey("has halves of two types")
  const secret =
    publicKey.type === "ssh-ed25519" ? readEd25519(reader, publicKey.point) : readRsa(reader, publicKey)
  reader.string() // The comment.
  if (reader.rest().some((byte, index) => byte !== index + 1)) throw malformedKey("has a wrong padding")
  return secret
}

function readEd25519(reader: SshReader, point: Uint8Array): SshSecret {
  const inner = reader.string()
  const pair = reader.string()
  const isSound = pair.length === SEED_SIZE + point.length && equalBytes(pair.subarray(SEED_SIZE), point)
  if (!isSound || !equalBytes(inner, point)) throw malformedKey("has halves of two keys")
  return { type: "ssh-ed25519", seed: pair.subarray(0, SEED_SIZE) }
}

function readRsa(reader: SshReader, publicKey: SshPublicKey): SshSecret {
  const modulus = reader.mpint()
  const exponent = reader.mpint()
  if (!equalBytes(rsaPublicKey(modulus, exponent).blob, publicKey.blob))
    throw malformedKey("has halves of two keys")
  return {
    type: "ssh-rsa",
    privateExponent: reader.mpint(),
    coefficient: reader.mpint(),
    primes: [reader.mpint(), reader.mpint()],
  }
}

/** Of OpenSSH's one key derivation, bcrypt. @throws {@link ConclaveError} `malformed` */
export function parseKdfOptions(options: Uint8Array): { readonly salt: Uint8Array; readonly rounds: number } {
  const reader = readSsh(options)
  const found = { salt: reader.string(), rounds: reader.uint32() }
  if (reader.rest().length > 0) throw malformedKey("has a malformed key derivation")
  return found
}
