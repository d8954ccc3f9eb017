/** Handing a decrypted file to a command, as environment variables or under a path. */

import { clearKeys, environmentOf } from "#core/deploy/environment.ts"
import type { KeyKind } from "#core/keys/key-entry.ts"
import { splitList } from "#core/policy/config-keys.ts"
import type { Context } from "../context.ts"
import type { CommandLine, Environment, FileForCommand, Launcher } from "../launcher.ts"
import { describeNotices } from "../notices.ts"
import type { Source } from "../source.ts"
import { type DecryptRequest, decryptSource, decryptTree } from "./decrypt.ts"

/** A line for the shell, or a program with its arguments. */
export type Wanted =
  | { readonly kind: "shell"; readonly text: string }
  | { readonly kind: "words"; readonly words: CommandLine }

type Common = {
  readonly command: Wanted
  /** Empty: as we are. */
  readonly user: string
  /** Leaves warnings unsaid. */
  readonly quiet: boolean
}

export type ExecEnvRequest = Common & {
  readonly source: Source
  readonly order?: readonly KeyKind[] | undefined
  /** Only the file's variables, none of ours. */
  readonly pristine: boolean
  readonly way: "child" | "same-process" | "background"
  /** Names that are passed on although they would be refused. */
  readonly allow: readonly string[]
}

/** What stands for the path in a command. */
const PLACE = "{}"

/** The user's own list of names, for command lines that have no flag for it. */
export function allowedNames(context: Context): string[] {
  return splitList(context.env["CONCLAVE_ALLOW_ENV"] ?? "")
}

/** @returns The command's exit code. @throws `env-refused`, and what decrypting and starting throw. */
export async function execWithEnv(request: ExecEnvRequest, context: Context): Promise<number> {
  const { source, pristine, user } = request
  const { document, tree, notices } = await decryptTree({ ...request, ignoreMac: false }, context)
  const launcher = await context.launcher()
  const variables = environmentOf(tree, {
    allow: new Set(request.allow),
    unauthenticated: await clearKeys(document),
    caseSensitive: !launcher.ignoresCase,
  })
  say(
    [
      ...describeNotices(source.shown, notices),
      ...(tree.length > 1
        ? [`warning: ${source.shown}: only the first of its ${tree.length} documents is used`]
        : []),
      ...(pristine ? [] : emptiedVariables(variables, context.env)),
    ],
    request,
    context,
  )

  const env = {
    ...(pristine ? {} : context.env),
    ...(user === "" ? {} : launcher.become(user)),
    ...Object.fromEntries(variables),
  }
  return start(toCommandLine(request.command, launcher), env, request, context)
}

/** The MAC does not cover what is empty: someone may have put it there to empty a variable of the user's. */
function emptiedVariables(variables: ReadonlyMap<string, string>, env: Environment): string[] {
  return [...variables]
    .filter(([name, value]) => value === "" && Object.hasOwn(env, name) && env[name] !== "")
    .map(([name]) => `warning: ${name} is empty in the file, which no MAC covers, and empties yours`)
}

async function start(
  command: CommandLine,
  env: Environment,
  request: ExecEnvRequest,
  context: Context,
): Promise<number> {
  const launcher = await context.launcher()
  if (request.way === "background") {
    await launcher.startInBackground(command, env)
    return 0
  }
  if (request.way === "same-process" && !launcher.replace(command, env)) {
    say(["note: this Node cannot become another program; the command runs as our child"], request, context)
  }
  return launcher.run(command, env)
}

export type ExecFileRequest = Common & {
  readonly decrypt: DecryptRequest
  readonly file: Omit<FileForCommand, "content">
}

/** @returns The command's exit code. */
export async function execWithFile(request: ExecFileRequest, context: Context): Promise<number> {
  const { command, decrypt, file, user } = request
  const result = await decryptSource(decrypt, context)
  say([...result.warnings, ...describeNotices(decrypt.source.shown, result.notices)], request, context)

  const launcher = await context.launcher()
  const env = { ...context.env, ...(user === "" ? {} : launcher.become(user)) }
  const commandFor = (path: string) => toCommandLine(command, launcher, path)
  return launcher.runWithFile({ ...file, content: result.bytes }, commandFor, env)
}

function toCommandLine(wanted: Wanted, launcher: Launcher, path?: string): CommandLine {
  const placed = (text: string) => (path === undefined ? text : text.replaceAll(PLACE, () => path))
  if (wanted.kind === "shell") return launcher.shell(placed(wanted.text))
  const [program, ...args] = wanted.words
  return [placed(program), ...args.map(placed)]
}

/** Before the command speaks, not behind it. */
function say(lines: readonly string[], { quiet }: Common, context: Context): void {
  if (quiet) return
  for (const line of lines) context.terminal.stderr.write(`${line}\n`)
}
