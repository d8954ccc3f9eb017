/** How often a property is tried: a little by default, much with SLOW=1; SEED=N tries the same again. */

import fc from "fast-check"

const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31)
fc.configureGlobal({ seed })

/** For the title of a group, so that every run says how to repeat it. */
export const SEED: string = `SEED=${seed}`

export function runs(few: number, many: number): { readonly numRuns: number } {
  return { numRuns: process.env["SLOW"] === undefined ? few : many }
}
