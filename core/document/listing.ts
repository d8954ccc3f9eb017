/**
 * The places of an encrypted file, told without any key: key paths, the kinds
 * of their values, and whether each stands encrypted. Never a value.
 */

import { formatKeyPath } from "../sops/key-path.ts"
import { isEmptyScalar, scalarType } from "../sops/scalar.ts"
import { compileRule, DEFAULT_RULE } from "../sops/selection.ts"
import type { KeyPath, Leaf, ListNode, MapNode, Node } from "../sops/tree.ts"
import { encryptedType } from "../sops/value.ts"
import { mapLeaves } from "../sops/walk.ts"
import type { EncryptedDocument } from "./document.ts"

export type Listed = {
  /** Of the file's documents, from 0; only YAML has more than one. */
  readonly branch: number
  readonly path: string
  /** `str`, `int`, `float`, `bool`, `time`, `null`, or `map` and `list` for one without items. */
  readonly kind: string
  /** `clear-against-rule`: the rule says encrypted, and a value stands there in clear. */
  readonly state: "encrypted" | "clear" | "clear-against-rule"
}

/** @throws {@link ConclaveError} `regex-invalid`. */
export async function listPlaces({ tree, metadata }: EncryptedDocument): Promise<Listed[]> {
  const byRule: boolean[] = []
  mapLeaves(tree, await compileRule(metadata.rule ?? DEFAULT_RULE), (item, place) => {
    if (item.kind !== "comment") byRule.push(place.encrypted)
    return item
  })
  const listing = new Listing(byRule)
  for (const [branch, map] of tree.entries()) listing.add(map, branch, [])
  return listing.listed
}

class Listing {
  readonly listed: Listed[] = []
  readonly #byRule: readonly boolean[]
  #visited = 0

  /** @param byRule - For each leaf in document order, whether the rule encrypts it. */
  constructor(byRule: readonly boolean[]) {
    this.#byRule = byRule
  }

  add(node: Node, branch: number, path: KeyPath): void {
    if (node.kind === "map" || node.kind === "list") {
      const before = this.listed.length
      if (node.kind === "map") this.#addMap(node, branch, path)
      else this.#addList(node, branch, path)
      if (this.listed.length > before || path.length === 0) return
    }
    this.listed.push({ branch, path: formatKeyPath(path), ...this.#describe(node) })
  }

  #addMap(map: MapNode, branch: number, path: KeyPath): void {
    for (const item of map.items) if (item.kind === "entry") this.add(item.value, branch, [...path, item.key])
  }

  #addList(list: ListNode, branch: number, path: KeyPath): void {
    let index = 0
    for (const item of list.items) {
      if (item.kind === "comment") continue
      // sops carries an encrypted comment of a list as an item.
      if (isLeaf(item) && encryptedType(item) === "comment") this.#visited++
      else this.add(item, branch, [...path, index++])
    }
  }

  #describe(node: Node): Pick<Listed, "kind" | "state"> {
    if (!isLeaf(node)) return { kind: node.kind, state: "clear" }
    const byRule = this.#byRule[this.#visited++] === true
    const type = byRule ? encryptedType(node) : null
    if (type !== null) return { kind: type, state: "encrypted" }
    return { kind: scalarType(node), state: byRule && !isEmptyScalar(node) ? "clear-against-rule" : "clear" }
  }
}

function isLeaf(node: Node): node is Leaf {
  return node.kind !== "map" && node.kind !== "list" && node.kind !== "null"
}
