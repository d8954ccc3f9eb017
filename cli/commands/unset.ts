/** `conclave unset`: takes places out of a file. */

import { parseKeyPath } from "#core/sops/key-path.ts"
import { defineCommand, UsageError } from "../command.ts"
import { CHANGE_OPTIONS, changeRequest, IGNORE_MAC_OPTION } from "../file-options.ts"
import { changeFile } from "../operations/change.ts"
import { editPlaces } from "../operations/edit-places.ts"

export const unset = defineCommand({
  name: "unset",
  summary: "Remove values from a file",
  usage: ["conclave unset [OPTIONS] FILE PATH…"],
  examples: [
    "conclave unset secrets/prod/db.yaml database.password",
    "conclave unset --idempotent secrets/app.env OLD_TOKEN OLDER_TOKEN",
  ],
  options: {
    idempotent: { type: "boolean", help: "a PATH where nothing is counts as removed" },
    ...IGNORE_MAC_OPTION,
    ...CHANGE_OPTIONS,
  },

  async run({ values, positionals }, context) {
    const [file, ...texts] = positionals
    if (file === undefined || texts.length === 0) throw new UsageError("give FILE and at least one PATH")
    const edits = texts.map((text) => ({ kind: "unset", path: parseKeyPath(text) }) as const)
    const options = { absentAllowed: values.idempotent === true }
    const changed = await changeFile(
      changeRequest(file, values, context),
      context.identities(),
      context,
      (open) => editPlaces(open, edits, options, context),
    )
    const lines = changed.facts.map(({ path, change }) => `${change.padEnd(9)}${path}`)
    return {
      said: [
        ...changed.warnings,
        ...lines,
        ...(changed.written === null ? [`${changed.file}: unchanged, not written`] : []),
      ],
      json: {
        file: changed.file,
        changes: changed.facts.map(({ path, change }) => ({ path, change })),
      },
    }
  },
})
