/**
 * The look at a file's own selection rule before it is written. Nothing in the
 * file authenticates that rule: whoever can change the file can make the next
 * writer leave a secret in clear. What counts is the configuration's rule.
 */

import type { EncryptedDocument } from "#core/document/document.ts"
import { ConclaveError } from "#core/errors.ts"
import type { CreationRule } from "#core/policy/sops-config.ts"
import { newlyExposed } from "#core/sops/exposure.ts"
import { compileRule, DEFAULT_RULE, type SelectionRule } from "#core/sops/selection.ts"
import type { Tree } from "#core/sops/tree.ts"

/**
 * `any-difference`: a rule that differs at all is refused (conclave's own
 * commands). `exposure`: only a write that would leave something in clear
 * which the configuration encrypts; else the difference is said (`conclave
 * sops`, whose callers know no flag to confirm it). `accepted`: the user has
 * confirmed the file's rule, and it is only said.
 */
export type RuleStrictness = "any-difference" | "exposure" | "accepted"

export type RuleCheck = {
  readonly file: string
  readonly document: EncryptedDocument
  /** The configuration's rule for this file; `null` where it has none. */
  readonly rule: CreationRule | null
  readonly strictness: RuleStrictness
}

/**
 * @param before - The plaintext as it was read.
 * @param after - The plaintext that is about to be written.
 * @returns Warnings for the user.
 * @throws {@link ConclaveError} `rule-differs`.
 */
export async function guardRule(check: RuleCheck, before: Tree, after: Tree): Promise<string[]> {
  const { file, document, rule, strictness } = check
  const differences = ruleDifferences(document, rule)
  if (rule === null || differences.length === 0) return []
  const what = `${file} selects what is encrypted in another way than the configuration: ${differences.join("; ")}`
  if (strictness === "any-difference") throw ruleDiffers(what, file, differences)
  const exposed = newlyExposed(
    before,
    after,
    await compileRule(document.metadata.rule ?? DEFAULT_RULE),
    await compileRule(rule.rule),
  )
  if (exposed.length === 0) return [`warning: ${what}`]
  const clear = `${exposed.join(", ")} would stand in clear in ${file}, and the configuration says encrypted: ${differences.join("; ")}`
  if (strictness === "exposure") throw ruleDiffers(clear, file, differences)
  return [`warning: ${exposed.join(", ")} stands in clear in ${file}, by the file's own rule`]
}

/** In words; empty if the two select alike. A binary file has one value and no rule. */
export function ruleDifferences(
  { format, metadata }: EncryptedDocument,
  rule: CreationRule | null,
): string[] {
  if (rule === null || format.name === "binary") return []
  const ours = metadata.rule ?? DEFAULT_RULE
  const differences: string[] = []
  if (ours.field !== rule.rule.field || ours.pattern !== rule.rule.pattern) {
    differences.push(`the file has ${describeRule(ours)}, the configuration ${describeRule(rule.rule)}`)
  }
  if (metadata.macOnlyEncrypted !== rule.macOnlyEncrypted) {
    const [yes, no] = metadata.macOnlyEncrypted ? ["file", "configuration"] : ["configuration", "file"]
    differences.push(`the ${yes} has mac_only_encrypted, the ${no} has not`)
  }
  return differences
}

function describeRule({ field, pattern }: SelectionRule): string {
  return `${field} ${JSON.stringify(pattern)}`
}

function ruleDiffers(message: string, file: string, differences: readonly string[]): ConclaveError {
  return new ConclaveError("rule-differs", message, { file, differences })
}
