/** White space as Go's `unicode.IsSpace` knows it, and trimming by it: not that of JavaScript's `trim`. */

/** Whether a UTF-16 unit is white space. */
export function isSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
  if (unit === 0x85 || unit === 0xa0 || unit === 0x1680) return true
  if (unit < 0x2000 || unit > 0x3000) return false
  return (
    unit <= 0x200a ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  )
}

/** The first offset of `[start, end)` that is not white space; `end` when all is. */
export function skipSpace(text: string, start: number, end: number): number {
  let at = start
  while (at < end && isSpace(text.charCodeAt(at))) at++
  return at
}

/** The offset behind the last unit of `[start, end)` that is not white space. */
export function trimEnd(text: string, start: number, end: number): number {
  let at = end
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--
  return at
}

/** The text without white space around it. */
export function trim(text: string): string {
  const start = skipSpace(text, 0, text.length)
  return text.slice(start, trimEnd(text, start, text.length))
}
