/** `conclave ls`: what a file holds, told without any key: names and kinds, never values. */

import { parseDocument } from "#core/document/document.ts"
import { type Listed, listPlaces } from "#core/document/listing.ts"
import { defineCommand, UsageError } from "../command.ts"
import { SOURCE_OPTIONS } from "../file-options.ts"
import { forEachFile } from "../operations/each-file.ts"
import { readSource } from "../source.ts"
import { escapeText } from "../terminal.ts"

export const ls = defineCommand({
  name: "ls",
  summary: "List what a file holds, without any key and without values",
  usage: ["conclave ls [OPTIONS] FILE…"],
  examples: ["conclave ls secrets/prod/db.yaml", "conclave ls --json secrets/*.yaml"],
  options: SOURCE_OPTIONS,

  async run({ values, positionals }, context) {
    if (positionals.length === 0) throw new UsageError("give at least one FILE")
    const options = { inputType: values["input-type"], maxSize: values["max-size"] }
    const several = positionals.length > 1
    return forEachFile(positionals, values.json === true, context.terminal, async (file) => {
      const source = await readSource(file, options, context)
      const document = parseDocument(source.bytes, source.format, Number.POSITIVE_INFINITY)
      const listed = await listPlaces(document)
      const documents = document.tree.length
      return {
        stdout: `${several ? `${escapeText(source.shown)}\n` : ""}${table(listed, documents, several)}`,
        json: {
          file: source.shown,
          values: listed.map(({ branch, path, kind, state }) => ({
            ...(documents > 1 ? { document: branch + 1 } : {}),
            path,
            kind,
            encrypted: state === "encrypted",
            ...(state === "clear-against-rule" ? { againstRule: true } : {}),
          })),
        },
      }
    })
  },
})

const STATES = {
  encrypted: "encrypted",
  clear: "clear",
  "clear-against-rule": "clear, and the rule says encrypted",
} as const satisfies Record<Listed["state"], string>

/** A column can be as wide as this before its row goes out of line. */
const MAX_WIDTH = 60

function table(listed: readonly Listed[], documents: number, indented: boolean): string {
  const rows = listed.map(({ branch, path, kind, state }) => {
    const name = documents > 1 ? `${branch + 1}: ${path}` : path
    return { name: escapeText(name), kind, state: STATES[state] }
  })
  const width = Math.min(MAX_WIDTH, Math.max(0, ...rows.map(({ name }) => name.length)))
  const margin = indented ? "  " : ""
  return rows
    .map(({ name, kind, state }) => `${margin}${name.padEnd(width)}  ${kind.padEnd(5)}  ${state}\n`)
    .join("")
}
