/** `conclave set`: one value of a file, from a place that no process list shows. */

import { formatKeyPath, parseKeyPath } from "#core/sops/key-path.ts"
import { defineCommand, type Outcome, UsageError } from "../command.ts"
import { CHANGE_OPTIONS, changeRequest, IGNORE_MAC_OPTION } from "../file-options.ts"
import { type Changed, changeFile } from "../operations/change.ts"
import { editPlaces, type PlaceFact } from "../operations/edit-places.ts"
import { describeReaders, type Readers, readersOf } from "../operations/readers.ts"
import { readSecretValue, type SecretValue } from "../secret-input.ts"

export const set = defineCommand({
  name: "set",
  summary: "Set one value of a file",
  usage: [
    "conclave set [OPTIONS] FILE PATH",
    "conclave set FILE PATH --stdin",
    "conclave set FILE PATH --generate KIND",
  ],
  examples: [
    "conclave set secrets/prod/db.yaml database.password",
    "conclave set secrets/prod/db.yaml database.password --generate 32",
    "vault kv get -field=token app | conclave set secrets/app.env TOKEN --stdin",
    "conclave set secrets/tls.yaml 'certs[0].key' --value-file server.key",
    "echo '[5432, 5433]' | conclave set secrets/prod/db.yaml database.ports --stdin --json-value",
  ],
  options: {
    stdin: { type: "boolean", help: "read the value from standard input; - as the last word says the same" },
    "value-file": { type: "string", value: "FILE", help: "read the value from a file" },
    generate: {
      type: "string",
      value: "KIND",
      help: "32 (letters and digits), hex[:N], base64[:N] (N random bytes) or uuid",
    },
    show: { type: "boolean", help: "print the generated value" },
    "json-value": { type: "boolean", help: "the value is JSON: a number, a list, a map; a text otherwise" },
    idempotent: { type: "boolean", help: "as always: an unchanged value is not written again" },
    ...IGNORE_MAC_OPTION,
    ...CHANGE_OPTIONS,
  },

  async run({ values, positionals }, context) {
    const [file, pathText, last, ...more] = positionals
    if (file === undefined || pathText === undefined) throw new UsageError("give FILE and PATH")
    if (more.length > 0 || (last !== undefined && last !== "-")) throw valueInArguments()
    if (values.show === true && values.generate === undefined)
      throw new UsageError("--show prints what --generate has made, and only that")
    const path = parseKeyPath(pathText)
    const request = changeRequest(file, values, context)
    const value = await readSecretValue(
      {
        stdin: values.stdin === true || last === "-",
        valueFile: values["value-file"],
        generate: values.generate,
        asJson: values["json-value"] === true,
      },
      `Value for ${formatKeyPath(path)} in ${file}: `,
      context,
    )
    const changed = await changeFile(request, context.identities(), context, async (open) => {
      const { next, facts } = await editPlaces(open, [{ kind: "set", path, value: value.node }], {}, context)
      return { next, facts: { place: facts[0] as PlaceFact, readers: readersOf(open) } }
    })
    return outcomeOf(changed, value, values.show === true)
  },
})

function valueInArguments(): UsageError {
  return new UsageError(
    "a value on the command line shows in process lists and in the shell's history; leave it out to be asked for it, or use --stdin, --value-file or --generate",
  )
}

type Facts = { readonly place: PlaceFact; readonly readers: Readers }

function outcomeOf({ file, warnings, facts }: Changed<Facts>, value: SecretValue, show: boolean): Outcome {
  const { place, readers } = facts
  const json = { file, path: place.path, change: place.change, encrypted: !place.clear }
  const shown = show && value.generated !== null
  return {
    ...(shown ? { stdout: `${value.generated}\n` } : {}),
    said: [
      ...warnings,
      ...(place.change === "unchanged" ? unchanged(file, place) : changedLines(file, place, readers)),
    ],
    json: shown ? { ...json, value: value.generated } : json,
  }
}

function unchanged(file: string, { path }: PlaceFact): string[] {
  return [`unchanged  ${path}`, `${file}: not written`]
}

function changedLines(file: string, { path, change, clear }: PlaceFact, readers: Readers): string[] {
  return [
    ...(clear ? [`warning: ${path} stands in clear in ${file}: its selection rule does not encrypt it`] : []),
    `${change.padEnd(9)}${path}`,
    `${file}: 1 value, read by ${describeReaders(readers)}`,
  ]
}
