/**
 * `conclave sops …`, also reached through a link named `sops`: the command
 * lines of sops, with its output to the byte and its exit codes.
 */

import { RULE_FIELDS } from "#core/sops/selection.ts"
import { UsageError } from "../command.ts"
import type { Context } from "../context.ts"
import { parseOrder } from "../decryption-order.ts"
import { keysFrom } from "../key-options.ts"
import { describeNotices } from "../notices.ts"
import { decryptSource } from "../operations/decrypt.ts"
import { encryptSource } from "../operations/encrypt.ts"
import { isEncryptedSource } from "../operations/filestatus.ts"
import { checkTarget, writeResult } from "../output.ts"
import { formatReport, reportOf } from "../report.ts"
import { rulesFrom } from "../rule-options.ts"
import { FlagError, type Flags, parseFlags } from "../sops/flags.ts"
import {
  DECRYPT_FLAGS,
  ENCRYPT_FLAGS,
  FILESTATUS_FLAGS,
  GLOBAL_FLAGS,
  TOP_LEVEL_FLAGS,
} from "../sops/table.ts"
import { readSource, type Source } from "../source.ts"

/** sops' own numbers where they differ from those of the errors (`cmd/sops/codes`). */
const EXIT_CONFLICT = 8
const EXIT_NO_FILE = 100
const EXIT_GENERIC = 1

const COMMANDS = {
  decrypt: { flags: DECRYPT_FLAGS, run: decrypt },
  encrypt: { flags: ENCRYPT_FLAGS, run: encrypt },
  filestatus: { flags: FILESTATUS_FLAGS, run: filestatus },
} as const

type Invocation = { readonly global: Flags; readonly flags: Flags; readonly context: Context }

/** @returns The exit code; nothing is thrown. */
export async function runSops(words: readonly string[], context: Context): Promise<number> {
  try {
    return await dispatch(words, context)
  } catch (error) {
    context.terminal.stderr.write(
      formatReport(reportOf(error instanceof FlagError ? new UsageError(error.message) : error)),
    )
    return exitCodeOf(error)
  }
}

async function dispatch(words: readonly string[], context: Context): Promise<number> {
  const global = parseFlags(TOP_LEVEL_FLAGS, words, context.env)
  const name = global.positionals[0]
  if (
    name !== undefined &&
    Object.hasOwn(COMMANDS, name) &&
    !global.bool("decrypt") &&
    !global.bool("encrypt")
  ) {
    const command = COMMANDS[name as keyof typeof COMMANDS]
    const before = words.slice(0, words.length - global.positionals.length)
    const flags = parseFlags(command.flags, global.positionals.slice(1), context.env)
    return command.run({ global: parseFlags(GLOBAL_FLAGS, before, context.env), flags, context })
  }
  if (global.bool("decrypt")) return decrypt({ global, flags: global, context })
  if (global.bool("encrypt")) return encrypt({ global, flags: global, context })
  throw new UsageError("this command of sops is not there yet")
}

function exitCodeOf(error: unknown): number {
  if (error instanceof FlagError) return EXIT_GENERIC
  if (error instanceof UsageError) return EXIT_CONFLICT
  return reportOf(error).exitCode
}

async function sourceOf({ flags, context }: Invocation): Promise<Source> {
  const [file, ...more] = flags.positionals
  if (more.length > 0)
    context.terminal.stderr.write("warning: more than one argument; only the first is used\n")
  return readSource(
    file,
    {
      inputType: flags.text("input-type"),
      filenameOverride: flags.text("filename-override") || undefined,
    },
    context,
  )
}

async function decrypt(invocation: Invocation): Promise<number> {
  const { flags, global, context } = invocation
  const target = targetOf(flags)
  const missing = await missingFile(flags, context)
  if (missing !== null) return missing
  checkTarget(target, { path: flags.positionals[0] ?? null })
  const source = await sourceOf(invocation)
  const result = await decryptSource(
    {
      source,
      outputType: flags.text("output-type") || undefined,
      extract: flags.text("extract"),
      ignoreMac: flags.bool("ignore-mac"),
      order: parseOrder(flags.text("decryption-order")),
      lookup: "working-directory",
      config: global.text("config") || undefined,
    },
    context,
  )
  for (const line of [...result.warnings, ...describeNotices(source.shown, result.notices)]) {
    context.terminal.stderr.write(`${line}\n`)
  }
  if ((await writeResult(result.bytes, target, source, true, context)) === null) {
    await context.terminal.stdout.write(result.bytes)
  }
  return 0
}

async function encrypt(invocation: Invocation): Promise<number> {
  const { flags, global, context } = invocation
  const target = targetOf(flags)
  const missing = await missingFile(flags, context)
  if (missing !== null) return missing
  checkTarget(target, { path: flags.positionals[0] ?? null })
  if (flags.positionals.length === 0 && flags.text("filename-override") === "") {
    throw new UsageError("must specify --filename-override when reading from stdin")
  }
  const source = await sourceOf(invocation)
  const flagValue = (name: string) => (flags.has(name) ? flags.text(name) : undefined)
  const result = await encryptSource(
    {
      source,
      outputType: flags.text("output-type") || undefined,
      keys: keysFrom(flagValue, context.env, flags.text("aws-profile")),
      threshold: flags.int("shamir-secret-sharing-threshold"),
      rules: rulesFrom(flagValue, RULE_FIELDS),
      macOnlyEncrypted: global.bool("mac-only-encrypted"),
      lookup: "working-directory",
      config: global.text("config") || undefined,
    },
    context,
  )
  for (const line of describeNotices(source.shown, result.notices)) context.terminal.stderr.write(`${line}\n`)
  if ((await writeResult(result.bytes, target, source, false, context)) === null) {
    await context.terminal.stdout.write(result.bytes)
  }
  return 0
}

async function filestatus(invocation: Invocation): Promise<number> {
  const { flags, context } = invocation
  if (flags.positionals.length === 0) {
    context.terminal.stderr.write("error: no file specified\n")
    return EXIT_NO_FILE
  }
  const encrypted = isEncryptedSource(await sourceOf(invocation))
  await context.terminal.stdout.write(`${JSON.stringify({ encrypted })}\n`)
  return 0
}

function targetOf(flags: Flags): { inPlace: boolean; output?: string } {
  const output = flags.text("output")
  return { inPlace: flags.bool("in-place"), ...(output === "" ? {} : { output }) }
}

async function missingFile(flags: Flags, context: Context): Promise<number | null> {
  const file = flags.positionals[0]
  if (file === undefined || (await context.files.exists(context.files.resolve(file)))) return null
  context.terminal.stderr.write(`error: cannot operate on a file that is not there: ${file}\n`)
  return EXIT_NO_FILE
}
