/** `sops rotate` and `sops -r`. */

import { inContext } from "../encryption-context.ts"
import { changeFile } from "../operations/change.ts"
import { rekeyFile } from "../operations/rekey.ts"
import { checkTarget } from "../output.ts"
import { ADD_FLAGS, keysNamed, REMOVE_FLAGS } from "../reader-options.ts"
import { changeExitCode } from "./change-exit-codes.ts"
import {
  changeRequestOf,
  EXIT_NO_FILE,
  missingFile,
  type SopsCommand,
  SopsFailure,
  type SopsInvocation,
  sayAll,
  targetOf,
} from "./command.ts"
import { ROTATE_FLAGS } from "./table.ts"

const EXIT_KEYS_OF_MISSING_FILE = 49

export const rotate: SopsCommand = {
  flags: ROTATE_FLAGS,
  exitCode: changeExitCode,
  run: (invocation) => rotateFile(invocation, false),
}

export const legacyRotate: SopsCommand = {
  flags: [],
  exitCode: changeExitCode,

  async run(invocation) {
    refuseKeysOfMissing(invocation, await isThere(invocation))
    return (await missingFile(invocation)) ?? rotateFile(invocation, true)
  },
}

async function rotateFile(invocation: SopsInvocation, ruleNeeded: boolean): Promise<number> {
  const { flags, context } = invocation
  const [file, ...more] = flags.positionals
  if (file === undefined) throw new SopsFailure("no file specified", EXIT_NO_FILE)
  if (more.length > 0) sayAll(["warning: more than one argument; only the first is used"], context)
  const target = targetOf(flags)
  checkTarget(target, { path: file })
  refuseKeysOfMissing(invocation, await isThere(invocation))
  const named = (prefix: "add" | "rm") =>
    inContext(
      keysNamed(prefix, (name) => flags.text(name), flags.text("aws-profile")),
      flags.text("encryption-context"),
    )
  const [add, remove] = [named("add"), named("rm")]
  const request = { ...changeRequestOf(invocation, file), target, ruleNeeded }
  const { strictness } = request
  const changed = await changeFile(request, context.identities(), context, (open) =>
    rekeyFile(open, { add, remove, strictness }, context),
  )
  const { strangers } = changed.facts
  sayAll(
    [...changed.warnings, ...strangers.map((id) => `warning: ${file}: no rule names its reader ${id}`)],
    context,
  )
  if (changed.bytes !== null) await context.terminal.stdout.write(changed.bytes)
  return 0
}

async function isThere({ flags, context }: SopsInvocation): Promise<boolean> {
  return context.files.exists(context.files.resolve(flags.positionals[0] ?? ""))
}

function refuseKeysOfMissing({ flags }: SopsInvocation, isThere: boolean): void {
  if (isThere || ![...ADD_FLAGS, ...REMOVE_FLAGS].some((name) => flags.text(name) !== "")) return
  throw new SopsFailure("cannot add or remove keys of a file that is not there", EXIT_KEYS_OF_MISSING_FILE)
}
