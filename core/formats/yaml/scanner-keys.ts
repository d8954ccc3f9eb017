/**
 * Simple keys: where a `:` that is still to come would make a key of what has
 * been scanned, one place for each flow level.
 *
 * Ported from go.yaml.in/yaml/v3 (libyaml, MIT), see NOTICE: `scannerc.go`
 * (yaml_simple_key_is_valid, yaml_parser_save_simple_key and their kin).
 */

import type { Mark } from "./event.ts"
import type { Cursor } from "./scanner-cursor.ts"
import { syntaxError } from "./scanner-error.ts"

/** YAML 1.2, 7.4.2: the `:` must come within this many characters, on the same line. */
const MAX_KEY_LENGTH = 1024

type SimpleKey = {
  possible: boolean
  /** In block context at the indentation of the mapping: nothing else may stand there. */
  readonly required: boolean
  /** The number, counted from the stream's start, of the token that begins it. */
  readonly tokenNumber: number
  readonly mark: Mark
  /** {@link mark} in code points. */
  readonly index: number
}

export class SimpleKeys {
  readonly #cursor: Cursor
  readonly #levels: SimpleKey[] = []
  readonly #levelOfToken = new Map<number, number>()

  constructor(cursor: Cursor) {
    this.#cursor = cursor
    this.pushLevel(0)
  }

  /** The key of the innermost level. */
  get current(): SimpleKey {
    return this.#levels[this.#levels.length - 1] as SimpleKey
  }

  /** Whether the token may turn out to begin a key, so that more must be scanned to know. */
  mayBegin(tokenNumber: number): boolean {
    const level = this.#levelOfToken.get(tokenNumber)
    if (level === undefined) return false
    const key = this.#levels[level]
    return key !== undefined && this.isValid(key)
  }

  /** @throws {@link ConclaveError} `syntax` when the key was required and can no longer be one */
  isValid(key: SimpleKey): boolean {
    if (!key.possible) return false
    if (key.mark.line < this.#cursor.line || key.index + MAX_KEY_LENGTH < this.#cursor.index) {
      if (key.required) throw this.#missingColon(key)
      key.possible = false
      return false
    }
    return true
  }

  /** Notes that the token `tokenNumber`, about to be scanned, may be a key. */
  save(tokenNumber: number, required: boolean): void {
    this.remove()
    const cursor = this.#cursor
    const level = this.#levels.length - 1
    this.#levels[level] = { possible: true, required, tokenNumber, mark: cursor.mark(), index: cursor.index }
    this.#levelOfToken.set(tokenNumber, level)
  }

  /** Gives up the innermost level's key. @throws {@link ConclaveError} `syntax` when it was required */
  remove(): void {
    const key = this.current
    if (!key.possible) return
    if (key.required) throw this.#missingColon(key)
    this.#forget(key)
  }

  /** Ends the wait for a `:` that has come. */
  confirm(key: SimpleKey): void {
    this.#forget(key)
  }

  pushLevel(tokenNumber: number): void {
    const cursor = this.#cursor
    this.#levels.push({
      possible: false,
      required: false,
      tokenNumber,
      mark: cursor.mark(),
      index: cursor.index,
    })
  }

  popLevel(): void {
    const key = this.#levels.pop()
    if (key !== undefined) this.#levelOfToken.delete(key.tokenNumber)
  }

  #forget(key: SimpleKey): void {
    key.possible = false
    this.#levelOfToken.delete(key.tokenNumber)
  }

  #missingColon(key: SimpleKey): Error {
    return syntaxError(
      "could not find expected ':'",
      this.#cursor.mark(),
      "while scanning a simple key",
      key.mark,
    )
  }
}
