/**
 * A command line taken apart into words without a shell, as sops does with
 * `SOPS_AGE_KEY_CMD` (google/shlex): single quotes keep everything, double
 * quotes know the backslash, outside a backslash takes the next character as it
 * is, and `#` at the start of a word begins a comment. Nothing is expanded.
 */

const BLANKS = " \t\r\n"

/** The words of a command line; `null` if a quote is not closed or nothing follows a backslash. */
export function splitCommandLine(text: string): string[] | null {
  const words: string[] = []
  let word: string | null = null
  let quote = ""
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === "\\" && quote !== "'") {
      if (++at === text.length) return null
      word = (word ?? "") + text.charAt(at)
    } else if (quote !== "") {
      if (character === quote) quote = ""
      else word += character
    } else if (character === "'" || character === '"') {
      quote = character
      word ??= ""
    } else if (BLANKS.includes(character)) {
      if (word !== null) words.push(word)
      word = null
    } else if (character === "#" && word === null) {
      const end = text.indexOf("\n", at)
      at = end < 0 ? text.length : end
    } else {
      word = (word ?? "") + character
    }
  }
  if (quote !== "") return null
  if (word !== null) words.push(word)
  return words
}
