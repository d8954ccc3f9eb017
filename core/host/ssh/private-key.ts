/**
 * A private SSH key as `node:crypto` holds it, made from what OpenSSH's format
 * holds or from PEM that OpenSSL reads (PKCS #1, PKCS #8). Its halves are
 * checked against each other, so that a stanza for the public key opens.
 */

import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto"
import { concat, equalBytes, wipe } from "../../bytes.ts"
import type { SshSecret } from "../../keys/age/openssh-key.ts"
import { ed25519PublicKey, rsaPublicKey, type SshPublicKey } from "../../keys/age/ssh-public-key.ts"
import { malformedKey } from "../../keys/age/ssh-wire.ts"
import { toX25519, type X25519Pair } from "../age-primitives.ts"

/** Secret. */
export type SshPrivateKey =
  | { readonly type: "ssh-ed25519"; readonly publicKey: SshPublicKey; readonly x25519: X25519Pair }
  | { readonly type: "ssh-rsa"; readonly publicKey: SshPublicKey; readonly rsa: KeyObject }

/** RFC 8410: what stands before the 32 bytes of an Ed25519 seed in PKCS #8. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex")
const SEED_SIZE = 32

/** @throws {@link ConclaveError} `malformed` if the secret is not that of the public key. */
export function toPrivateKey(secret: SshSecret, publicKey: SshPublicKey): SshPrivateKey {
  const key =
    secret.type === "ssh-ed25519" ? fromSeed(secret.seed) : fromKeyObject(rsaKeyObject(secret, publicKey))
  if (!equalBytes(key.publicKey.blob, publicKey.blob)) throw malformedKey("has halves of two keys")
  return key
}

/** @throws {@link ConclaveError} `malformed` for a kind of key that age does not know. */
export function fromKeyObject(key: KeyObject): SshPrivateKey {
  if (key.asymmetricKeyType === "ed25519") return fromSeed(bytesOf(key.export({ format: "jwk" }).d))
  if (key.asymmetricKeyType !== "rsa") throw malformedKey("is neither of RSA nor of Ed25519")
  const { n, e } = createPublicKey(key).export({ format: "jwk" })
  return { type: "ssh-rsa", publicKey: rsaPublicKey(bytesOf(n), bytesOf(e)), rsa: key }
}

/** RFC 8032, section 5.1.5: half of the seed's hash is the scalar, which X25519 takes too. */
function fromSeed(seed: Uint8Array): SshPrivateKey {
  const der = concat(PKCS8_PREFIX, seed)
  const key = createPublicKey(createPrivateKey({ key: der as Buffer, format: "der", type: "pkcs8" }))
  const hash = createHash("sha512").update(seed).digest()
  const x25519 = toX25519(hash.subarray(0, SEED_SIZE))
  wipe(der, hash)
  return {
    type: "ssh-ed25519",
    publicKey: ed25519PublicKey(bytesOf(key.export({ format: "jwk" }).x)),
    x25519,
  }
}

function rsaKeyObject(secret: SshSecret & { type: "ssh-rsa" }, publicKey: SshPublicKey): KeyObject {
  if (publicKey.type !== "ssh-rsa") throw malformedKey("has halves of two types")
  const [p, q] = secret.primes.map(toBigInt) as [bigint, bigint]
  const d = toBigInt(secret.privateExponent)
  const e = toBigInt(publicKey.exponent)
  const isSound = p > 1n && q > 1n && p * q === toBigInt(publicKey.modulus)
  const isInverse = (d * e) % (p - 1n) === 1n && (d * e) % (q - 1n) === 1n
  if (!isSound || !isInverse || (toBigInt(secret.coefficient) * q) % p !== 1n) {
    throw malformedKey("of RSA has parts that do not fit together")
  }
  const key: JsonWebKey = {
    kty: "RSA",
    n: toBase64Url(publicKey.modulus),
    e: toBase64Url(publicKey.exponent),
    d: toBase64Url(secret.privateExponent),
    p: toBase64Url(secret.primes[0]),
    q: toBase64Url(secret.primes[1]),
    dp: toBase64Url(fromBigInt(d % (p - 1n))),
    dq: toBase64Url(fromBigInt(d % (q - 1n))),
    qi: toBase64Url(secret.coefficient),
  }
  return createPrivateKey({ key, format: "jwk" })
}

function toBigInt(magnitude: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(magnitude).toString("hex") || "0"}`)
}

function fromBigInt(value: bigint): Uint8Array {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex")
}

function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url")
}

function bytesOf(text: string | undefined): Uint8Array {
  return new Uint8Array(Buffer.from(text ?? "", "base64url"))
}
