/** The terminal port: the three streams, and a question whose answer does not show. */

export interface Terminal {
  readonly stdin: {
    readonly isTTY: boolean
    /** All of standard input. @throws `too-large` above `limit` bytes. */
    read(limit: number): Promise<Uint8Array>
  }
  readonly stdout: { readonly isTTY: boolean; write(data: Uint8Array | string): Promise<void> }
  readonly stderr: { readonly isTTY: boolean; write(text: string): void }
  /**
   * Asks through the terminal itself, so that standard input stays data.
   *
   * @returns What was typed, without echo; `null` where there is no terminal.
   */
  askHidden(question: string): Promise<string | null>
  /** The same with the answer shown as it is typed: for a yes or no. */
  ask(question: string): Promise<string | null>
}

/** Control, format and bidirectional characters of hostile names, spelled so that they show. */
export function escapeText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    if (character === "\t") return "\\t"
    if (character === "\n") return "\\n"
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
  })
}
