/**
 * What sops takes and changes without a word, and conclave refuses with a
 * reason: by format, by code and by the words of the reason.
 */

import { ConclaveError, type ErrorCode } from "#core/errors.ts"
import type { FormatName } from "#core/formats/format.ts"

export type Refusal = {
  readonly name: string
  readonly format: FormatName
  readonly code: ErrorCode
  readonly says: RegExp
}

const REFUSALS: readonly Refusal[] = [
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

export function refusalOf(format: FormatName, error: unknown): Refusal | null {
  if (!(error instanceof ConclaveError)) return null
  const fits = ({ format: of, code, says }: Refusal): boolean =>
    of === format && code === error.code && says.test(error.message)
  return REFUSALS.find(fits) ?? null
}
