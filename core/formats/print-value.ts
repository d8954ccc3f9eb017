/**
 * Prints one value out of a tree, as `--extract` does: a text as it is, other
 * scalars and lists in the notation of the output format (SOPS' `EmitValue`).
 */

import { toUtf8 } from "../bytes.ts"
import { assertNever, ConclaveError } from "../errors.ts"
import type { Node } from "../sops/tree.ts"
import type { Format, PrintOptions } from "./format.ts"
import { printJsonValue } from "./json.ts"
import { toText } from "./text-value.ts"
import { documentNode } from "./yaml/build.ts"
import { printDocuments } from "./yaml/printer.ts"
import { treeToNodes } from "./yaml/tree-to-nodes.ts"

const YAML_INDENT = 4

/** @throws {@link ConclaveError} `not-representable`: dotenv and INI print texts, binary files have no parts. */
export function printValue(node: Node, format: Format, options: PrintOptions = {}): Uint8Array {
  if (node.kind === "str") return toUtf8(node.text)
  if (node.kind === "bytes") return node.bytes
  switch (format.name) {
    case "yaml":
      return toUtf8(printYamlValue(node))
    case "json":
      return toUtf8(printJsonValue(node, options))
    case "ini":
    case "dotenv":
      if (node.kind !== "map" && node.kind !== "list" && node.kind !== "null") return toUtf8(toText(node))
      throw notRepresentable(format)
    case "binary":
      throw notRepresentable(format)
    default:
      return assertNever(format.name)
  }
}

/** A document of this one value. */
function printYamlValue(value: Node): string {
  const [document] = treeToNodes([{ kind: "map", items: [{ kind: "entry", key: "value", value }] }])
  const root = document?.content[0]
  const node = root?.kind === "mapping" ? root.content[1] : undefined
  return node === undefined ? "" : printDocuments([documentNode([node])], { indent: YAML_INDENT })
}

function notRepresentable(format: Format): ConclaveError {
  return new ConclaveError("not-representable", `${format.name} has no notation for this value alone`, {
    format: format.name,
    at: "",
  })
}
