/** `conclave groups`: key groups, of which several together open a file. */

import { parseKeySpec } from "#core/keys/parse-key-spec.ts"
import { splitList } from "#core/policy/config-keys.ts"
import { defineCommand, type OptionSpec, type Outcome, UsageError } from "../command.ts"
import { inContext } from "../encryption-context.ts"
import { CHANGE_OPTIONS, changeRequest } from "../file-options.ts"
import { KEY_FLAGS } from "../key-options.ts"
import { type Changed, changeFile } from "../operations/change.ts"
import { addGroup, deleteGroup } from "../operations/groups.ts"
import { describeReaders, type ReaderPlan } from "../operations/readers.ts"
import { thresholdFrom } from "../rule-options.ts"

const GROUP_KEY_OPTIONS: Readonly<Record<string, OptionSpec>> = Object.fromEntries(
  KEY_FLAGS.map(({ flag, what }) => [
    flag,
    { type: "strings", value: "KEY", help: `${what} of the new group; may be given again` },
  ]),
)

export const groups = defineCommand({
  name: "groups",
  summary: "Add and delete key groups, of which several together open a file",
  usage: ["conclave groups add [OPTIONS] FILE", "conclave groups delete [OPTIONS] FILE INDEX"],
  examples: [
    "conclave groups add --age age1ucxua76kfa5zzzfydj2zy5v78tzq0d9krrspvs65dmu8kmdutysqqxcrr4 --shamir-secret-sharing-threshold 2 secrets/root.yaml",
    "conclave groups delete secrets/root.yaml 1",
  ],
  options: {
    file: { type: "string", short: "f", value: "FILE", help: "the file, in sops' way" },
    "in-place": { type: "boolean", short: "i", help: "as always: the file itself is written" },
    ...GROUP_KEY_OPTIONS,
    "aws-profile": { type: "string", value: "NAME", help: "the AWS profile stored with KMS keys" },
    "encryption-context": {
      type: "string",
      value: "NAME:VALUE,…",
      help: "what the AWS KMS keys are bound to",
    },
    "shamir-secret-sharing-threshold": {
      type: "string",
      value: "N",
      help: "how many key groups open the file from now on",
    },
    ...CHANGE_OPTIONS,
  },

  async run({ values, positionals }, context) {
    const [verb, ...rest] = positionals
    const words = values.file === undefined ? rest : [values.file, ...rest]
    const [file, index, ...more] = words
    const threshold = thresholdFrom(values["shamir-secret-sharing-threshold"])
    if (verb !== "add" && verb !== "delete") throw new UsageError("say add or delete")
    if (file === undefined) throw new UsageError("give FILE")
    const request = changeRequest(file, values, context)
    const pool = context.identities()
    if (verb === "delete") {
      if (more.length > 0 || index === undefined || !/^\d{1,3}$/.test(index))
        throw new UsageError("give FILE and INDEX, which counts from 0")
      const changed = await changeFile(request, pool, context, async (open) =>
        deleteGroup(open, Number(index), threshold, context),
      )
      return outcomeOf(changed)
    }
    if (index !== undefined) throw new UsageError("the keys of the new group are named with flags")
    const group = groupFrom(
      values as Readonly<Record<string, readonly string[] | undefined>>,
      values["aws-profile"],
    )
    const changed = await changeFile(request, pool, context, async (open) =>
      addGroup(open, inContext(group, values["encryption-context"]), threshold, context),
    )
    return outcomeOf(changed)
  },
})

function groupFrom(values: Readonly<Record<string, readonly string[] | undefined>>, awsProfile = "") {
  return KEY_FLAGS.flatMap(({ flag, kind }) =>
    (values[flag] ?? []).flatMap(splitList).map((text) => parseKeySpec(kind, text, awsProfile)),
  )
}

function outcomeOf({ file, warnings, facts }: Changed<ReaderPlan>): Outcome {
  const { threshold, rekey, groups: changes } = facts
  return {
    said: [
      ...warnings,
      `changed  ${file}: ${describeReaders(facts.readers)}`,
      ...(rekey === null
        ? []
        : [`the file has a new data key${rekey === "removal" ? ", since readers are gone" : ""}`]),
    ],
    json: { file, groups: changes, threshold, rekeyed: rekey !== null },
  }
}
