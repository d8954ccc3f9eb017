/**
 * The identities of age that this user has, from all the places where sops
 * looks (`age/keysource.go`), in its documented order; among the last four sops
 * itself goes by chance:
 *
 * 1. SOPS_AGE_SSH_PRIVATE_KEY_FILE, SOPS_AGE_SSH_PRIVATE_KEY_CMD,
 *    `~/.ssh/id_ed25519`, `~/.ssh/id_rsa`: noticed, not usable yet
 * 2. SOPS_AGE_KEY, identities with blanks or line ends between
 * 3. SOPS_AGE_KEY_FILE, one identity a line
 * 4. SOPS_AGE_KEY_CMD, which prints them; told the recipient in SOPS_AGE_RECIPIENT
 * 5. `<user config dir>/sops/age/keys.txt`
 *
 * Unlike sops, a place is looked at only when no earlier one has opened the
 * document: no command is run and no passphrase asked for without need.
 */

import { statSync } from "node:fs"
import { toUtf8 } from "../bytes.ts"
import { hasCode } from "../errors.ts"
import { unsupportedIdentity } from "../keys/age/identity.ts"
import type { Identity } from "../keys/identity.ts"
import type { KeyEntry } from "../keys/key-entry.ts"
import { readInput } from "./files.ts"
import {
  type AskPassphrase,
  deferredIdentity,
  identitiesOf,
  reasonOf,
  type SourceContext,
} from "./identities/age-source.ts"
import { ageKeysFile, type Environment, sshKeyFiles } from "./identities/locations.ts"
import { createJournal, type SourceReport } from "./identities/report.ts"

/** As in sops and age. */
const MAX_SOURCE_SIZE = 16 * 1024 * 1024

export type IdentityOptions = {
  readonly env: Environment
  readonly platform: NodeJS.Platform
  readonly askPassphrase: AskPassphrase
}

export type IdentitySources = {
  /** May be read through again for each document: every place is opened at most once. */
  readonly identities: AsyncIterable<Identity>
  /** One report for each place that was looked at so far. */
  reports(): readonly SourceReport[]
}

/** A place, opened: its identities. Failures go to the journal. */
type Opening = () => Promise<readonly Identity[]>

/** Finds the places; opens none before its identities are asked for. */
export function ageIdentitySources(options: IdentityOptions): IdentitySources {
  const { env, platform } = options
  const journal = createJournal()
  const context: SourceContext & IdentityOptions = { ...options, journal }
  const openings: readonly Opening[] = [
    ...["SOPS_AGE_SSH_PRIVATE_KEY_FILE", "SOPS_AGE_SSH_PRIVATE_KEY_CMD"].map(
      (name) => () => sshVariable(name, context),
    ),
    ...sshKeyFiles(env, platform).map((path) => () => sshFile(path, context)),
    () => keyVariable("SOPS_AGE_KEY", context),
    () => keyFileVariable("SOPS_AGE_KEY_FILE", context),
    () => keyCommandVariable("SOPS_AGE_KEY_CMD", context),
    () => defaultKeyFile(context),
  ]
  const opened = new Map<Opening, Promise<readonly Identity[]>>()

  async function* iterate(): AsyncGenerator<Identity> {
    for (const opening of openings) {
      const identities = opened.get(opening) ?? opening()
      opened.set(opening, identities)
      yield* await identities
    }
  }
  return { identities: { [Symbol.asyncIterator]: iterate }, reports: journal.reports }
}

type Context = SourceContext & IdentityOptions

async function sshVariable(name: string, { env, journal }: Context): Promise<readonly Identity[]> {
  if (env[name] === undefined) {
    journal.report(name, "absent")
    return []
  }
  journal.report(name, "unsupported", "SSH keys cannot be used yet")
  return [unsupportedIdentity(name, "ssh", "ssh")]
}

async function sshFile(path: string, { journal }: Context): Promise<readonly Identity[]> {
  if (statOf(path) === null) {
    journal.report(path, "absent")
    return []
  }
  journal.report(path, "unsupported", "SSH keys cannot be used yet")
  return [unsupportedIdentity(path, "ssh", "ssh")]
}

async function keyVariable(name: string, context: Context): Promise<readonly Identity[]> {
  const text = context.env[name]
  if (text !== undefined)
    return identitiesOf(toUtf8(text), { name, label: name, severalPerLine: true }, context)
  context.journal.report(name, "absent")
  return []
}

async function keyFileVariable(name: string, context: Context): Promise<readonly Identity[]> {
  const path = context.env[name]
  if (path !== undefined) return keyFile(path, name, context)
  context.journal.report(name, "absent")
  return []
}

async function defaultKeyFile(context: Context): Promise<readonly Identity[]> {
  const path = ageKeysFile(context.env, context.platform)
  if (path !== null) return keyFile(path, path, context)
  context.journal.report(
    "sops/age/keys.txt",
    "failed",
    "the user's configuration directory cannot be determined",
  )
  return []
}

async function keyFile(path: string, name: string, context: Context): Promise<readonly Identity[]> {
  const { journal, platform } = context
  let bytes: Uint8Array
  try {
    // Also a pipe: `SOPS_AGE_KEY_FILE=<(command)` is common.
    bytes = await readInput(path, MAX_SOURCE_SIZE, { streams: true })
  } catch (error) {
    const isMissing = hasCode(error, "read-failed") && error.details.reason === "ENOENT"
    // Whoever names a file in a variable means it to be there.
    if (isMissing && name === path) journal.report(name, "absent")
    else journal.report(name, "failed", reasonOf(error))
    return []
  }
  const identities = identitiesOf(bytes, { name, label: path }, context)
  if (platform !== "win32") warnIfReadable(path, name, context)
  return identities
}

function warnIfReadable(path: string, name: string, { journal }: Context): void {
  const found = statOf(path)
  if (!found?.isFile() || (found.mode & 0o077) === 0) return
  journal.warn(
    name,
    `${path} is open to other users (mode ${(found.mode & 0o777).toString(8).padStart(4, "0")})`,
  )
}

function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null
  } catch {
    return null
  }
}

async function keyCommandVariable(name: string, context: Context): Promise<readonly Identity[]> {
  const command = context.env[name]
  if (command === undefined) {
    context.journal.report(name, "absent")
    return []
  }
  context.journal.report(name, "loaded")
  // It may print another identity for each recipient.
  const printed = new Map<string, Promise<readonly Identity[]>>()
  return [
    deferredIdentity(name, (entry) => {
      const recipient = recipientOf(entry)
      const identities = printed.get(recipient) ?? runKeyCommand(command, name, recipient, context)
      printed.set(recipient, identities)
      return identities
    }),
  ]
}

function recipientOf(entry: KeyEntry): string {
  return entry.kind === "age" ? entry.recipient : ""
}

async function runKeyCommand(
  command: string,
  name: string,
  recipient: string,
  context: Context,
): Promise<readonly Identity[]> {
  const env = { ...context.env, SOPS_AGE_RECIPIENT: recipient }
  // Loaded only here: starting processes is a module of Node that few calls need, and start-up is felt.
  const { runCommand } = await import("./identities/command.ts")
  const result = await runCommand(command, env, MAX_SOURCE_SIZE)
  if (result.ok) return identitiesOf(result.stdout, { name, label: name }, context)
  context.journal.report(name, "failed", result.reason)
  return []
}
