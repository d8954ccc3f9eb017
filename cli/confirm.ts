/** A yes-or-no question to the person at the terminal. */

import { escapeText, type Terminal } from "./terminal.ts"

/** @returns `null` if there is nobody to ask. Whatever is not a yes is a no. */
export async function confirm(question: string, terminal: Terminal): Promise<boolean | null> {
  const answer = await terminal.ask(`${escapeText(question)} [y/N] `)
  return answer === null ? null : /^y(es)?$/i.test(answer.trim())
}
