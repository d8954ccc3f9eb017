/**
 * `sops exec-env` and `sops exec-file`. Their command lines are sops'; what
 * would hand a process over to whoever wrote the file is refused as in
 * conclave's own, and allowed by name in CONCLAVE_ALLOW_ENV.
 */

import { type ConclaveError, hasCode } from "#core/errors.ts"
import { UsageError } from "../command.ts"
import { isFileName } from "../exec-words.ts"
import { allowedNames, execWithEnv, execWithFile } from "../operations/exec.ts"
import { readSource } from "../source.ts"
import { EXIT_GENERIC, orderOf, type SopsCommand, type SopsInvocation } from "./command.ts"
import { EXEC_ENV_FLAGS, EXEC_FILE_FLAGS } from "./table.ts"

/** sops' name of a temporary file that is given none. */
const FALLBACK_NAME = "tmp-file"

/** That the file is not encrypted has no number of its own here. */
const exitCode = (error: ConclaveError) => (hasCode(error, "metadata-missing") ? EXIT_GENERIC : undefined)

export const execEnv: SopsCommand = {
  flags: EXEC_ENV_FLAGS,
  exitCode,

  async run(invocation) {
    const { flags, context } = invocation
    const words = wordsOf(invocation)
    if (words === null) return EXIT_GENERIC
    const background = flags.bool("background")
    if (background) {
      context.terminal.stderr.write(
        "warning: --background is deprecated, and the command gets no input or output\n",
      )
      if (flags.bool("same-process")) throw new UsageError("--same-process cannot be used with --background")
    }
    return execWithEnv(
      {
        source: await readSource(words.file, {}, context),
        order: orderOf(flags),
        command: { kind: "shell", text: words.command },
        pristine: flags.bool("pristine"),
        user: flags.text("user"),
        quiet: false,
        way: background ? "background" : flags.bool("same-process") ? "same-process" : "child",
        allow: allowedNames(context),
      },
      context,
    )
  },
}

export const execFile: SopsCommand = {
  flags: EXEC_FILE_FLAGS,
  exitCode,

  async run(invocation) {
    const { flags, global, context } = invocation
    const words = wordsOf(invocation)
    if (words === null) return EXIT_GENERIC
    if (flags.bool("background")) {
      // sops removes the file at once, and the command finds nothing.
      throw new UsageError(
        "--background is deprecated, and the file would be gone before the command reads it",
      )
    }
    const name = nameOf(invocation)
    if (name === null) return EXIT_GENERIC
    const source = await readSource(words.file, { inputType: flags.text("input-type") }, context)
    return execWithFile(
      {
        decrypt: {
          source,
          outputType: flags.text("output-type") || undefined,
          ignoreMac: false,
          order: orderOf(flags),
          layout: "canonical",
          lookup: "working-directory",
          config: global.text("config") || undefined,
        },
        command: { kind: "shell", text: words.command },
        user: flags.text("user"),
        quiet: false,
        file: { name, as: flags.bool("no-fifo") ? "ram" : "fifo" },
      },
      context,
    )
  },
}

/** `null`, and sops' words for it, if the name leads out of the folder. */
function nameOf({ flags, context }: SopsInvocation): string | null {
  const name = flags.text("filename")
  if (name === "") return FALLBACK_NAME
  if (isFileName(name)) return name
  context.terminal.stderr.write("error: the provided filename is not a local path\n")
  return null
}

/** `null`, and sops' words for it, unless there are exactly two. */
function wordsOf({ flags, context }: SopsInvocation): { file: string; command: string } | null {
  const [file, command, ...more] = flags.positionals
  if (file !== undefined && command !== undefined && more.length === 0) return { file, command }
  context.terminal.stderr.write("error: missing file to decrypt\n")
  return null
}
