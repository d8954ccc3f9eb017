/**
 * What SOPS demands of a file's first document and of no other: that it can
 * also be read into a plain map. It decodes that document once more, only to
 * find duplicate keys (`stores/yaml/store.go`), and yaml.v3 refuses a merge of
 * what is no map on the way.
 *
 * Stricter than SOPS in one corner: it does not look at a value inside a
 * merged map that is written in place when the key is overridden beside it.
 */

import { ConclaveError } from "../../errors.ts"
import type { AliasNode, DocumentNode, MappingNode, ScalarNode, YamlNode } from "./node.ts"
import { MERGE_TAG } from "./resolve.ts"

/**
 * @throws {@link ConclaveError} `duplicate-key` with the place of the second
 * key, and `unsupported-value` for a merge key whose value is no map. Keys
 * are equal when their texts are, whatever their tags and quotes; an alias is
 * equal only to the same alias.
 */
export function checkFirstDocument(document: DocumentNode): void {
  checkNode(document)
}

// The composer bounds the depth, and aliases are not followed: what they point to is in the document.
function checkNode(node: YamlNode): void {
  if (node.kind === "scalar" || node.kind === "alias") return
  if (node.kind === "mapping") checkKeys(node)
  for (const child of node.content) checkNode(child)
}

function checkKeys({ content }: MappingNode): void {
  const scalars = new Set<string>()
  const aliases = new Set<string>()
  for (let i = 0; i + 1 < content.length; i += 2) {
    const key = content[i]
    // Collections as keys are refused later, where every key must be a string.
    if (key?.kind !== "scalar" && key?.kind !== "alias") continue
    const seen = key.kind === "scalar" ? scalars : aliases
    if (seen.has(key.value)) throw duplicateKey(key)
    seen.add(key.value)
    if (key.kind === "scalar" && key.tag === MERGE_TAG && key.value === "<<") checkMerge(key, content[i + 1])
  }
}

function duplicateKey({ kind, value, line, column }: ScalarNode | AliasNode): ConclaveError {
  const key = kind === "alias" ? `*${value}` : value
  return new ConclaveError("duplicate-key", "a key occurs twice in one map", { key, line, column })
}

function checkMerge({ line, column }: ScalarNode, value: YamlNode | undefined): void {
  const isMergeable =
    value?.kind === "sequence" ? value.content.every(isMapping) : value !== undefined && isMapping(value)
  if (isMergeable) return
  const message = "a merge key needs a map or a list of maps"
  throw new ConclaveError("unsupported-value", message, { at: `line ${line}`, line, column })
}

function isMapping(node: YamlNode): boolean {
  return (node.kind === "alias" ? node.target : node).kind === "mapping"
}
