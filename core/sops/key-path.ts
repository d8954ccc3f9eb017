/** How a place in a tree is named for people and on the command line: `database.users[2].name`. */

import type { KeyPath } from "./tree.ts"

const PLAIN_STEP = /^[\p{L}\p{N}_-]+$/u

/** Dotted where every key allows it, brackets where one does not: `a.b[0]["c d"]`. */
export function formatKeyPath(path: KeyPath): string {
  let text = ""
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`
    else if (PLAIN_STEP.test(step)) text += text === "" ? step : `.${step}`
    else text += `[${JSON.stringify(step)}]`
  }
  return text
}
