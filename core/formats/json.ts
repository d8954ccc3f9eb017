/**
 * JSON documents, as SOPS' `stores/json`: one object, metadata under the key
 * `sops` at its end, printed with tabs.
 *
 * Refuses what SOPS drops in silence: text behind the object, bytes that are
 * not UTF-8, integers whose digits it would change. Encrypted files spell a
 * clear negative zero `-0.0`: SOPS' `-0` reads back as the integer 0.
 */

import { toUtf8 } from "../bytes.ts"
import { ConclaveError } from "../errors.ts"
import type { Entry, MapNode, Node, Tree } from "../sops/tree.ts"
import type { Format, PrintOptions } from "./format.ts"
import { parseJsonText } from "./json/parser.ts"
import { printJson } from "./json/printer.ts"
import { duplicateKey, malformedAt, metadataMissing, notRepresentable, syntaxError } from "./refusal.ts"
import { firstRawByte, readSource } from "./source-text.ts"

const METADATA_KEY = "sops"
const NOT_BLANK = /[^ \t\r\n]/

export const json: Format = {
  name: "json",

  parsePlain(source) {
    return [parseObject(decode(source))]
  },

  parseEncrypted(source) {
    const text = decode(source)
    return splitMetadata(text, parseObject(text))
  },

  printPlain(tree, options) {
    return toUtf8(`${printJson(onlyBranch(tree), options)}\n`)
  },

  printEncrypted(tree, metadata, options) {
    return toUtf8(`${printJson(withMetadata(onlyBranch(tree), metadata), options, "-0.0")}\n`)
  },

  reservedKey(tree) {
    return tree.some((branch) => branch.items.some(isMetadata)) ? METADATA_KEY : null
  },
}

/**
 * What `--extract` prints for a map or a list (SOPS' `EmitValue`): the text
 * of {@link json} without a line break at its end.
 *
 * @throws {@link ConclaveError} `not-representable`, `too-deep`.
 */
export function printJsonValue(node: Node, options?: PrintOptions): string {
  return printJson(node, options)
}

/**
 * One JSON value of any kind, as `set` takes it. Integers are `int`: that SOPS
 * makes a lone number a float is the caller's.
 *
 * @throws {@link ConclaveError} `syntax`, `unsupported-value`, `too-deep`.
 */
export function parseJsonValue(text: string): Node {
  return parseJsonText(text)
}

function splitMetadata(text: string, root: MapNode): { tree: Tree; metadata: MapNode } {
  const [entry, second] = root.items.filter(isMetadata)
  if (entry === undefined) throw metadataMissing("json")
  if (second !== undefined) throw duplicateKey(text, second.keySpan?.start ?? 0, METADATA_KEY)
  const metadata = entry.value
  if (metadata.kind !== "map") throw malformedAt(METADATA_KEY, "the metadata is not a map")
  if (metadata.items.length === 0) throw metadataMissing("json")
  return { tree: [{ ...root, items: root.items.filter((item) => item !== entry) }], metadata }
}

function decode(source: Uint8Array): string {
  const { text, exact } = readSource(source)
  if (!exact) throw syntaxError("json", text, firstRawByte(text), "not UTF-8")
  return text
}

function parseObject(text: string): MapNode {
  if (!NOT_BLANK.test(text)) throw new ConclaveError("empty-file", "json: the file is empty", {})
  const node = parseJsonText(text)
  if (node.kind === "map") return node
  throw syntaxError("json", text, node.span?.start ?? 0, "the document is not an object; put it into one")
}

function onlyBranch(tree: Tree): MapNode {
  const [branch] = tree
  if (branch !== undefined && tree.length === 1) return branch
  throw notRepresentable("json", [], `holds one document, not ${tree.length}`)
}

function withMetadata(branch: MapNode, metadata: MapNode): MapNode {
  if (branch.items.some(isMetadata)) {
    throw new ConclaveError("reserved-key", `json: the key ${METADATA_KEY} is reserved`, {
      key: METADATA_KEY,
    })
  }
  return { kind: "map", items: [...branch.items, { kind: "entry", key: METADATA_KEY, value: metadata }] }
}

function isMetadata(item: MapNode["items"][number]): item is Entry {
  return item.kind === "entry" && item.key === METADATA_KEY
}
