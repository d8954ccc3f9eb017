/**
 * SSH public keys that age wraps for (`agessh`): `ssh-ed25519` (RFC 8709) and
 * `ssh-rsa` (RFC 4253, section 6.6) with 2,048 to 8,192 bits. As text one line,
 * `<type> <base64> <comment>`, as in a `.pub` file; no options before it, no
 * certificates, no other kind.
 */

import { concat, equalBytes } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import { malformedKey, readSsh, writeMpint, writeString } from "./ssh-wire.ts"
import { decodePadded } from "./strict-base64.ts"

export type SshKeyType = "ssh-ed25519" | "ssh-rsa"

/** `blob` is the whole key on the wire, which age's tags are made from. */
export type SshPublicKey =
  | { readonly type: "ssh-ed25519"; readonly blob: Uint8Array; readonly point: Uint8Array }
  | {
      readonly type: "ssh-rsa"
      readonly blob: Uint8Array
      /** Big-endian, without leading zeros, as the exponent. */
      readonly modulus: Uint8Array
      readonly exponent: Uint8Array
    }

const POINT_SIZE = 32
/** Bits. What is weaker agessh refuses, what is longer Go's SSH library. */
const MIN_RSA_BITS = 2048
const MAX_RSA_BITS = 8192
const MAX_EXPONENT_SIZE = 3

/**
 * Parses the text of a public key; white space around it is ignored.
 *
 * @throws {@link ConclaveError} `malformed`, and `kind-unsupported` for a kind
 * of SSH key that age does not know.
 */
export function parseSshPublicKey(text: string): SshPublicKey {
  const [, type, base64 = ""] = /^(\S+)[ \t]+([A-Za-z0-9+/=]+)(?:[ \t][^\r\n]*)?$/.exec(text.trim()) ?? []
  if (type === undefined) throw malformedKey("is not one line of a type and base64")
  checkType(type)
  const blob = decodePadded(base64)
  if (blob === null) throw malformedKey("is not base64")
  const key = readSshPublicKey(blob)
  if (key.type !== type) throw malformedKey(`says ${type} and is ${key.type}`)
  return key
}

/** The public key in its form on the wire; errors as {@link parseSshPublicKey}. */
export function readSshPublicKey(blob: Uint8Array): SshPublicKey {
  const reader = readSsh(blob)
  const key = readFields(checkType(reader.text()), reader)
  if (reader.rest().length > 0) throw malformedKey("has bytes behind its end")
  return key
}

function readFields(type: SshKeyType, reader: ReturnType<typeof readSsh>): SshPublicKey {
  if (type === "ssh-ed25519") return ed25519PublicKey(reader.string())
  const exponent = reader.mpint()
  return rsaPublicKey(reader.mpint(), exponent)
}

/** @param point - 32 bytes. @throws {@link ConclaveError} `malformed` */
export function ed25519PublicKey(point: Uint8Array): SshPublicKey {
  if (point.length !== POINT_SIZE) throw malformedKey("of Ed25519 has not 32 bytes")
  const type = "ssh-ed25519"
  return { type, blob: concat(writeString(type), writeString(point)), point }
}

/** @throws {@link ConclaveError} `malformed` if age would refuse the key. */
export function rsaPublicKey(modulus: Uint8Array, exponent: Uint8Array): SshPublicKey {
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
    throw malformedKey(`of RSA has ${bits} bits, and not ${MIN_RSA_BITS} to ${MAX_RSA_BITS}`)
  }
  const last = exponent.at(-1) ?? 0
  const isTooSmall = exponent.length === 1 && last < 3
  if (exponent.length > MAX_EXPONENT_SIZE || last % 2 === 0 || isTooSmall) {
    throw malformedKey("of RSA has an exponent that is even, or of no common size")
  }
  const type = "ssh-rsa"
  return {
    type,
    blob: concat(writeString(type), writeMpint(exponent), writeMpint(modulus)),
    modulus,
    exponent,
  }
}

/** Whether two public keys are the same. */
export function isSameKey(a: SshPublicKey, b: SshPublicKey): boolean {
  return equalBytes(a.blob, b.blob)
}

function checkType(type: string): SshKeyType {
  if (type === "ssh-ed25519" || type === "ssh-rsa") return type
  const kind = /^[a-z0-9@.-]{1,64}$/.test(type) ? type : "ssh"
  throw new ConclaveError("kind-unsupported", `SSH keys of type ${kind} cannot be used with age`, { kind })
}
