/**
 * The six selection rules and `mac_only_encrypted`, on generated documents with
 * comments: both programs encrypt the same values, and open each other's files.
 */

import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import type { RuleField } from "#core/sops/selection.ts"
import { compare, type Setting } from "./comparison.ts"
import { iniDocument } from "./generate/ini.ts"
import { jsonDocument } from "./generate/json.ts"
import { seeded } from "./generate/random.ts"
import { yamlDocument } from "./generate/yaml.ts"
import { inProcess } from "./ours.ts"
import { createHome, inParallel, sopsWithKey } from "./programs.ts"
import { createTally, numberFrom, say } from "./tally.ts"

const COUNT = 60

/** No comment rule may match a ciphertext, which is base64 and random: sops would then refuse by chance. */
const RULES: readonly (readonly [RuleField, string])[] = [
  ["unencrypted_suffix", "_unencrypted"],
  ["unencrypted_suffix", "t"],
  ["encrypted_suffix", "_key"],
  ["encrypted_suffix", "e"],
  ["unencrypted_regex", "^(host|port|labels)$"],
  ["unencrypted_regex", "[aeiou]{2}|\\d"],
  ["encrypted_regex", "(?i)^(pass|token|user|DB|Name)"],
  ["encrypted_regex", "^\\pL+$"],
  ["unencrypted_comment_regex", " note| two|remark [0-4]"],
  ["unencrypted_comment_regex", "^ [a-z]"],
  ["encrypted_comment_regex", " note| TODO| remark"],
  ["encrypted_comment_regex", "^ |^no"],
]

const home = createHome()
afterAll(home.remove)
const programs = { sops: sopsWithKey(home.path, "alice"), conclave: inProcess }

function settingOf(field: RuleField, pattern: string, macOnlyEncrypted: boolean, index: number): Setting {
  const config = join(home.path, `config-${index}-${macOnlyEncrypted}.yaml`)
  const rule = { [field]: pattern, mac_only_encrypted: macOnlyEncrypted }
  // JSON is YAML. The flags for comment rules exist only in sops' old top-level form.
  writeFileSync(config, JSON.stringify({ creation_rules: [rule] }))
  return { scope: { rule: { field, pattern }, macOnlyEncrypted }, sopsArguments: ["--config", config] }
}

describe.each(RULES.map(([field, pattern], index) => ({ field, pattern, index })))(
  "the rule $field: $pattern",
  ({ field, pattern, index }) => {
    it.each([false, true])("selects what sops selects (mac_only_encrypted: %s)", async (macOnlyEncrypted) => {
      const setting = settingOf(field, pattern, macOnlyEncrypted, index)
      const count = numberFrom("CONCLAVE_INTEROP_COUNT", COUNT)
      const first = numberFrom("CONCLAVE_INTEROP_SEED", 100_000 + index * 1000 + (macOnlyEncrypted ? 500 : 0))
      const tally = createTally(`${field} ${pattern}${macOnlyEncrypted ? " mac_only_encrypted" : ""}`)
      await inParallel(
        Array.from({ length: count }, (_, nth) => first + nth),
        async (seed) => {
          const [name, make] = seeded(seed).pick([
            ["yaml", yamlDocument],
            ["yaml", yamlDocument],
            ["yaml", yamlDocument],
            ["json", jsonDocument],
            ["ini", iniDocument],
          ] as const)
          const source = make(seed)
          tally.add(seed, await compare(programs, name, source, setting), source)
        },
      )
      say(tally.line())
      expect(tally.failures.join(" "), `${tally.failures.length} of ${count} differ`).toBe("")
      if (count === COUNT) expect(tally.count("agree")).toBeGreaterThan(COUNT * 0.75)
    })
  },
)
