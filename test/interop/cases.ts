/** The cases of `test/vectors/sops` that age keys open, and how each was encrypted. */

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { RULE_FIELDS, type RuleField } from "#core/sops/selection.ts"
import { identityOf, type Person, recipientOf, VECTORS } from "./keys.ts"

export type Case = {
  readonly name: string
  readonly plain: string
  readonly encrypted: string
  readonly decrypted: string
  /** A `.sops.yaml` that asks for the same encryption. */
  readonly config: string
  /** Identities that open it, as in `SOPS_AGE_KEY`. */
  readonly identities: string
}

type Keys = { readonly groups: readonly (readonly Person[])[]; readonly threshold?: number }

const KEYS: Readonly<Record<string, Keys>> = {
  "shamir-2-of-3": { groups: [["carol"], ["dave"], ["erin"]], threshold: 2 },
  "shamir-2-of-3-reader": { groups: [["carol", "alice"], ["dave", "alice"], ["erin"]], threshold: 2 },
  "shamir-3-of-5": { groups: [["alice"], ["bob"], ["carol"], ["dave"], ["erin"]], threshold: 3 },
  "yaml-two-recipients": { groups: [["alice", "bob"]] },
  "yaml-post-quantum": { groups: [["quinn"]] },
  // Its PGP key cannot be used here; encrypting anew is for bob alone.
  "yaml-age-and-pgp": { groups: [["bob"]] },
}

/** Opened by PGP or SSH keys alone. */
const WITHOUT_AGE = new Set(["yaml-pgp", "yaml-ssh-ed25519", "yaml-ssh-rsa"])

export function readCases(): Case[] {
  const folder = join(VECTORS, "sops")
  return readdirSync(folder)
    .filter((name) => !WITHOUT_AGE.has(name))
    .map((name) => readCase(join(folder, name), name))
}

function readCase(folder: string, name: string): Case {
  const file = (stem: string): string => {
    const found = readdirSync(folder).find((entry) => entry.startsWith(`${stem}.`))
    if (found === undefined) throw new Error(`${name} has no ${stem} file`)
    return join(folder, found)
  }
  const keys = KEYS[name] ?? { groups: [["alice"]] }
  const encrypted = file("encrypted")
  return {
    name,
    plain: file("plain"),
    encrypted,
    decrypted: file("decrypted"),
    config: JSON.stringify({ creation_rules: [{ ...ruleOf(encrypted), ...keysOf(keys) }] }),
    identities: [...new Set(keys.groups.flat())].map(identityOf).join("\n"),
  }
}

function keysOf({ groups, threshold }: Keys): object {
  const [first = []] = groups
  if (groups.length === 1) return { age: first.map(recipientOf).join(",") }
  return { key_groups: groups.map((group) => ({ age: group.map(recipientOf) })), shamir_threshold: threshold }
}

function ruleOf(encrypted: string): Partial<Record<RuleField | "mac_only_encrypted", string | boolean>> {
  const text = readFileSync(encrypted, "utf8")
  const rule: Partial<Record<RuleField | "mac_only_encrypted", string | boolean>> = {}
  for (const field of RULE_FIELDS) {
    const found = new RegExp(`^ +${field}: '?([^'\n]*)'?$`, "m").exec(text)?.[1]
    if (found !== undefined) rule[field] = found
  }
  if (/^ +mac_only_encrypted: true$/m.test(text)) rule.mac_only_encrypted = true
  return rule
}
