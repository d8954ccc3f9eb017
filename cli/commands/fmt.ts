/** `conclave fmt`: a file back in the layout that it had in a revision, with the values that it has now. */

import { equalBytes } from "#core/bytes.ts"
import { sizeLimit } from "#core/document/document.ts"
import { closeDocument, openDocument } from "#core/document/opened.ts"
import { relayout } from "#core/document/relayout.ts"
import { defineCommand, UsageError } from "../command.ts"
import { CHANGE_OPTIONS, changeRequest } from "../file-options.ts"
import { changeFile } from "../operations/change.ts"
import { forEachFile } from "../operations/each-file.ts"

export const fmt = defineCommand({
  name: "fmt",
  summary: "Restore the layout that a file had in a revision",
  usage: ["conclave fmt --from REVISION FILE…"],
  examples: ["conclave fmt --from HEAD~1 secrets/prod/db.yaml", "conclave fmt --from main secrets/*.yaml"],
  options: {
    from: { type: "string", value: "REVISION", help: "where the layout is taken from" },
    ...CHANGE_OPTIONS,
  },

  async run({ values, positionals }, context) {
    const revision = values.from
    if (revision === undefined) throw new UsageError("name the revision that has the layout with --from")
    if (positionals.length === 0) throw new UsageError("give at least one FILE")
    return forEachFile(positionals, values.json === true, context.terminal, async (file) => {
      const pool = context.identities()
      const changed = await changeFile(
        changeRequest(file, values, context),
        pool,
        context,
        async ({ opened, source }) => {
          const bytes = await context.files.readRevision(source.name, revision, sizeLimit(source.format))
          const options = { cipher: context.cipher }
          const older = await openDocument(bytes, source.format, pool.near(source.path).identities, options)
          try {
            const version = await relayout(opened, older, options)
            const same = equalBytes(version.bytes, source.bytes)
            return {
              next: same ? null : { tree: opened.tree, encrypt: async () => version },
              facts: { revision },
            }
          } finally {
            closeDocument(older)
          }
        },
      )
      return {
        said: [
          ...changed.warnings,
          `${file}: ${changed.written === null ? "has that layout already" : `layout of ${revision}`}`,
        ],
        json: { file, revision, changed: changed.written !== null },
      }
    })
  },
})
