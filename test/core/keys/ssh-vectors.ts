/** The SSH keys of `test/vectors/keys/ssh`, as the tests of several rooms need them. */

import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { AgeEntry } from "../../../core/keys/key-entry.ts"

const FOLDER = new URL("../../vectors/keys/ssh/", import.meta.url)

export const PASSPHRASE = "correct horse"
/** What the age files beside the keys hold. */
export const SECRET: Uint8Array = new TextEncoder().encode("0123456789abcdef0123456789abcdef")

export function sshKeyPath(name: string): string {
  return fileURLToPath(new URL(name, FOLDER))
}

export function sshKeyBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(sshKeyPath(name)))
}

/** The line of the `.pub` file. */
export function sshRecipientText(name: string): string {
  return readFileSync(sshKeyPath(`${name}.pub`), "utf8").trim()
}

/** The entry that SOPS would hold for what real age has encrypted for this key. */
export function sshEntry(name: string): AgeEntry {
  return { kind: "age", recipient: "ssh-", enc: readFileSync(sshKeyPath(`${name}.age`), "utf8") }
}
