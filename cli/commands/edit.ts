/** `conclave edit`: a file before a person, without a trace of its plaintext on any disk. */

import { nameOfChange } from "#core/document/changes.ts"
import { RULE_FIELDS } from "#core/sops/selection.ts"
import { defineCommand, type Outcome, UsageError } from "../command.ts"
import { CHANGE_OPTIONS, changeRequest, IGNORE_MAC_OPTION } from "../file-options.ts"
import { KEY_OPTIONS, keysFrom } from "../key-options.ts"
import { createFile } from "../operations/create.ts"
import { type Edited, editFile } from "../operations/edit.ts"
import { describeGroups } from "../operations/encrypt.ts"
import { describeReaders } from "../operations/readers.ts"
import { RULE_OPTIONS, rulesFrom, thresholdFrom } from "../rule-options.ts"
import { escapeText } from "../terminal.ts"

/** sops' number for a file that was left as it is. */
const EXIT_UNCHANGED = 200

/** Beside sops' two, the one that other programs know. */
const VARIABLES = ["SOPS_EDITOR", "EDITOR", "VISUAL"]

export const edit = defineCommand({
  name: "edit",
  summary: "Edit a file in your editor, in memory",
  usage: ["conclave edit [OPTIONS] FILE"],
  examples: [
    "conclave edit secrets/prod/db.yaml",
    "conclave edit --editor 'code --wait' secrets/prod/db.yaml",
    "conclave edit secrets/new.yaml",
  ],
  options: {
    editor: { type: "string", value: "CMD", help: "this one, not that of SOPS_EDITOR, EDITOR or VISUAL" },
    "allow-disk": {
      type: "boolean",
      help: "let the plaintext lie on a disk where there is no memory for it",
    },
    ...IGNORE_MAC_OPTION,
    ...CHANGE_OPTIONS,
    ...KEY_OPTIONS,
    "aws-profile": { type: "string", value: "NAME", help: "of a new file: stored with its KMS keys" },
    ...RULE_OPTIONS,
    "mac-only-encrypted": { type: "boolean", help: "of a new file: the MAC covers encrypted values only" },
    "shamir-secret-sharing-threshold": {
      type: "string",
      value: "N",
      help: "of a new file: how many key groups open it",
    },
  },

  async run({ values, positionals }, context) {
    const [file, ...more] = positionals
    if (file === undefined || more.length > 0) throw new UsageError("give one FILE")
    const editor = { editor: values.editor, variables: VARIABLES, allowDisk: values["allow-disk"] === true }
    const change = changeRequest(file, values, context)
    if (await context.files.exists(context.files.resolve(file))) {
      const edited = await editFile({ ...change, ...editor, file }, context)
      return edited === null ? unchanged(file) : changed(file, edited)
    }
    const flagValue = (name: string) => (values as Record<string, string | undefined>)[name]
    const created = await createFile(
      {
        file,
        ...editor,
        inputType: values["input-type"],
        keys: keysFrom(flagValue, context.env, values["aws-profile"]),
        threshold: thresholdFrom(values["shamir-secret-sharing-threshold"]),
        rules: rulesFrom(flagValue, RULE_FIELDS),
        layout: values.canonical === true ? "canonical" : "kept",
        macOnlyEncrypted: values["mac-only-encrypted"] === true,
        lookup: "repository",
        config: values.config,
      },
      context,
    )
    if (created === null) return unchanged(file)
    const readers = describeGroups(created.result.groups)
    return {
      said: [...created.warnings, `created  ${file}`, `readers: ${readers}`],
      json: { file, written: file, created: true, readers: created.result.groups },
    }
  },
})

function unchanged(file: string): Outcome {
  return {
    said: [`${file}: unchanged, not written`],
    json: { file, written: null },
    exitCode: EXIT_UNCHANGED,
  }
}

function changed(file: string, edited: Edited): Outcome {
  const { branches, merged, readers, warnings } = edited
  const changes = edited.changes.map((change) => ({
    change: change.kind,
    path: nameOfChange(change, branches),
  }))
  const lines = changes.map(({ change, path }) => `${change.padEnd(9)}${escapeText(path)}`)
  return {
    said: [
      ...warnings,
      ...(merged ? [`${file}: was changed meanwhile; the edit is merged into it`] : []),
      ...lines,
      `${file}: ${countOf(changes.length)}, read by ${describeReaders(readers)}`,
    ],
    json: { file, written: file, changes, merged, readers },
  }
}

function countOf(values: number): string {
  if (values === 0) return "no value, but comments or layout"
  return values === 1 ? "1 value" : `${values} values`
}
