/**
 * Changes of a text, collected as stretches and what takes their place, and
 * applied all at once; and where the lines of the text are.
 */

/** `text` instead of the units from `start` to before `end`; an insertion where both are the same. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string }

/**
 * The text with all edits made. Insertions at one offset keep their order.
 * Edits must not overlap; those that do are a bug of the layout.
 */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
  const parts: string[] = []
  let at = 0
  for (const { start, end, text } of sorted) {
    if (start < at || end < start) throw new Error(`edits overlap at ${start}`)
    parts.push(source.slice(at, start), text)
    at = end
  }
  parts.push(source.slice(at))
  return parts.join("")
}

/** Where an offset of the text is once the edits are made. One within a replaced stretch has no such place. */
export function offsetAfter(edits: readonly Edit[]): (offset: number) => number {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
  let sum = 0
  const deltas = sorted.map(({ start, end, text }) => {
    sum += text.length - (end - start)
    return sum
  })
  return (offset) => {
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sorted[middle]?.end ?? 0) <= offset) low = middle + 1
      else high = middle
    }
    return offset + (deltas[low - 1] ?? 0)
  }
}

/** The stretch from `start` to before `end` with the edits made, which must all lie in it. */
export function applyWithin(source: string, start: number, end: number, edits: readonly Edit[]): string {
  const shifted = edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }))
  return applyEdits(source.slice(start, end), shifted)
}

/** The line ending that new lines get: that of the first line. */
export function lineBreakOf(source: string): "\n" | "\r\n" {
  const lineFeed = source.indexOf("\n")
  return lineFeed > 0 && source[lineFeed - 1] === "\r" ? "\r\n" : "\n"
}

/** The offset of the first unit of the line that holds `offset`. */
export function lineStartAt(source: string, offset: number): number {
  return offset === 0 ? 0 : source.lastIndexOf("\n", offset - 1) + 1
}

/** The offset of the line break that ends the line of `offset`, or of the text's end. */
export function lineEndAt(source: string, offset: number): number {
  const lineFeed = source.indexOf("\n", offset)
  if (lineFeed < 0) return source.length
  return lineFeed > offset && source[lineFeed - 1] === "\r" ? lineFeed - 1 : lineFeed
}

/** The offset of the line behind that of `offset`, or of the text's end. */
export function nextLineAt(source: string, offset: number): number {
  const lineFeed = source.indexOf("\n", offset)
  return lineFeed < 0 ? source.length : lineFeed + 1
}

/** Whether the last line is not ended. The metadata behind such a text is not ended either, so that it can be told. */
export function lacksFinalBreak(source: string): boolean {
  return source !== "" && !source.endsWith("\n")
}

/** Counts lines for notices: offsets are asked for in any order, and mostly not at all. */
export class LineCounter {
  readonly #source: string
  #starts: number[] | null = null

  constructor(source: string) {
    this.#source = source
  }

  /** The line of an offset, from 1. */
  lineAt(offset: number): number {
    this.#starts ??= lineStarts(this.#source)
    let low = 0
    let high = this.#starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#starts[middle] as number) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}

function lineStarts(source: string): number[] {
  const starts = [0]
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1)
  return starts
}
