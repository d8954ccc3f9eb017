/** `sops groups add` and `sops groups delete`. */

import { hasCode } from "#core/errors.ts"
import { parseKeySpec } from "#core/keys/parse-key-spec.ts"
import { splitList } from "#core/policy/config-keys.ts"
import { inContext } from "../encryption-context.ts"
import { KEY_FLAGS } from "../key-options.ts"
import { type Change, changeFile } from "../operations/change.ts"
import { addGroup, deleteGroup } from "../operations/groups.ts"
import type { OpenFile } from "../operations/open.ts"
import type { ReaderPlan } from "../operations/readers.ts"
import { changeExitCode } from "./change-exit-codes.ts"
import {
  changeRequestOf,
  EXIT_GENERIC,
  type SopsCommand,
  SopsFailure,
  type SopsFamily,
  type SopsInvocation,
  sayAll,
} from "./command.ts"
import type { Flags } from "./flags.ts"
import { GROUPS_ADD_FLAGS, GROUPS_DELETE_FLAGS } from "./table.ts"

const exitCode: SopsCommand["exitCode"] = (error) =>
  hasCode(error, "read-failed") || hasCode(error, "not-a-file") ? changeExitCode(error) : EXIT_GENERIC

const add: SopsCommand = {
  flags: GROUPS_ADD_FLAGS,
  exitCode,

  async run(invocation) {
    const { flags, context } = invocation
    if (flags.positionals.length !== 0) throw new SopsFailure("no positional arguments allowed", EXIT_GENERIC)
    const group = KEY_FLAGS.flatMap(({ flag, kind }) =>
      flags
        .all(flag)
        .flatMap(splitList)
        .map((text) => parseKeySpec(kind, text, flags.text("aws-profile"))),
    )
    const keys = inContext(group, flags.text("encryption-context"))
    return change(invocation, (file) => addGroup(file, keys, thresholdOf(flags), context))
  },
}

const remove: SopsCommand = {
  flags: GROUPS_DELETE_FLAGS,
  exitCode,

  async run(invocation) {
    const { flags, context } = invocation
    const [index = "", ...more] = flags.positionals
    if (index === "" || more.length > 0)
      throw new SopsFailure("exactly one positional argument (index) required", EXIT_GENERIC)
    if (!/^\d{1,9}$/.test(index)) throw new SopsFailure("the index is not a number", EXIT_GENERIC)
    return change(invocation, (file) => deleteGroup(file, Number(index), thresholdOf(flags), context))
  },
}

export const groups: SopsFamily = {
  summary: "modify the groups on a SOPS file",
  subcommands: new Map([
    ["add", add],
    ["delete", remove],
  ]),
}

function thresholdOf(flags: Flags): number {
  return flags.int("shamir-secret-sharing-threshold")
}

async function change(
  invocation: SopsInvocation,
  regroup: (file: OpenFile) => Change<ReaderPlan>,
): Promise<number> {
  const { flags, context } = invocation
  const target = { inPlace: flags.bool("in-place") }
  const request = { ...changeRequestOf(invocation, flags.text("file")), target }
  const changed = await changeFile(request, context.identities(), context, async (file) => regroup(file))
  sayAll(changed.warnings, context)
  if (changed.bytes !== null) await context.terminal.stdout.write(changed.bytes)
  return 0
}
