/**
 * Shamir's secret sharing over GF(2^8) mod 0x11B, byte by byte, encoded as
 * SOPS and Vault do: a share is the y bytes, one for each byte of the secret,
 * then one x byte. The arithmetic is `shamir-secret-sharing`; here are the
 * checks around it. Combining proves nothing: too few or wrong shares yield
 * other bytes, which only what they decrypt can tell.
 */

import { combine, split } from "shamir-secret-sharing"
import { ConclaveError } from "../errors.ts"

const MIN_SHARES = 2
const MAX_SHARES = 255
/** One y byte and the x byte. */
const MIN_SHARE_SIZE = 2

declare const brand: unique symbol

/** Secret bytes: y for each byte of the secret, then x (1 to 255). Only this file makes them. */
export type Share = Uint8Array & { readonly [brand]: "share" }

/**
 * Takes unwrapped bytes as a share, without copying.
 *
 * @throws {@link ConclaveError} `share-invalid` if they are fewer than two or
 * the last one, x, is zero (its y would be the secret itself).
 */
export function toShare(bytes: Uint8Array): Share {
  if (bytes.length < MIN_SHARE_SIZE) throw shareInvalid("a share has at least two bytes")
  if (bytes[bytes.length - 1] === 0) throw shareInvalid("the x of a share must not be zero")
  // The brand exists for the compiler only; this is the one place that grants it.
  return bytes as Share
}

/**
 * Splits a secret of one byte or more. Each x is drawn at random, distinct,
 * from 1 to 255; SOPS numbers them from 1, and reads any.
 *
 * @param shares - How many to make, up to 255.
 * @param threshold - How many combine again; 2 to `shares`.
 * @throws {@link ConclaveError} `share-invalid` if these make no sense.
 */
export async function splitSecret(secret: Uint8Array, shares: number, threshold: number): Promise<Share[]> {
  if (secret.length === 0) throw shareInvalid("an empty secret cannot be split")
  if (!Number.isInteger(threshold) || threshold < MIN_SHARES) {
    throw shareInvalid(`a threshold is at least ${MIN_SHARES}`)
  }
  if (!Number.isInteger(shares) || shares < threshold) {
    throw shareInvalid("there must be at least as many shares as the threshold asks for")
  }
  if (shares > MAX_SHARES) throw shareInvalid(`at most ${MAX_SHARES} shares can be made`)
  return (await split(plain(secret), shares, threshold)).map(toShare)
}

/**
 * Combines shares of one split. All that are given take part.
 *
 * @throws {@link ConclaveError} `share-invalid` if there are fewer than two or
 * more than 255, of unequal length, or two with the same x.
 */
export async function combineShares(shares: readonly Share[]): Promise<Uint8Array> {
  const size = shares[0]?.length
  if (size === undefined || shares.length < MIN_SHARES) {
    throw shareInvalid(`at least ${MIN_SHARES} shares are needed to combine`)
  }
  if (shares.length > MAX_SHARES) throw shareInvalid(`at most ${MAX_SHARES} shares can be combined`)
  if (shares.some((share) => share.length !== size)) throw shareInvalid("the shares differ in length")
  const xs = new Set(shares.map((share) => share[size - 1]))
  if (xs.size !== shares.length) throw shareInvalid("two shares have the same x")
  return combine(shares.map(plain))
}

function shareInvalid(reason: string): ConclaveError<"share-invalid"> {
  return new ConclaveError("share-invalid", reason, { reason })
}

/** The same bytes as a bare Uint8Array: the library refuses subclasses such as Buffer. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}
