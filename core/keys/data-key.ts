/**
 * The data key: 32 bytes that encrypt the values of one document, and that
 * each recipient holds a wrapped copy (or a share) of.
 */

import { randomBytes } from "../bytes.ts"
import { ConclaveError } from "../errors.ts"

export const DATA_KEY_SIZE = 32

declare const brand: unique symbol

/** 32 secret bytes. Only {@link toDataKey} and {@link generateDataKey} make one; wipe it after use. */
export type DataKey = Uint8Array & { readonly [brand]: "data key" }

/**
 * Takes unwrapped or combined bytes as a data key, without copying.
 *
 * @throws {@link ConclaveError} `malformed` if there are not 32.
 */
export function toDataKey(bytes: Uint8Array): DataKey {
  if (bytes.length !== DATA_KEY_SIZE) {
    throw new ConclaveError("malformed", `a data key has ${DATA_KEY_SIZE} bytes, this one ${bytes.length}`, {
      at: "data key",
    })
  }
  // The brand exists for the compiler only; this is the one place that grants it.
  return bytes as DataKey
}

/** A fresh data key from the platform's generator. */
export function generateDataKey(): DataKey {
  return toDataKey(randomBytes(DATA_KEY_SIZE))
}
