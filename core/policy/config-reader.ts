/**
 * Reads configuration written as YAML strictly: what is unknown, misspelt,
 * doubled or of the wrong type is an error with file, line, column and, where
 * one is near, the spelling that was probably meant. SOPS ignores all of that,
 * and then leaves values in clear that a rule was to encrypt.
 */

import { ConclaveError } from "../errors.ts"
import type { MappingNode, YamlNode } from "../formats/yaml/node.ts"
import { resolveScalar } from "../formats/yaml/resolve.ts"
import { nearest } from "./nearest.ts"

/** @throws {@link ConclaveError} always `config-invalid`, at the node. */
export function configInvalid(
  file: string,
  node: Pick<YamlNode, "line" | "column">,
  what: string,
): ConclaveError {
  const { line, column } = node
  return new ConclaveError("config-invalid", `${file}:${line}:${column}: ${what}`, { file, line, column })
}

/** One map of the configuration; every getter checks the type and throws `config-invalid`. */
export class ConfigMap {
  readonly file: string
  readonly node: MappingNode
  readonly #values = new Map<string, YamlNode>()

  /** @param known - Every key that may stand here. */
  constructor(node: YamlNode, file: string, known: readonly string[], what: string) {
    this.file = file
    const target = follow(node)
    if (target.kind !== "mapping") throw configInvalid(file, node, `${what} must be a map`)
    this.node = target
    for (let i = 0; i < target.content.length; i += 2) {
      const key = target.content[i] as YamlNode
      const value = target.content[i + 1] as YamlNode
      if (key.kind !== "scalar") throw configInvalid(file, key, `a key of ${what} must be a word`)
      if (!known.includes(key.value)) {
        const near = nearest(key.value, known)
        const hint = near === null ? `known here: ${known.join(", ")}` : `did you mean ${near}?`
        throw configInvalid(file, key, `unknown key ${JSON.stringify(key.value)} in ${what}; ${hint}`)
      }
      if (this.#values.has(key.value)) throw configInvalid(file, key, `${key.value} occurs twice`)
      this.#values.set(key.value, follow(value))
    }
  }

  /** The raw node; `null` when absent or null. */
  get(name: string): YamlNode | null {
    const node = this.#values.get(name)
    if (node === undefined || isNull(node)) return null
    return node
  }

  /** Empty when absent. */
  text(name: string): string {
    const node = this.get(name)
    return node === null ? "" : textOf(node, this.file, name)
  }

  /** 0 when absent. */
  int(name: string): number {
    const node = this.get(name)
    if (node === null) return 0
    const scalar = node.kind === "scalar" ? resolveScalar(node) : null
    if (scalar?.kind !== "int" || scalar.value < 0n || scalar.value > 1_000_000n) {
      throw configInvalid(this.file, node, `${name} must be a whole number`)
    }
    return Number(scalar.value)
  }

  /** False when absent. */
  bool(name: string): boolean {
    const node = this.get(name)
    if (node === null) return false
    const scalar = node.kind === "scalar" ? resolveScalar(node) : null
    if (scalar?.kind !== "bool") throw configInvalid(this.file, node, `${name} must be true or false`)
    return scalar.value
  }

  /** Items of a list; empty when absent. */
  list(name: string): YamlNode[] {
    const node = this.get(name)
    if (node === null) return []
    if (node.kind !== "sequence") throw configInvalid(this.file, node, `${name} must be a list`)
    return node.content.map(follow)
  }

  /** A list of texts; empty when absent. */
  texts(name: string): string[] {
    return this.list(name).map((item) => textOf(item, this.file, name))
  }

  /** A map with free keys and texts; `undefined` when absent. */
  textMap(name: string): ReadonlyMap<string, string> | undefined {
    const node = this.get(name)
    if (node === null) return undefined
    if (node.kind !== "mapping") throw configInvalid(this.file, node, `${name} must be a map`)
    const texts = new Map<string, string>()
    for (let i = 0; i < node.content.length; i += 2) {
      const key = textOf(node.content[i] as YamlNode, this.file, name)
      texts.set(key, textOf(node.content[i + 1] as YamlNode, this.file, `${name}.${key}`))
    }
    return texts
  }
}

/** Text of a scalar that resolves to a string: `0123` and `yes` must be quoted to be one. */
export function textOf(node: YamlNode, file: string, name: string): string {
  const target = follow(node)
  const scalar = target.kind === "scalar" ? resolveScalar(target) : null
  if (scalar?.kind !== "str") throw configInvalid(file, node, `${name} must be a text`)
  return scalar.text
}

function follow(node: YamlNode): YamlNode {
  return node.kind === "alias" ? node.target : node
}

function isNull(node: YamlNode): boolean {
  return node.kind === "scalar" && resolveScalar(node).kind === "null"
}
