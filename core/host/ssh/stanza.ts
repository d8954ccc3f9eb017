/**
 * age's stanzas for SSH keys, wire-compatible with `agessh`:
 *
 *     -> ssh-ed25519 <tag> <ephemeral share>
 *     <file key under ChaCha20-Poly1305>
 *     -> ssh-rsa <tag>
 *     <file key under RSA-OAEP with SHA-256>
 *
 * The tag is four bytes of the public key's SHA-256: who can read a file shows.
 * Ported from agessh/agessh.go of filippo.io/age 1.3.1, which has a BSD licence
 * (see NOTICE).
 */

import { constants, createHash, createPublicKey, privateDecrypt, publicEncrypt } from "node:crypto"
import { concat, wipe } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import { FILE_KEY_SIZE, notAuthentic, type WrapFileKey } from "../../keys/age/engine.ts"
import { openOnce, sealOnce } from "../../keys/age/once-cipher.ts"
import { toMontgomery } from "../../keys/age/ssh-montgomery.ts"
import type { SshPublicKey } from "../../keys/age/ssh-public-key.ts"
import { malformedKey } from "../../keys/age/ssh-wire.ts"
import type { Stanza } from "../../keys/age/stanza.ts"
import { decodeRaw, encodeRaw } from "../../keys/age/strict-base64.ts"
import {
  generateX25519,
  hasCipher,
  hkdf,
  open,
  seal,
  sharedSecret,
  toX25519,
  ZERO_NONCE,
} from "../age-primitives.ts"
import type { SshPrivateKey } from "./private-key.ts"

const ED25519_LABEL = "age-encryption.org/v1/ssh-ed25519"
const RSA_LABEL = "age-encryption.org/v1/ssh-rsa"
const TAG_SIZE = 4
const SHARE_SIZE = 32
const SEALED_SIZE = FILE_KEY_SIZE + 16
const EMPTY = new Uint8Array(0)

const OAEP = {
  padding: constants.RSA_PKCS1_OAEP_PADDING,
  oaepHash: "sha256",
  oaepLabel: Buffer.from(RSA_LABEL),
} as const

/** @throws {@link ConclaveError} `malformed` from the returned function, if the key is no point of the curve. */
export function wrapForSsh(publicKey: SshPublicKey): WrapFileKey {
  const tag = tagOf(publicKey)
  const { type } = publicKey
  if (type === "ssh-rsa") {
    return async (fileKey) => [{ type, args: [tag], body: sealRsa(fileKey, publicKey) }]
  }
  return async (fileKey) => {
    const recipient = await toMontgomery(publicKey.point)
    if (recipient === null) throw malformedKey("of Ed25519 is not a point of its curve")
    const { privateKey, share } = generateX25519()
    const wrappingKey = deriveWrappingKey(sharedSecret(privateKey, recipient), publicKey, share, recipient)
    const body = hasCipher() ? seal(wrappingKey, ZERO_NONCE, fileKey) : await sealOnce(wrappingKey, fileKey)
    wipe(wrappingKey)
    return [{ type, args: [tag, encodeRaw(share)], body }]
  }
}

/**
 * The first stanza for this key; `null` if there is none.
 *
 * @throws {@link ConclaveError} `malformed` if a stanza of its type is.
 */
export function stanzaFor(stanzas: readonly Stanza[], publicKey: SshPublicKey): Stanza | null {
  const sameType = stanzas.filter(({ type }) => type === publicKey.type)
  for (const stanza of sameType) if (!isWellFormed(stanza)) throw malformedStanza(stanza.type)
  const tag = tagOf(publicKey)
  return sameType.find(({ args }) => args[0] === tag) ?? null
}

/** The file key in a stanza that is for this key. @throws {@link ConclaveError} `not-authentic` */
export async function unwrapWithSsh(stanza: Stanza, key: SshPrivateKey): Promise<Uint8Array> {
  const fileKey = key.type === "ssh-rsa" ? openRsa(stanza, key) : await openEd25519(stanza, key)
  if (fileKey?.length !== FILE_KEY_SIZE) throw notAuthentic("header")
  return fileKey
}

function isWellFormed({ type, args, body }: Stanza): boolean {
  const [tag = "", share = "", ...rest] = args
  if (decodeRaw(tag)?.length !== TAG_SIZE || rest.length > 0) return false
  if (type === "ssh-rsa") return args.length === 1
  return decodeRaw(share)?.length === SHARE_SIZE && body.length === SEALED_SIZE
}

function sealRsa(fileKey: Uint8Array, { modulus, exponent }: SshPublicKey & { type: "ssh-rsa" }): Uint8Array {
  const key = { kty: "RSA", n: encodeUrl(modulus), e: encodeUrl(exponent) }
  return publicEncrypt({ key: createPublicKey({ key, format: "jwk" }), ...OAEP }, fileKey)
}

function openRsa({ body }: Stanza, { rsa }: SshPrivateKey & { type: "ssh-rsa" }): Uint8Array | null {
  try {
    return new Uint8Array(privateDecrypt({ key: rsa, ...OAEP }, body))
  } catch {
    return null
  }
}

async function openEd25519(
  { args, body }: Stanza,
  { publicKey, x25519 }: SshPrivateKey & { type: "ssh-ed25519" },
): Promise<Uint8Array | null> {
  const share = decodeRaw(args[1] ?? "") ?? EMPTY
  const secret = sharedSecret(x25519.privateKey, share)
  const wrappingKey = deriveWrappingKey(secret, publicKey, share, x25519.share)
  const fileKey = hasCipher() ? open(wrappingKey, ZERO_NONCE, body) : await openOnce(wrappingKey, body)
  wipe(wrappingKey)
  return fileKey
}

/** The tweak binds the wrapping key to the SSH key, not only to the point that both share. */
function deriveWrappingKey(
  secret: Uint8Array,
  publicKey: SshPublicKey,
  share: Uint8Array,
  recipient: Uint8Array,
): Uint8Array {
  const tweak = hkdf(EMPTY, publicKey.blob, ED25519_LABEL)
  const tweaked = sharedSecret(toX25519(tweak).privateKey, secret)
  const wrappingKey = hkdf(tweaked, concat(share, recipient), ED25519_LABEL)
  wipe(secret, tweaked)
  return wrappingKey
}

function tagOf({ blob }: SshPublicKey): string {
  return encodeRaw(createHash("sha256").update(blob).digest().subarray(0, TAG_SIZE))
}

function encodeUrl(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url")
}

function malformedStanza(type: string): ConclaveError<"malformed"> {
  return new ConclaveError("malformed", `the ${type} stanza of an age file is malformed`, {
    at: `${type} stanza`,
  })
}
