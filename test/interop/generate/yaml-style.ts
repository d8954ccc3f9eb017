/** The habits of whoever wrote a YAML document: indentation, comments, blank lines, flow, quotes; one draw each. */

import type { Random } from "./random.ts"

export type Style = {
  /** Columns for each level of a map. */
  readonly step: number
  /** Columns by which a list stands in from its key; 0 is common, too. */
  readonly listStep: number
  /** Chance of a comment at each place that may have one. */
  readonly comments: number
  /** Chance that a comment line stands at another column than its neighbours. */
  readonly oddColumns: number
  readonly blanks: number
  readonly flow: number
  readonly quotes: number
  readonly anchors: number
  /**
   * Whether comments may be empty, and then there are no lists: sops turns an
   * empty comment in a list into an empty string, and conclave does not.
   */
  readonly emptyRemarks: boolean
  readonly maxDepth: number
  /** Entries in a collection, at most. */
  readonly width: number
}

export function drawStyle(random: Random): Style {
  const step = random.pick([2, 2, 2, 2, 4, 4, 3, 1, 8])
  return {
    step,
    listStep: random.pick([0, 0, 2, step]),
    comments: random.pick([0, 0.05, 0.15, 0.15, 0.35, 0.6]),
    oddColumns: random.pick([0, 0, 0.2, 0.5]),
    blanks: random.pick([0, 0.05, 0.2, 0.4]),
    flow: random.pick([0, 0.1, 0.3]),
    quotes: random.pick([0, 0.2, 0.8]),
    anchors: random.pick([0, 0, 0, 0.1, 0.25]),
    emptyRemarks: random.chance(0.15),
    maxDepth: random.pick([1, 2, 3, 3, 4, 6]),
    width: random.pick([2, 3, 4, 6]),
  }
}
