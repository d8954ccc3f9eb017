/**
 * Remembers the IV of each value read, so that an unchanged value keeps its
 * ciphertext and a commit shows only what changed.
 *
 * SOPS keeps one IV for each plaintext under one path; equal items of a list
 * then end up with the same ciphertext, which shows that they are equal. Here
 * an IV is given out once: equal items keep their own, in order.
 */

import { toBase64 } from "../bytes.ts"
import type { Plain } from "./value.ts"

export class IvStash {
  readonly #ivs = new Map<string, Uint8Array[]>()

  remember(plain: Plain, aad: string, iv: Uint8Array): void {
    const key = stashKey(plain, aad)
    const known = this.#ivs.get(key)
    if (known === undefined) this.#ivs.set(key, [iv])
    else known.push(iv)
  }

  /** For a try that may fail: what is taken from the copy stays here. */
  copy(): IvStash {
    const copy = new IvStash()
    for (const [key, ivs] of this.#ivs) copy.#ivs.set(key, [...ivs])
    return copy
  }

  /** The IV that this value had, once; `undefined` where a fresh one is due. */
  take(plain: Plain, aad: string): Uint8Array | undefined {
    const iv = this.#ivs.get(stashKey(plain, aad))?.shift()
    // Reading takes IVs of any length; what is written has 32 bytes (a shorter one makes sops panic).
    return iv?.length === 32 ? iv : undefined
  }
}

function stashKey(plain: Plain, aad: string): string {
  // With its length the path ends where it ends, whatever it and the value hold: an IV must not go to another value.
  return `${plain.kind} ${aad.length} ${aad}${plainText(plain)}`
}

function plainText(plain: Plain): string {
  switch (plain.kind) {
    case "bytes":
      return toBase64(plain.bytes)
    case "int":
    case "bool":
      return plain.value.toString()
    case "float":
      return Object.is(plain.value, -0) ? "-0" : plain.value.toString()
    default:
      return plain.text
  }
}
