/**
 * Fields of the `sops` block, read the way sops' decoder (mapstructure, weakly
 * typed) takes them: names in any case, `"2"` as a number, `"true"` as a
 * boolean, one map where a list of maps is expected. Timestamps must be
 * strings. An error names the place.
 */

import { ConclaveError } from "../errors.ts"
import { formatPlainFloat } from "./scalar.ts"
import type { Entry, MapNode, Node } from "./tree.ts"

export class FieldReader {
  readonly at: string
  readonly #values = new Map<string, Node>()

  constructor(map: MapNode, at: string) {
    this.at = at
    for (const item of map.items) {
      if (item.kind === "comment") continue
      const name = item.key.toLowerCase()
      if (this.#values.has(name)) throw malformed(`${at}.${item.key}`, "occurs twice")
      this.#values.set(name, item.value)
    }
  }

  /** Text of a scalar; empty when absent or null. */
  text(name: string): string {
    const value = this.#values.get(name)
    return value === undefined ? "" : textOf(value, `${this.at}.${name}`)
  }

  /** 0 when absent. */
  int(name: string): number {
    const value = this.#values.get(name)
    if (value?.kind === "bool") return value.value ? 1 : 0
    const text = this.text(name)
    if (text === "") return 0
    if (!/^[+-]?\d{1,9}$/.test(text)) throw malformed(`${this.at}.${name}`, "is not a whole number")
    return Number(text)
  }

  /** False when absent. */
  bool(name: string): boolean {
    const text = this.text(name)
    if (/^(1|t|true)$/i.test(text)) return true
    if (/^(0|f|false|)$/i.test(text)) return false
    throw malformed(`${this.at}.${name}`, "is neither true nor false")
  }

  /** A list of maps; empty when absent. */
  maps(name: string): FieldReader[] {
    const value = this.#values.get(name)
    const at = `${this.at}.${name}`
    if (value === undefined || value.kind === "null") return []
    if (value.kind === "map") return value.items.length === 0 ? [] : [new FieldReader(value, `${at}[0]`)]
    if (value.kind !== "list") throw malformed(at, "is not a list")
    return value.items
      .filter((item) => item.kind !== "comment")
      .map((item, index) => {
        if (item.kind !== "map") throw malformed(`${at}[${index}]`, "is not a map")
        return new FieldReader(item, `${at}[${index}]`)
      })
  }

  /** A map of texts; `undefined` when absent or empty. A null value reads as the empty text. */
  texts(name: string): ReadonlyMap<string, string> | undefined {
    const value = this.#values.get(name)
    if (value === undefined || value.kind === "null") return undefined
    if (value.kind !== "map") throw malformed(`${this.at}.${name}`, "is not a map")
    const texts = new Map<string, string>()
    for (const item of value.items) {
      if (item.kind === "comment") continue
      // The keys of this map are free, and keep their case.
      texts.set(item.key, textOf(item.value, `${this.at}.${name}.${item.key}`))
    }
    return texts.size === 0 ? undefined : texts
  }
}

function textOf(value: Node, at: string): string {
  switch (value.kind) {
    case "null":
      return ""
    case "str":
      return value.text
    case "int":
      return value.value.toString()
    case "float":
      return formatPlainFloat(value.value)
    case "bool":
      return value.value ? "1" : "0"
    default:
      throw malformed(at, value.kind === "time" ? "must be in quotes" : "is not a text")
  }
}

/** A map with its entries in byte order of their names. */
export function mapOf(fields: ReadonlyMap<string, Node>): MapNode {
  const names = [...fields.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const items: Entry[] = names.map((key) => ({ kind: "entry", key, value: fields.get(key) as Node }))
  return { kind: "map", items }
}

function malformed(at: string, what: string): ConclaveError {
  return new ConclaveError("malformed", `${at} ${what}`, { at })
}
