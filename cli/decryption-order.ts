/** `--decryption-order`: which kinds of keys are tried first, in sops' words. */

import type { KeyKind } from "#core/keys/key-entry.ts"
import { splitList } from "#core/policy/config-keys.ts"
import { UsageError } from "./command.ts"

/** sops' names for the kinds (`KeyTypeIdentifier`), and ours, which are those of the metadata lists. */
const KINDS: ReadonlyMap<string, KeyKind> = new Map([
  ["age", "age"],
  ["pgp", "pgp"],
  ["kms", "kms"],
  ["gcp_kms", "gcp_kms"],
  ["azure_kv", "azure_kv"],
  ["hc_vault", "hc_vault"],
  ["hckms", "hckms"],
])

export function isKeyKind(word: string): word is KeyKind {
  return KINDS.has(word)
}

/** `undefined` when nothing is given. */
export function parseOrder(text: string | undefined): KeyKind[] | undefined {
  if (text === undefined || text === "") return undefined
  const order = splitList(text).map((word) => {
    const kind = KINDS.get(word)
    if (kind === undefined)
      throw new UsageError(
        `unknown kind of key ${word} in --decryption-order: one of ${[...KINDS.keys()].join(", ")}`,
      )
    return kind
  })
  if (new Set(order).size !== order.length) throw new UsageError("--decryption-order names a kind twice")
  return order
}
