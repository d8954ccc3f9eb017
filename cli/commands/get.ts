/** `conclave get`: single values of a file, as `decrypt --extract` prints them. */

import { concat, toUtf8 } from "#core/bytes.ts"
import type { OpenedDocument } from "#core/document/opened.ts"
import type { Format } from "#core/formats/format.ts"
import { printJsonValue } from "#core/formats/json.ts"
import { printValue } from "#core/formats/print-value.ts"
import { findNode, formatKeyPath, parseKeyPath } from "#core/sops/key-path.ts"
import { str } from "#core/sops/scalar.ts"
import type { KeyPath, MapNode, Node } from "#core/sops/tree.ts"
import { defineCommand, UsageError } from "../command.ts"
import { IGNORE_MAC_OPTION, OPEN_OPTIONS, openRequest } from "../file-options.ts"
import { describeNotices } from "../notices.ts"
import { withOpenFile } from "../operations/open.ts"
import { refuseBinary } from "../output.ts"

export const get = defineCommand({
  name: "get",
  summary: "Print single values of a file",
  usage: ["conclave get [OPTIONS] FILE PATH…"],
  examples: [
    "conclave get secrets/prod/db.yaml database.password",
    "conclave get secrets/prod/db.yaml database.user database.password",
    "conclave get --json secrets/prod/db.yaml database | jq .",
  ],
  options: {
    "output-type": { type: "string", value: "TYPE", help: "print maps and lists as this format" },
    ...IGNORE_MAC_OPTION,
    ...OPEN_OPTIONS,
  },

  async run({ values, positionals }, context) {
    const [file, ...texts] = positionals
    if (file === undefined || texts.length === 0) throw new UsageError("give FILE and at least one PATH")
    const paths = texts.map(parseKeyPath)
    const request = {
      ...openRequest(file, values, context),
      outputType: values["output-type"],
      readOnly: true,
    }
    return withOpenFile(
      request,
      context.identities(),
      context,
      async ({ source, opened, mode, warnings }) => {
        const said = [...warnings, ...describeNotices(source.shown, opened.notices)]
        if (values.json === true) return { said, stdout: asJson(source.shown, opened, paths) }
        const { format } = opened.document
        const options = mode.indent === undefined ? {} : { indent: mode.indent }
        const parts = paths.map((path) => printPart(findNode(opened.tree, path), format, options))
        // One value is printed to the byte; a person, and several values, need lines.
        const lines = parts.length > 1 || context.terminal.stdout.isTTY
        const stdout = concat(...parts.map((part) => (lines ? withLineEnd(part) : part)))
        refuseBinary(stdout, context)
        return { said, stdout }
      },
    )
  },
})

function printPart(node: Node, format: Format, options: { indent?: number }): Uint8Array {
  return node.kind === "map" && format.name !== "binary"
    ? format.printPlain([node], options)
    : printValue(node, format, options)
}

function withLineEnd(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === 0x0a ? bytes : concat(bytes, toUtf8("\n"))
}

/** Printed by the format and not by the platform: integers stay exact. */
function asJson(file: string, { tree }: OpenedDocument, paths: readonly KeyPath[]): string {
  const values = paths.map(
    (path): Node =>
      entries([
        ["path", str(formatKeyPath(path))],
        ["value", findNode(tree, path)],
      ]),
  )
  const document = entries([
    ["file", str(file)],
    ["values", { kind: "list", items: values }],
  ])
  return `${printJsonValue(document, { indent: 2 })}\n`
}

function entries(fields: readonly (readonly [string, Node])[]): MapNode {
  return { kind: "map", items: fields.map(([key, value]) => ({ kind: "entry", key, value })) }
}
