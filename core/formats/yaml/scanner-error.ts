/** How scanner and parser refuse a YAML text: yaml.v3's words, with the position of the problem. */

import { ConclaveError } from "../../errors.ts"
import { MAX_DEPTH } from "../format.ts"
import type { Mark } from "./event.ts"

/**
 * A `syntax` error at `mark`, where the problem was noticed; `context` says
 * what was being read ("while scanning a simple key") and `contextMark` where
 * that began. None of the words may hold text of the document.
 */
export function syntaxError(
  problem: string,
  mark: Mark,
  context = "",
  contextMark: Mark = mark,
): ConclaveError<"syntax"> {
  const line = mark.line + 1
  const column = mark.column + 1
  const since = contextMark.line === mark.line ? "" : ` that starts in line ${contextMark.line + 1}`
  const what = context === "" ? problem : `${context}${since}: ${problem}`
  return new ConclaveError("syntax", `line ${line}, column ${column}: ${what}`, {
    format: "yaml",
    line,
    column,
  })
}

/** Nesting beyond {@link MAX_DEPTH}; yaml.v3 would stop at 10,000. */
export function tooDeepError(mark: Mark): ConclaveError<"too-deep"> {
  const where = `line ${mark.line + 1}, column ${mark.column + 1}`
  return new ConclaveError("too-deep", `${where}: nesting exceeds ${MAX_DEPTH} levels`, { limit: MAX_DEPTH })
}
