/** The answers to questions that sops asks on standard output and reads from standard input. */

import type { Context } from "../context.ts"

const MAX_ANSWERS = 1024 * 1024

/** Lines of standard input, or of the terminal, for the questions of one call. */
export class Answers {
  readonly #context: Context
  #lines: string[] | null = null

  constructor(context: Context) {
    this.#context = context
  }

  async next(): Promise<string | null> {
    const { terminal } = this.#context
    if (terminal.stdin.isTTY) return terminal.ask("")
    if (this.#lines === null) {
      const text = new TextDecoder().decode(await terminal.stdin.read(MAX_ANSWERS))
      this.#lines = text.split("\n")
    }
    return this.#lines.shift() ?? null
  }
}
