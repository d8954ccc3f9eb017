/**
 * Files of any content, as SOPS' binary store: encrypted they are the JSON
 * document `{"data": "ENC[…]", "sops": {…}}`, in plaintext the bytes
 * themselves. The tree is the one entry `data`.
 *
 * A value of 512 MiB is longer in base64 than a JavaScript string can be, so
 * above {@link LARGE_SIZE} the literal of `data` is taken out of the file and
 * put in as bytes, and only the rest goes through JSON.
 *
 * Stricter than SOPS: an envelope without a string in `data` is refused when it
 * is read, and a tree with other keys beside it is not printed as plaintext,
 * where SOPS leaves them out.
 */

import { concat } from "../bytes.ts"
import { ConclaveError } from "../errors.ts"
import type { Entry, Leaf, MapNode, Tree } from "../sops/tree.ts"
import { findDataLiteral, isCleanLiteral } from "./binary/data-literal.ts"
import { type Format, MAX_TEXT_SIZE, type PrintOptions } from "./format.ts"
import { json } from "./json.ts"
import { duplicateKey, malformedAt, notRepresentable } from "./refusal.ts"
import { encodeText, readSource, wellFormed } from "./source-text.ts"

const DATA_KEY = "data"
/** From this size on, in bytes, `data` is never a string. */
export const LARGE_SIZE = 8 * 1024 * 1024
const DEFAULT_INDENT = 1

export const binary: Format = {
  name: "binary",

  parsePlain(source) {
    return treeOf({ kind: "bytes", bytes: source })
  },

  parseEncrypted(source) {
    if (source.length < LARGE_SIZE) return parseEnvelope(source)
    const literal = findDataLiteral(source)
    if (literal === null) throw malformedAt(DATA_KEY, "no plain string at the top of this envelope")
    const rest = concat(source.subarray(0, literal.start), source.subarray(literal.end))
    if (rest.length > MAX_TEXT_SIZE) {
      const details = { size: rest.length, limit: MAX_TEXT_SIZE }
      throw new ConclaveError("too-large", "binary: too much beside the data", details)
    }
    const { tree, metadata } = parseEnvelope(rest)
    const data: Leaf = { kind: "bytes", bytes: source.subarray(literal.start, literal.end) }
    return { tree: tree.map((branch) => withData(branch, data)), metadata }
  },

  printPlain(tree) {
    const [data, other] = tree.flatMap((branch) => branch.items.filter(isEntry))
    if (data?.key !== DATA_KEY || tree.length !== 1) {
      throw notRepresentable("binary", [DATA_KEY], "there is no such key at the top of the document")
    }
    if (other !== undefined) throw notRepresentable("binary", [other.key], "only the key data has a place")
    if (data.value.kind === "bytes") return data.value.bytes
    if (data.value.kind === "str") return encodeText(wellFormed(data.value.text))
    throw notRepresentable("binary", [DATA_KEY], "is not a string")
  },

  printEncrypted(tree, metadata, options) {
    const data = largeData(tree)
    if (data === null) return json.printEncrypted(tree, metadata, options)
    if (!isCleanLiteral(data)) throw notRepresentable("binary", [DATA_KEY], "too long to be left unencrypted")
    const rest = json.printEncrypted(treeOf({ kind: "str", text: "" }), metadata, options)
    const split = headSize(options)
    return concat(rest.subarray(0, split), data, rest.subarray(split))
  },

  reservedKey() {
    return null
  },
}

function parseEnvelope(source: Uint8Array): { tree: Tree; metadata: MapNode } {
  const envelope = json.parseEncrypted(source)
  const [data, second] = envelope.tree.flatMap((branch) => branch.items.filter(isData))
  if (data?.value.kind !== "str") throw malformedAt(DATA_KEY, "no string at the top of this envelope")
  if (second !== undefined) throw duplicateKey(readSource(source).text, second.keySpan?.start ?? 0, DATA_KEY)
  return envelope
}

function treeOf(value: Leaf): Tree {
  return [{ kind: "map", items: [{ kind: "entry", key: DATA_KEY, value }] }]
}

function withData(branch: MapNode, value: Leaf): MapNode {
  const items = branch.items.map((item) => (isData(item) ? { kind: item.kind, key: item.key, value } : item))
  return { kind: "map", items }
}

function largeData(tree: Tree): Uint8Array | null {
  const [branch] = tree
  const [item] = branch?.items ?? []
  if (tree.length !== 1 || branch?.items.length !== 1 || item?.kind !== "entry" || item.key !== DATA_KEY)
    return null
  return item.value.kind === "bytes" && item.value.bytes.length >= LARGE_SIZE ? item.value.bytes : null
}

/** Bytes of `{`, a line break, the indent and `"data": "`. */
function headSize(options: PrintOptions = {}): number {
  return `{\n"${DATA_KEY}": "`.length + (options.indent ?? DEFAULT_INDENT)
}

function isEntry(item: MapNode["items"][number]): item is Entry {
  return item.kind === "entry"
}

function isData(item: MapNode["items"][number]): item is Entry {
  return item.kind === "entry" && item.key === DATA_KEY
}
