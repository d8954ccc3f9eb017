/**
 * Classes of characters as the scanner tells them apart, on UTF-16 code units;
 * 0 stands for the end of the stream (decoded sources hold no NUL).
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `yamlprivateh.go`.
 */

export const TAB = 0x09
export const LF = 0x0a
export const CR = 0x0d
export const SPACE = 0x20
export const EXCLAMATION = 0x21
export const DOUBLE_QUOTE = 0x22
export const HASH = 0x23
export const PERCENT = 0x25
export const AMPERSAND = 0x26
export const SINGLE_QUOTE = 0x27
export const ASTERISK = 0x2a
export const PLUS = 0x2b
export const COMMA = 0x2c
export const MINUS = 0x2d
export const DOT = 0x2e
export const ZERO = 0x30
export const COLON = 0x3a
export const LESS = 0x3c
export const GREATER = 0x3e
export const QUESTION = 0x3f
export const AT = 0x40
export const LEFT_BRACKET = 0x5b
export const BACKSLASH = 0x5c
export const RIGHT_BRACKET = 0x5d
export const GRAVE = 0x60
export const LEFT_BRACE = 0x7b
export const BAR = 0x7c
export const RIGHT_BRACE = 0x7d
export const NEL = 0x85
export const LINE_SEPARATOR = 0x2028
const PARAGRAPH_SEPARATOR = 0x2029

/** Space or tab (`is_blank`). */
export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}

/** CR, LF, NEL, LS or PS (`is_break`). */
export function isBreak(code: number): boolean {
  if (code < NEL) return code === LF || code === CR
  return code === NEL || code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR
}

/** A break or the end (`is_breakz`). */
export function isBreakOrEnd(code: number): boolean {
  if (code < NEL) return code === LF || code === CR || code === 0
  return code === NEL || code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR
}

/** A blank, a break or the end (`is_blankz`). */
export function isSpaceOrEnd(code: number): boolean {
  if (code < NEL)
    return code <= SPACE && (code === SPACE || code === LF || code === TAB || code === CR || code === 0)
  return code === NEL || code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR
}

/** `0-9` (`is_digit`). */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** `0-9 A-Z a-z _ -` (`is_alpha`). */
export function isWord(code: number): boolean {
  return (
    isDigit(code) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x5f ||
    code === MINUS
  )
}

/** Value of a hexadecimal digit (`as_hex`); -1 for anything else. */
export function hexValue(code: number): number {
  if (isDigit(code)) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** Second half of a surrogate pair: it takes no column, the first half does. */
export function isLowSurrogate(code: number): boolean {
  return (code & 0xfc00) === 0xdc00
}
