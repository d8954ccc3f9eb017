/**
 * How a scalar is spelled in one line: in the style that is wanted if the text
 * can be read back from it, else in the next safe one.
 *
 * Wider than the emitter, which follows libyaml: what stood in a file (a colon
 * in a flow collection, an emoji without quotes, a tab in single quotes) must
 * come back as it was.
 */

import type { Leaf } from "../../../sops/tree.ts"
import { encodeScalar, isPlainString } from "../../yaml/encode.ts"
import { resolve, STR_TAG } from "../../yaml/resolve.ts"

/**
 * `plain`: without quotes, unless an older or newer YAML might take the text for
 * something else than a string. `as-written`: without quotes if this one does not.
 */
export type InlineStyle = "plain" | "as-written" | "single" | "double"

export type SpellingContext = {
  readonly flow: boolean
  /** Behind a tag that makes every text a string. */
  readonly tagged: boolean
}

export function spellInline(value: Leaf, style: InlineStyle, context: SpellingContext): string {
  return value.kind === "str" ? spellText(value.text, style, context) : spellTyped(value)
}

export function spellText(text: string, style: InlineStyle, context: SpellingContext): string {
  if (style === "double") return doubleQuoted(text)
  if (style === "single") return canBeSingle(text) ? singleQuoted(text) : doubleQuoted(text)
  if (isString(text, style, context)) {
    if (canBePlain(text, context.flow)) return text
    return canBeSingle(text) ? singleQuoted(text) : doubleQuoted(text)
  }
  return doubleQuoted(text)
}

function isString(text: string, style: "plain" | "as-written", { tagged }: SpellingContext): boolean {
  if (tagged) return true
  return style === "plain" ? isPlainString(text) : resolve("", text).tag === STR_TAG
}

const INTEGRAL = /^-?[0-9]+$/

/** A number, truth value or time; bytes with their tag. A float keeps a point, to be read as one again. */
function spellTyped(value: Leaf): string {
  const { value: text, tagged, tag } = encodeScalar(value)
  if (value.kind === "float" && INTEGRAL.test(text)) return `${text}.0`
  return tagged ? `${tag} ${text.replaceAll("\n", "")}` : text
}

// Line breaks, control characters, and what YAML forbids or the reader would refuse.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNWRITABLE = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/u
const START_INDICATOR = /^[,[\]{}#&*!|>'"%@`]/
const DOUBTFUL_START = /^[-?:](?:[ \t]|$)/
const DOUBTFUL_FLOW_START = /^[:?]|^-$/
const BLANK_EDGE = /^[ \t]|[ \t]$/
const INDICATOR = /:(?:[ \t]|$)|[ \t]#/
const FLOW_INDICATOR = /[,?[\]{}]/
const DOCUMENT_MARK = /^(?:---|\.\.\.)(?:[ \t]|$)/

/** Whether the text can stand without quotes. What it then means is another question. */
export function canBePlain(text: string, flow: boolean): boolean {
  if (text === "" || UNWRITABLE.test(text) || BLANK_EDGE.test(text) || INDICATOR.test(text)) return false
  if (START_INDICATOR.test(text) || DOUBTFUL_START.test(text) || DOCUMENT_MARK.test(text)) return false
  // A merge key's text is special wherever it stands.
  if (text === "<<") return false
  return !flow || !(FLOW_INDICATOR.test(text) || DOUBTFUL_FLOW_START.test(text))
}

function canBeSingle(text: string): boolean {
  return !UNWRITABLE.test(text)
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped
const ESCAPED = /["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/gu

const NAMED_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\0", "\\0"],
  ["\x07", "\\a"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\v", "\\v"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ["\x1b", "\\e"],
  ["\x85", "\\N"],
  ["\u2028", "\\L"],
  ["\u2029", "\\P"],
])

function doubleQuoted(text: string): string {
  return `"${text.replace(ESCAPED, escapeOf)}"`
}

function escapeOf(character: string): string {
  const named = NAMED_ESCAPES.get(character)
  if (named !== undefined) return named
  const code = character.charCodeAt(0)
  // Half a surrogate pair is no character; as in UTF-8 it becomes the replacement character.
  if (code >= 0xd800 && code <= 0xdfff) return "\ufffd"
  const hex = code.toString(16).toUpperCase()
  return code <= 0xff ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`
}
