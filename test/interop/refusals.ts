/**
 * What sops takes and changes without a word, and conclave refuses with a
 * reason: by format, by code and by the words of the reason.
 */

import type { ErrorCode } from "#core/errors.ts"
import type { FormatName } from "#core/formats/format.ts"

export type Refusal = {
  readonly name: string
  readonly format: FormatName
  readonly code: ErrorCode
  readonly says: RegExp
  /** Something that the file of sops holds in such a case. */
  readonly concerns?: RegExp
}

const REFUSALS: readonly Refusal[] = [
  {
    // In clear it is printed as `-0`, which both read back as the integer 0.
    name: "negative zero in clear",
    format: "yaml",
    code: "verify-failed",
    says: /does not read back as it was/,
    concerns: /(?<![\w.])-0\b(?!\.)/,
  },
  {
    // sops drops it; the kept layout could only leave it in clear.
    name: "a comment that sops does not see",
    format: "yaml",
    code: "comment-hidden",
    says: /sops does not see the comment here/,
  },
  ini("a comment sign that cuts a value", "syntax", /comment sign that would cut/),
  ini("a backslash that joins lines", "syntax", /backslash .* joins the next line/),
  ini("a comment behind the last key", "syntax", /comment behind the last key/),
  ini("text behind a closing quote", "syntax", /text (behind|between) .* closing quote/),
  ini("two pairs of quotes", "syntax", /two pairs of quotes|quote of a value inside it/),
  ini(
    "a section's or key's name that is not kept",
    "syntax",
    /section's name|a key that cannot|ends of a key/,
  ),
  ini("a key that occurs twice", "duplicate-key", /occurs twice/),
]

function ini(name: string, code: ErrorCode, says: RegExp): Refusal {
  return { name, format: "ini", code, says }
}

/** @param theirs - The file that sops writes. */
export function refusalOf(
  format: FormatName,
  refused: { readonly code: string; readonly message: string },
  theirs: string,
): Refusal | null {
  const fits = ({ format: of, code, says, concerns }: Refusal): boolean =>
    of === format && code === refused.code && says.test(refused.message) && (concerns?.test(theirs) ?? true)
  return REFUSALS.find(fits) ?? null
}
