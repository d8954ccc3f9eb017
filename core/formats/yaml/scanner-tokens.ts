/**
 * The tokens that the scanner has made and the parser has not taken yet. They
 * have numbers, counted from the start of the stream, because a simple key is
 * known for one only after what follows it.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `apic.go`
 * (yaml_insert_token).
 */

import type { Token } from "./token.ts"

/** Taken tokens are cut off in lots, so that taking one stays cheap. */
const LOT = 1024

export class TokenQueue {
  #tokens: Token[] = []
  #head = 0
  /** How many tokens have been taken: the number of the first that waits. */
  #taken = 0

  get taken(): number {
    return this.#taken
  }

  get waiting(): number {
    return this.#tokens.length - this.#head
  }

  /** The number that the next pushed token will have. */
  get end(): number {
    return this.#taken + this.waiting
  }

  get first(): Token {
    return this.#tokens[this.#head] as Token
  }

  get last(): Token {
    return this.#tokens[this.#tokens.length - 1] as Token
  }

  /** The last token; if that is a `,`, the one before it. */
  get lastBeforeEntry(): Token {
    const { last } = this
    return last.type === "flow-entry" ? (this.#tokens[this.#tokens.length - 2] ?? last) : last
  }

  /** Whether the last tokens open a block sequence and its first entry. */
  get endsWithFirstEntry(): boolean {
    return (
      this.last.type === "block-entry" &&
      this.#tokens[this.#tokens.length - 2]?.type === "block-sequence-start"
    )
  }

  push(token: Token): void {
    this.#tokens.push(token)
  }

  /**
   * Puts `token` where the token `number` is, before it and all that follow;
   * at the end when that is taken already, which the parser then refuses
   * (`{? a}: b`; yaml.v3 does the same).
   */
  insert(number: number, token: Token): void {
    if (number === this.end || number < this.#taken) this.#tokens.push(token)
    else this.#tokens.splice(this.#head + number - this.#taken, 0, token)
  }

  take(): void {
    this.#head++
    this.#taken++
    if (this.#head < LOT) return
    this.#tokens = this.#tokens.slice(this.#head)
    this.#head = 0
  }
}
