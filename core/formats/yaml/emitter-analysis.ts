/**
 * What the emitter may do with a scalar: in which styles its text can be
 * written, and which one is taken.
 *
 * ported from go.yaml.in/yaml/v3 (libyaml, MIT / Apache-2.0), see NOTICE:
 * `yaml_emitter_analyze_scalar` and `yaml_emitter_select_scalar_style` of
 * `emitterc.go`, with Unicode allowed.
 */

import { COLON, HASH, isBlank, isBreak, isSpaceOrEnd, MINUS, QUESTION, SPACE, TAB } from "./characters.ts"
import type { ScalarStyle } from "./node.ts"

/** The styles that can carry a text; double quotes always can. */
export type ScalarAnalysis = {
  readonly multiline: boolean
  readonly flowPlainAllowed: boolean
  readonly blockPlainAllowed: boolean
  readonly singleQuotedAllowed: boolean
  readonly blockAllowed: boolean
}

/** Where a scalar stands. */
export type ScalarPlace = {
  readonly flow: boolean
  /** As a key without `? `. */
  readonly simpleKey: boolean
}

const EMPTY: ScalarAnalysis = {
  multiline: false,
  flowPlainAllowed: false,
  blockPlainAllowed: true,
  singleQuotedAllowed: true,
  blockAllowed: false,
}

const BOM = 0xfeff

const START_INDICATORS = codes("#,[]{}&*!|>'\"%@`")
const FLOW_INDICATORS = codes(",?[]{}")

function codes(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)))
}

/**
 * Whether libyaml writes the UTF-16 unit as it is. It escapes everything above
 * U+FFFF, hence every half of a surrogate pair; a lone half counts as the
 * U+FFFD that it becomes in UTF-8.
 */
export function isPrintable(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  if (code < 0x7f) return code >= 0x20 || code === 0x0a
  if (code < 0xa0) return false
  if (code < 0xd800) return true
  if (code < 0xe000) return !isPair(text, index, code)
  return code < 0xfffe && code !== BOM
}

function isPair(text: string, index: number, code: number): boolean {
  const other = text.charCodeAt(code < 0xdc00 ? index + 1 : index - 1)
  return code < 0xdc00 ? other >= 0xdc00 && other < 0xe000 : other >= 0xd800 && other < 0xdc00
}

/** Looks through a text once. */
export function analyzeScalar(value: string): ScalarAnalysis {
  const size = value.length
  if (size === 0) return EMPTY

  const first = value.charCodeAt(0)
  const last = value.charCodeAt(size - 1)
  // Looks like the start or the end of a document.
  let blockIndicators = value.startsWith("---") || value.startsWith("...")
  let flowIndicators = blockIndicators
  let lineBreaks = false
  let special = false
  let tabs = false
  let breakSpace = false
  let spaceBreak = false

  let previous = -1
  for (let i = 0; i < size; i++) {
    const code = value.charCodeAt(i)
    if (code === COLON || code === MINUS || code === QUESTION || code === HASH) {
      const followed = i + 1 >= size || isBlank(value.charCodeAt(i + 1))
      if (code === COLON || (code === QUESTION && i === 0)) {
        flowIndicators = true
        blockIndicators ||= followed
      } else if (code === QUESTION) {
        flowIndicators = true
      } else if (code === MINUS ? i === 0 && followed : i === 0 || isSpaceOrEnd(previous)) {
        flowIndicators = true
        blockIndicators = true
      }
    } else if (i === 0 && START_INDICATORS.has(code)) {
      flowIndicators = true
      blockIndicators = true
    } else if (FLOW_INDICATORS.has(code)) {
      flowIndicators = true
    }

    if (code === TAB) tabs = true
    else if (!isPrintable(value, i)) special = true

    if (code === SPACE) {
      if (previous !== -1 && isBreak(previous)) breakSpace = true
    } else if (isBreak(code)) {
      lineBreaks = true
      if (previous === SPACE) spaceBreak = true
    }
    previous = code
  }

  const edges = first === SPACE || last === SPACE || isBreak(first) || isBreak(last)
  const unquotable = breakSpace || spaceBreak || tabs || special
  const plainAllowed = !(edges || unquotable || lineBreaks)
  return {
    multiline: lineBreaks,
    flowPlainAllowed: plainAllowed && !flowIndicators,
    blockPlainAllowed: plainAllowed && !blockIndicators,
    singleQuotedAllowed: !unquotable,
    blockAllowed: !(last === SPACE || spaceBreak || special),
  }
}

/** The style a text is written in, when `style` is asked for. */
export function selectStyle(
  value: string,
  style: ScalarStyle,
  analysis: ScalarAnalysis,
  { flow, simpleKey }: ScalarPlace,
): ScalarStyle {
  if (simpleKey && analysis.multiline) return "double"
  switch (style) {
    case "plain": {
      const allowed = flow ? analysis.flowPlainAllowed : analysis.blockPlainAllowed
      if (allowed && !(value === "" && (flow || simpleKey))) return "plain"
      return analysis.singleQuotedAllowed ? "single" : "double"
    }
    case "single":
      return analysis.singleQuotedAllowed ? "single" : "double"
    case "literal":
    case "folded":
      return analysis.blockAllowed && !flow && !simpleKey ? style : "double"
    case "double":
      return "double"
  }
}
