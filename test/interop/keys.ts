/** The test keys of `test/vectors/keys`, by name: alice … erin and ci (X25519), quinn (hybrid post-quantum). */

import { readFileSync } from "node:fs"
import { join } from "node:path"

export const VECTORS = join(import.meta.dirname, "../vectors")

export type Person = "alice" | "bob" | "carol" | "dave" | "erin" | "ci" | "quinn"

export function keyFile(person: Person): string {
  return join(VECTORS, "keys", `${person}.age-key.txt`)
}

export function recipientOf(person: Person): string {
  const found = /^# recipient: (age1\S+)$/m.exec(readFileSync(keyFile(person), "utf8"))?.[1]
  if (found === undefined) throw new Error(`no recipient in the key file of ${person}`)
  return found
}

export function identityOf(person: Person): string {
  const found = /^AGE-SECRET-KEY-\S+$/m.exec(readFileSync(keyFile(person), "utf8"))?.[0]
  if (found === undefined) throw new Error(`no identity in the key file of ${person}`)
  return found
}
