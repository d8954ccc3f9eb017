/** `conclave rekey`, also called `rotate`: a new data key, every value encrypted anew. */

import { defineCommand, UsageError } from "../command.ts"
import { inContext } from "../encryption-context.ts"
import { CHANGE_OPTIONS, changeRequest } from "../file-options.ts"
import { type Changed, changeFile } from "../operations/change.ts"
import { type FileOutcome, forEachFile } from "../operations/each-file.ts"
import { describeReaders } from "../operations/readers.ts"
import { type RekeyFacts, rekeyFile } from "../operations/rekey.ts"
import { keysNamed, READER_OPTIONS } from "../reader-options.ts"

export const rekey = defineCommand({
  name: "rekey",
  summary: "Give files a new data key, and other readers if so wished",
  usage: ["conclave rekey [OPTIONS] FILE…", "conclave rotate [OPTIONS] FILE…"],
  examples: [
    "conclave rekey secrets/prod/*.yaml",
    "conclave rekey --rm-age age1ucxua76kfa5zzzfydj2zy5v78tzq0d9krrspvs65dmu8kmdutysqqxcrr4 secrets/prod/db.yaml",
  ],
  options: {
    "in-place": { type: "boolean", short: "i", help: "as always: the file itself is written" },
    ...READER_OPTIONS,
    "aws-profile": { type: "string", value: "NAME", help: "the AWS profile stored with added KMS keys" },
    "encryption-context": {
      type: "string",
      value: "NAME:VALUE,…",
      help: "what the named AWS KMS keys are bound to",
    },
    ...CHANGE_OPTIONS,
  },

  async run({ values, positionals }, context) {
    if (positionals.length === 0) throw new UsageError("give at least one FILE")
    const flagValue = (name: string) => (values as Record<string, string | undefined>)[name]
    const awsProfile = flagValue("aws-profile") ?? ""
    const named = (prefix: "add" | "rm") =>
      inContext(keysNamed(prefix, flagValue, awsProfile), flagValue("encryption-context"))
    const [add, remove] = [named("add"), named("rm")]
    const pool = context.identities()
    return forEachFile(positionals, values.json === true, context.terminal, async (file) => {
      const request = changeRequest(file, values, context)
      const { strictness } = request
      const changed = await changeFile(request, pool, context, (open) =>
        rekeyFile(open, { add, remove, strictness }, context),
      )
      return outcomeOf(changed)
    })
  },
})

function outcomeOf({ file, warnings, facts }: Changed<RekeyFacts>): FileOutcome {
  const { plan, strangers, absent } = facts
  const added = plan.groups.flatMap((group) => group.added)
  const removed = plan.groups.flatMap((group) => group.removed)
  return {
    said: [
      ...warnings,
      ...strangers.map((id) => `warning: ${file}: no rule names its reader ${id}`),
      ...absent.map((id) => `warning: ${file}: not removed, since it was no reader: ${id}`),
      ...added.map((id) => `added    ${id}`),
      ...removed.map((id) => `removed  ${id}`),
      `rekeyed  ${file}, read by ${describeReaders(plan.readers)}`,
      ...(removed.length === 0 ? [] : [KNOWN_STILL]),
    ],
    json: {
      file,
      rekeyed: true,
      added,
      removed,
      readers: plan.groups.flatMap((group) => [...group.kept, ...group.added]),
    },
  }
}

const KNOWN_STILL =
  "note: who was removed may have kept what the file held so far: change those values where they are used"
