/**
 * A document as a secret of Vault's key-value engine: one JSON object. The
 * documents of a YAML file are merged, later ones win, comments go (SOPS'
 * `EmitAsMap`; a map inside a list, which SOPS sends as pairs of `Key` and
 * `Value`, stays a map here).
 */

import { fromUtf8, toUtf8 } from "../bytes.ts"
import { assertNever, ConclaveError } from "../errors.ts"
import { json, printJsonValue } from "../formats/json.ts"
import { formatKeyPath } from "../sops/key-path.ts"
import { serializeScalar, str } from "../sops/scalar.ts"
import type { Entry, KeyPath, MapNode, Node, Tree } from "../sops/tree.ts"

/**
 * @throws {@link ConclaveError} `not-representable` for what JSON has no
 * notation for: bytes that are no text, infinities, not-a-number.
 */
export function toVaultSecret(tree: Tree): MapNode {
  return { kind: "map", items: entriesOf(tree, []) }
}

function entriesOf(maps: readonly MapNode[], path: KeyPath): Entry[] {
  const entries = new Map<string, Entry>()
  for (const { items } of maps) {
    for (const item of items) {
      if (item.kind === "entry")
        entries.set(item.key, { ...item, value: plain(item.value, [...path, item.key]) })
    }
  }
  return [...entries.values()]
}

function plain(node: Node, path: KeyPath): Node {
  switch (node.kind) {
    case "map":
      return { kind: "map", items: entriesOf([node], path) }
    case "list":
      return {
        kind: "list",
        items: node.items.flatMap((item, index) =>
          item.kind === "comment" ? [] : [plain(item, [...path, index])],
        ),
      }
    case "bytes":
      throw notRepresentable(path)
    case "float":
      if (Number.isFinite(node.value)) return node
      throw notRepresentable(path)
    case "time":
      return str(node.text)
    case "str":
    case "int":
    case "bool":
    case "null":
      return node
    default:
      return assertNever(node)
  }
}

/** What Vault is sent to write a secret. */
export function secretBody(secret: MapNode, version: 1 | 2): Uint8Array {
  const body: Node =
    version === 1 ? secret : { kind: "map", items: [{ kind: "entry", key: "data", value: secret }] }
  return toUtf8(printJsonValue(body, { indent: 0 }))
}

/**
 * The secret in what Vault answers to a read; `null` if there is none in it, as
 * behind a version that was deleted.
 *
 * @throws {@link ConclaveError} `syntax` and what else JSON of no sense throws.
 */
export function storedSecret(body: Uint8Array, version: 1 | 2): Node | null {
  const [answer] = json.parsePlain(body)
  const data = entryOf(answer, "data")
  const secret = version === 1 ? data : entryOf(data, "data")
  return secret?.kind === "map" ? secret : null
}

function entryOf(node: Node | undefined, key: string): Node | undefined {
  if (node?.kind !== "map") return undefined
  const entry = node.items.find((item) => item.kind === "entry" && item.key === key)
  return entry?.kind === "entry" ? entry.value : undefined
}

/** Whether two secrets say the same: the order of keys does not count, the kind of a number only by its value. */
export function isSameSecret(a: Node, b: Node): boolean {
  if (a.kind === "map" && b.kind === "map") return isSameMap(a, b)
  if (a.kind === "list" && b.kind === "list") {
    const others = b.items
    return (
      a.items.length === others.length &&
      a.items.every((item, index) => {
        const other = others[index]
        return (
          item.kind !== "comment" &&
          other !== undefined &&
          other.kind !== "comment" &&
          isSameSecret(item, other)
        )
      })
    )
  }
  if (a.kind === "map" || a.kind === "list" || b.kind === "map" || b.kind === "list") return false
  if (a.kind === "null" || b.kind === "null") return a.kind === b.kind
  const isNumber = (node: Node) => node.kind === "int" || node.kind === "float"
  if (a.kind !== b.kind && !(isNumber(a) && isNumber(b))) return false
  return fromUtf8(serializeScalar(a)) === fromUtf8(serializeScalar(b))
}

function isSameMap(a: MapNode, b: MapNode): boolean {
  const others = new Map(b.items.flatMap((item) => (item.kind === "entry" ? [[item.key, item.value]] : [])))
  return (
    a.items.length === others.size &&
    a.items.every((item) => {
      const other = item.kind === "entry" ? others.get(item.key) : undefined
      return item.kind === "entry" && other !== undefined && isSameSecret(item.value, other)
    })
  )
}

function notRepresentable(path: KeyPath): ConclaveError<"not-representable"> {
  const at = formatKeyPath(path)
  return new ConclaveError("not-representable", `${at} has no notation in JSON, which Vault keeps`, {
    format: "json",
    at,
  })
}
