/** The flags of the selection rule and of the threshold. */

import type { RuleField } from "#core/sops/selection.ts"
import { type OptionSpec, UsageError } from "./command.ts"

export const RULE_OPTIONS = {
  "unencrypted-suffix": { type: "string", value: "SUFFIX", help: "leave keys with this suffix in clear" },
  "encrypted-suffix": { type: "string", value: "SUFFIX", help: "encrypt only keys with this suffix" },
  "unencrypted-regex": { type: "string", value: "RE2", help: "leave matching keys in clear" },
  "encrypted-regex": { type: "string", value: "RE2", help: "encrypt only matching keys" },
  "unencrypted-comment-regex": {
    type: "string",
    value: "RE2",
    help: "leave what a matching comment governs",
  },
  "encrypted-comment-regex": {
    type: "string",
    value: "RE2",
    help: "encrypt only what a matching comment governs",
  },
} as const satisfies Record<string, OptionSpec>

/** The rules that were named; `flagValue` gives a flag's value. */
export function rulesFrom(
  flagValue: (flag: string) => string | undefined,
  fields: readonly RuleField[],
): ReadonlyMap<RuleField, string> {
  const rules = new Map<RuleField, string>()
  for (const field of fields) {
    const value = flagValue(field.replaceAll("_", "-"))
    if (value !== undefined) rules.set(field, value)
  }
  return rules
}

/** 0 when not given. */
export function thresholdFrom(text: string | undefined): number {
  if (text === undefined) return 0
  if (!/^\d{1,3}$/.test(text))
    throw new UsageError("--shamir-secret-sharing-threshold takes a number of groups")
  return Number(text)
}
