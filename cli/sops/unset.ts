/** `sops unset`. */

import { hasCode } from "#core/errors.ts"
import { changeFile } from "../operations/change.ts"
import { editPlaces } from "../operations/edit-places.ts"
import { changeExitCode } from "./change-exit-codes.ts"
import {
  changeRequestOf,
  EXIT_GENERIC,
  EXIT_NO_FILE,
  EXIT_SET_FORMAT,
  type SopsCommand,
  SopsFailure,
  sayAll,
} from "./command.ts"
import { checkSteps } from "./set.ts"
import { UNSET_FLAGS } from "./table.ts"
import { parseTreePath } from "./tree-path.ts"

export const unset: SopsCommand = {
  flags: UNSET_FLAGS,
  exitCode: (error) => (hasCode(error, "path-not-found") ? EXIT_GENERIC : changeExitCode(error)),

  async run(invocation) {
    const { flags, context } = invocation
    const [file = "", pathText = ""] = flags.positionals
    if (flags.positionals.length !== 2)
      throw new SopsFailure("give precisely 2 arguments: file and index", EXIT_NO_FILE)
    const path = parseTreePath(pathText)
    if (path === null) throw new SopsFailure("invalid unset index format", EXIT_SET_FORMAT)
    checkSteps(path)
    const request = { ...changeRequestOf(invocation, file), target: { inPlace: true } }
    const options = { absentAllowed: flags.bool("idempotent") }
    const changed = await changeFile(request, context.identities(), context, (open) =>
      editPlaces(open, [{ kind: "unset", path }], options, context),
    )
    sayAll(changed.warnings, context)
    return 0
  },
}
