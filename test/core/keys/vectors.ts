/** The keys and documents of `test/vectors`, as the tests of this room need them. */

import { readFileSync } from "node:fs"
import type { AgeEntry } from "../../../core/keys/key-entry.ts"

const VECTORS = new URL("../../vectors/", import.meta.url)

export type Person = "alice" | "bob" | "carol" | "ci" | "dave" | "erin" | "quinn"

export function keyFile(person: Person): string {
  return readFileSync(new URL(`keys/${person}.age-key.txt`, VECTORS), "utf8")
}

export function recipientText(person: Person): string {
  return /age1\w+/.exec(keyFile(person))?.[0] ?? ""
}

export function identityText(person: Person): string {
  return /^AGE-SECRET-KEY-.*$/m.exec(keyFile(person))?.[0] ?? ""
}

/** The age entries of an encrypted YAML vector, group by group where it has groups. */
export function ageEntries(name: string): AgeEntry[] {
  const text = readFileSync(new URL(`sops/${name}/encrypted.yaml`, VECTORS), "utf8")
  const entry = /enc: \|\n((?: +[^\n:]*\n)+) +recipient: (\S+)/g
  return Array.from(text.matchAll(entry), ([, block = "", recipient = ""]) => ({
    kind: "age",
    recipient,
    enc: block.replace(/^ +/gm, ""),
  }))
}
