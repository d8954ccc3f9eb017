/**
 * Which values of a document are encrypted: exactly one of SOPS' six rules.
 *
 * Suffixes and regexes are matched against every map key on the path, one by
 * one; list indices are no part of it. Comment regexes are matched against the
 * comments that govern an item (see `walk.ts`). The regex dialect is RE2, as
 * in SOPS; an invalid one is refused (SOPS takes it for "no match" and leaves
 * everything in clear).
 */

import { ConclaveError } from "../errors.ts"

export const RULE_FIELDS = [
  "unencrypted_suffix",
  "encrypted_suffix",
  "unencrypted_regex",
  "encrypted_regex",
  "unencrypted_comment_regex",
  "encrypted_comment_regex",
] as const

export type RuleField = (typeof RULE_FIELDS)[number]

export type SelectionRule = { readonly field: RuleField; readonly pattern: string }

/** What SOPS assumes when a file names no rule. */
export const DEFAULT_RULE: SelectionRule = { field: "unencrypted_suffix", pattern: "_unencrypted" }

/** A rule ready for use. Both matchers remember what they were asked: documents repeat their keys. */
export type Selection = {
  readonly rule: SelectionRule
  /** Whether the rule looks at keys or at comments. */
  readonly by: "key" | "comment"
  /** Whether a match means "encrypt", and no match "leave". */
  readonly matchEncrypts: boolean
  readonly matches: (text: string) => boolean
}

/**
 * The one rule among these fields; the default if none is set.
 *
 * @throws {@link ConclaveError} `rule-conflict` if several are.
 */
export function chooseRule(fields: ReadonlyMap<RuleField, string>): SelectionRule {
  const set = RULE_FIELDS.filter((field) => (fields.get(field) ?? "") !== "")
  if (set.length > 1) {
    throw new ConclaveError("rule-conflict", `only one selection rule may be set, not ${set.join(" and ")}`, {
      fields: set,
    })
  }
  const field = set[0]
  return field === undefined ? DEFAULT_RULE : { field, pattern: fields.get(field) ?? "" }
}

/**
 * Compiles a rule. The RE2 engine is loaded only when the rule has a regex.
 *
 * @throws {@link ConclaveError} `regex-invalid`, naming the field.
 */
export async function compileRule(rule: SelectionRule): Promise<Selection> {
  const base = {
    rule,
    by: rule.field.includes("comment") ? ("comment" as const) : ("key" as const),
    matchEncrypts: rule.field.startsWith("encrypted"),
  }
  if (rule.field.endsWith("suffix")) {
    return { ...base, matches: (text) => text.endsWith(rule.pattern) }
  }
  return { ...base, matches: memoised(await compileRegex(rule.pattern, rule.field)) }
}

/**
 * An RE2 expression as an unanchored search.
 *
 * @param field - Where the expression stands, for the error.
 * @throws {@link ConclaveError} `regex-invalid`.
 */
export async function compileRegex(pattern: string, field: string): Promise<(text: string) => boolean> {
  const { RE2JS } = await import("re2js")
  try {
    const regex = RE2JS.compile(pattern)
    return (text) => regex.matcher(text).find()
  } catch (cause) {
    throw new ConclaveError("regex-invalid", `${field} is not a valid RE2 expression`, { field }, { cause })
  }
}

const MEMO_LIMIT = 10_000

function memoised(matches: (text: string) => boolean): (text: string) => boolean {
  const known = new Map<string, boolean>()
  return (text) => {
    let answer = known.get(text)
    if (answer === undefined) {
      answer = matches(text)
      // Comments can all differ: then remembering costs more than matching.
      if (known.size < MEMO_LIMIT) known.set(text, answer)
    }
    return answer
  }
}
