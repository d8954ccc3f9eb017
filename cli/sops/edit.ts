/** `sops edit`, and the oldest form `sops FILE`. */

import { RULE_FIELDS } from "#core/sops/selection.ts"
import { keysFrom } from "../key-options.ts"
import { createFile } from "../operations/create.ts"
import { editFile } from "../operations/edit.ts"
import { rulesFrom } from "../rule-options.ts"
import { changeExitCode } from "./change-exit-codes.ts"
import {
  changeRequestOf,
  EXIT_GENERIC,
  EXIT_NO_FILE,
  type SopsCommand,
  SopsFailure,
  sayAll,
} from "./command.ts"
import { EDIT_FLAGS } from "./table.ts"

const EXIT_UNCHANGED = 200
const EXIT_EDITOR = 201
const VARIABLES = ["SOPS_EDITOR", "EDITOR"]

export const edit: SopsCommand = {
  flags: EDIT_FLAGS,
  exitCode: (error) => (error.code === "editor-failed" ? EXIT_EDITOR : changeExitCode(error)),

  async run(invocation) {
    const { flags, global, context } = invocation
    const [file, ...more] = flags.positionals
    if (file === undefined) throw new SopsFailure("no file specified", EXIT_NO_FILE)
    if (more.length > 0) sayAll(["warning: more than one argument; only the first is used"], context)
    if (flags.bool("show-master-keys")) {
      const why =
        "sops throws away what is edited with --show-master-keys; look at the keys in the file itself"
      throw new SopsFailure(why, EXIT_GENERIC)
    }
    const editor = { variables: VARIABLES, allowDisk: false }
    // Without a command's name the flags are those of the whole line.
    const ruleNeeded = flags === global
    const written = (await context.files.exists(context.files.resolve(file)))
      ? await editFile({ ...changeRequestOf(invocation, file), ...editor, file, ruleNeeded }, context)
      : await createFile(
          {
            file,
            ...editor,
            inputType: flags.text("input-type"),
            filenameOverride: flags.text("filename-override") || undefined,
            outputType: flags.text("output-type") || undefined,
            keys: keysFrom(
              (name) => (flags.has(name) ? flags.text(name) : undefined),
              context.env,
              flags.text("aws-profile"),
            ),
            threshold: flags.int("shamir-secret-sharing-threshold"),
            rules: rulesFrom((name) => (flags.has(name) ? flags.text(name) : undefined), RULE_FIELDS),
            layout: "canonical",
            macOnlyEncrypted: global.bool("mac-only-encrypted"),
            lookup: "working-directory",
            config: global.text("config") || undefined,
          },
          context,
        )
    if (written === null) {
      sayAll(["File has not changed, exiting."], context)
      return EXIT_UNCHANGED
    }
    sayAll(written.warnings, context)
    return 0
  },
}
