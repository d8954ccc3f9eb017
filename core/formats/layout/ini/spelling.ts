/**
 * INI values in their quotes. The pair that stands around a value stands around
 * its ciphertext too, so that decrypting brings it back.
 */

import { readsBackAs } from "../../ini/value.ts"

const QUOTES = ['"""', "`", '"', "'"] as const

/** The quotes around a token; "" for none. */
export function quotesOf(token: string): string {
  const quote = QUOTES.find((marks) => token.startsWith(marks) && token.endsWith(marks))
  return quote !== undefined && token.length >= 2 * quote.length ? quote : ""
}

/** A value in these quotes, or in others where it would not read back; `null` when none can hold it. */
export function spellIn(quotes: string, value: string): string | null {
  for (const marks of [quotes, "", '"', "`", '"""']) {
    const spelling = marks + value + marks
    if (readsBackAs(spelling, value, true)) return spelling
  }
  return null
}
