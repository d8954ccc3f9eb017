/**
 * YAML as SOPS reads and prints it: one map for each document, the metadata a
 * map under `sops`, read from the first document and written into every one.
 *
 * Compatible with getsops/sops 3.x (`stores/yaml/store.go`,
 * `stores/metadata.go`); quotes, flow style, blank lines and anchors do not
 * survive a print. Duplicate keys are refused in the first document only.
 */

import { toUtf8 } from "../bytes.ts"
import { ConclaveError } from "../errors.ts"
import type { Entry, MapNode, Tree } from "../sops/tree.ts"
import type { Format, PrintOptions } from "./format.ts"
import { parseYamlNodes } from "./yaml/composer.ts"
import { checkFirstDocument } from "./yaml/first-document.ts"
import { nodesToTree } from "./yaml/nodes-to-tree.ts"
import { printDocuments } from "./yaml/printer.ts"
import { decodeSource } from "./yaml/reader.ts"
import { treeToNodes } from "./yaml/tree-to-nodes.ts"

const METADATA_KEY = "sops"
const DEFAULT_INDENT = 4

/** A file of blanks and comments is an `empty-file` too, as SOPS finds no document in it. */
export const yaml: Format = {
  name: "yaml",

  parsePlain: parse,

  parseEncrypted(source) {
    const tree = parse(source)
    const metadata = findMetadata(tree[0])
    return { tree: tree.map(withoutMetadata), metadata }
  },

  printPlain: print,

  printEncrypted(tree, metadata, options) {
    const key = reservedKey(tree)
    if (key !== null) throw new ConclaveError("reserved-key", `the key ${key} is kept for metadata`, { key })
    return print(
      tree.map((map) => withMetadata(map, metadata)),
      options,
    )
  },

  reservedKey,
}

function parse(source: Uint8Array): Tree {
  const documents = parseYamlNodes(decodeSource(source))
  const [first] = documents
  if (first === undefined) throw new ConclaveError("empty-file", "the file holds no document", {})
  checkFirstDocument(first)
  return nodesToTree(documents)
}

function print(tree: Tree, options: PrintOptions = {}): Uint8Array {
  const { indent = 0 } = options
  return toUtf8(printDocuments(treeToNodes(tree), { indent: indent > 0 ? indent : DEFAULT_INDENT }))
}

function reservedKey(tree: Tree): string | null {
  return tree.some((map) => map.items.some(isMetadata)) ? METADATA_KEY : null
}

function isMetadata(item: MapNode["items"][number]): item is Entry {
  return item.kind === "entry" && item.key === METADATA_KEY
}

function findMetadata(map: MapNode | undefined): MapNode {
  const [entry, second] = map?.items.filter(isMetadata) ?? []
  if (entry === undefined) throw new ConclaveError("metadata-missing", "the file has no sops metadata", {})
  // A duplicate as written is a duplicate key already; this one hides behind an alias.
  if (second !== undefined) throw malformed("sops metadata occurs twice")
  if (entry.value.kind !== "map") throw malformed("sops metadata is not a map")
  return entry.value
}

function malformed(message: string): ConclaveError {
  return new ConclaveError("malformed", message, { at: METADATA_KEY })
}

function withoutMetadata(map: MapNode): MapNode {
  return { ...map, items: map.items.filter((item) => !isMetadata(item)) }
}

function withMetadata(map: MapNode, metadata: MapNode): MapNode {
  return { ...map, items: [...map.items, { kind: "entry", key: METADATA_KEY, value: metadata }] }
}
