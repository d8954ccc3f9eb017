/** `sops publish`: the question goes to standard output, and its answer comes from standard input. */

import { join } from "node:path"
import { hasCode } from "#core/errors.ts"
import { findConfig } from "../configuration.ts"
import type { Context, IdentityPool } from "../context.ts"
import { checkDestination, planPublication, preparePayload, sendPayload } from "../operations/publish.ts"
import { Answers } from "./answers.ts"
import {
  EXIT_GENERIC,
  EXIT_NO_FILE,
  orderOf,
  type SopsCommand,
  SopsFailure,
  type SopsInvocation,
  sayAll,
} from "./command.ts"
import { PUBLISH_FLAGS } from "./table.ts"

export const publish: SopsCommand = {
  flags: PUBLISH_FLAGS,
  exitCode: (error) =>
    hasCode(error, "no-rule") || hasCode(error, "config-invalid") || hasCode(error, "read-failed")
      ? EXIT_GENERIC
      : undefined,

  async run(invocation) {
    const { flags, global, context } = invocation
    const config = global.text("config") || undefined
    const here = join(context.workingDirectory, "any")
    if ((await findConfig(context, here, "working-directory", config)) === null)
      throw new SopsFailure("config file not found", EXIT_GENERIC)
    const [path, ...more] = flags.positionals
    if (path === undefined) throw new SopsFailure("no file specified", EXIT_NO_FILE)
    if (more.length > 0) sayAll(["warning: more than one argument; only the first is used"], context)
    const answers = new Answers(context)
    const pool = context.identities()
    if (!(await context.files.isFolder(context.files.resolve(path)))) {
      await publishFile(invocation, { file: path, folder: null }, answers, pool)
      return 0
    }
    if (!flags.bool("recursive"))
      throw new SopsFailure("can't operate on a directory without --recursive flag", EXIT_GENERIC)
    const folder = path.replace(/\/+$/, "")
    for (const below of await context.files.filesBelow(context.files.resolve(path))) {
      await publishFile(invocation, { file: `${folder}/${below}`, folder }, answers, pool)
    }
    return 0
  },
}

async function publishFile(
  { flags, global, context }: SopsInvocation,
  chosen: { readonly file: string; readonly folder: string | null },
  answers: Answers,
  pool: IdentityPool,
): Promise<void> {
  const publication = await planPublication(
    {
      ...chosen,
      omitExtension: flags.bool("omit-extensions"),
      lookup: "working-directory",
      config: global.text("config") || undefined,
    },
    context,
  )
  checkDestination(publication)
  const payload = await preparePayload(publication, orderOf(flags), pool, context)
  const path = context.files.resolve(chosen.file)
  if (
    !flags.bool("yes") &&
    !(await isConfirmed(`uploading ${path} to ${publication.url} ? (y/n): `, answers, context))
  ) {
    if (!flags.bool("recursive")) throw new SopsFailure(`Publication of ${path} canceled`, EXIT_GENERIC)
    await context.terminal.stdout.write(`Publication of ${path} canceled\n`)
    return
  }
  const outcome = await sendPayload(publication, payload, context)
  sayAll([`${chosen.file}: ${outcome === "unchanged" ? "already up to date" : "published"}`], context)
}

/** Until it is y or n, as in sops; a missing line is an error. */
async function isConfirmed(question: string, answers: Answers, { terminal }: Context): Promise<boolean> {
  for (;;) {
    await terminal.stdout.write(question)
    const answer = await answers.next()
    if (answer === null || answer.trim() === "")
      throw new SopsFailure("no answer on standard input", EXIT_GENERIC)
    if (answer.trim() === "y") return true
    if (answer.trim() === "n") return false
  }
}
