/**
 * The identities of age that this user has, from all the places where sops
 * looks (`age/keysource.go`), in its documented order; among the last four sops
 * itself goes by chance:
 *
 * 1. SOPS_AGE_SSH_PRIVATE_KEY_FILE, SOPS_AGE_SSH_PRIVATE_KEY_CMD,
 *    `~/.ssh/id_ed25519`, `~/.ssh/id_rsa`: private SSH keys
 * 2. SOPS_AGE_KEY, identities with blanks or line ends between
 * 3. SOPS_AGE_KEY_FILE, one identity a line
 * 4. SOPS_AGE_KEY_CMD, which prints them; told the recipient in SOPS_AGE_RECIPIENT
 * 5. `<user config dir>/sops/age/keys.txt`
 *
 * What is behind a passphrase is asked of the agent of `conclave unlock` first.
 *
 * Unlike sops, a place is looked at only when no earlier one has opened the
 * document: no command is run and no passphrase asked for without need.
 */

import { statSync } from "node:fs"
import { toUtf8 } from "../bytes.ts"
import { hasCode } from "../errors.ts"
import type { PluginIdentity } from "../keys/age/identity.ts"
import type { RecipientForm } from "../keys/age/key-text.ts"
import type { Identity } from "../keys/identity.ts"
import type { KeyEntry } from "../keys/key-entry.ts"
import { readInput } from "./files.ts"
import {
  deferredIdentity,
  FILE_FORMS,
  identitiesOf,
  reasonOf,
  type SourceContext,
  stateOf,
} from "./identities/age-source.ts"
import { ageKeysFile, type Environment, sshKeyFiles } from "./identities/locations.ts"
import type { AskPassphrase } from "./identities/passphrase.ts"
import { createJournal, type Journal, type SourceReport } from "./identities/report.ts"

/** As in sops and age. */
const MAX_SOURCE_SIZE = 16 * 1024 * 1024

export type IdentityOptions = {
  readonly env: Environment
  readonly platform: NodeJS.Platform
  readonly askPassphrase: AskPassphrase
  /** What runs plugins; without it their identities are unsupported. */
  readonly pluginIdentity?: PluginIdentity
  /**
   * The agent that holds identities already, if one runs. It is asked before
   * anything that is behind a passphrase, and last of all.
   *
   * @param fault - Told why one that is there is of no use.
   */
  readonly findAgent?: (fault: (reason: string) => void) => Promise<Identity | null>
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
    () => sshFileVariable("SOPS_AGE_SSH_PRIVATE_KEY_FILE", context),
    () => sshCommandVariable("SOPS_AGE_SSH_PRIVATE_KEY_CMD", context),
    ...sshKeyFiles(env, platform).map((path) => () => defaultSshFile(path, context)),
    () => keyVariable("SOPS_AGE_KEY", context),
    () => keyFileVariable("SOPS_AGE_KEY_FILE", context),
    () => keyCommandVariable("SOPS_AGE_KEY_CMD", context),
    () => defaultKeyFile(context),
  ]
  const agent = findOnce(options, journal)
  const opened = new Map<Opening, Promise<readonly Identity[]>>()

  async function* iterate(): AsyncGenerator<Identity> {
    for (const opening of openings) {
      const identities = opened.get(opening) ?? opening()
      opened.set(opening, identities)
      for (const identity of await identities) {
        yield identity.unlock === undefined ? identity : agentFirst(identity, agent)
      }
    }
    const held = await agent()
    if (held !== null) yield held
  }
  return { identities: { [Symbol.asyncIterator]: iterate }, reports: journal.reports }
}

type Context = SourceContext & IdentityOptions

type FindAgent = () => Promise<Identity | null>

/** The agent is looked for when something may have to be asked, and not before. */
function findOnce({ findAgent }: IdentityOptions, journal: Journal): FindAgent {
  let found: Promise<Identity | null> | undefined
  return () => {
    found ??=
      findAgent?.((reason) => journal.report("conclave unlock", "failed", reason)) ?? Promise.resolve(null)
    return found
  }
}

/** Asks the agent before the identity may ask a person. */
function agentFirst(identity: Identity, agent: FindAgent): Identity {
  return {
    ...identity,
    async unwrap(entry, signal) {
      const secret = await (await agent())?.unwrap(entry)
      return secret ?? identity.unwrap(entry, signal)
    },
  }
}

async function sshFileVariable(name: string, context: Context): Promise<readonly Identity[]> {
  const path = context.env[name]
  if (path !== undefined) return [sshFile(path, name, context)]
  context.journal.report(name, "absent")
  return []
}

async function defaultSshFile(path: string, context: Context): Promise<readonly Identity[]> {
  if (statOf(path) !== null) return [sshFile(path, path, context)]
  context.journal.report(path, "absent")
  return []
}

/** Read when an entry for an SSH key is met: a document without one has no use for it. */
function sshFile(path: string, name: string, context: Context): Identity {
  const { journal, askPassphrase } = context
  journal.report(name, "loaded")
  const report = (error: unknown) => journal.report(name, stateOf(error), reasonOf(error))
  let opened: Promise<readonly Identity[]> | undefined

  async function open(): Promise<readonly Identity[]> {
    try {
      const { sshFileIdentity } = await import("./identities/ssh-source.ts")
      const identity = await sshFileIdentity(path, askPassphrase, report)
      warnIfReadable(path, name, context)
      return [identity]
    } catch (error) {
      report(error)
      return []
    }
  }

  const fetch = (): Promise<readonly Identity[]> => {
    opened ??= open()
    return opened
  }
  return {
    ...deferredIdentity(name, ["ssh"], fetch),
    unlock: async () => (await (await fetch())[0]?.unlock?.()) === true,
  }
}

async function sshCommandVariable(name: string, context: Context): Promise<readonly Identity[]> {
  return commandVariable(name, ["ssh"], context, async (stdout) => {
    const { sshPrintedIdentity } = await import("./identities/ssh-source.ts")
    return [sshPrintedIdentity(stdout, name)]
  })
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
  const { journal } = context
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
  warnIfReadable(path, name, context)
  return identities
}

function warnIfReadable(path: string, name: string, { journal, platform }: Context): void {
  const found = platform === "win32" ? null : statOf(path)
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
  return commandVariable(name, FILE_FORMS, context, async (stdout) =>
    identitiesOf(stdout, { name, label: name }, context),
  )
}

/** Takes what the command has printed. */
type Take = (stdout: Uint8Array) => Promise<readonly Identity[]>

async function commandVariable(
  name: string,
  forms: readonly RecipientForm[],
  context: Context,
  take: Take,
): Promise<readonly Identity[]> {
  const command = context.env[name]
  if (command === undefined) {
    context.journal.report(name, "absent")
    return []
  }
  context.journal.report(name, "loaded")
  // It may print another identity for each recipient.
  const printed = new Map<string, Promise<readonly Identity[]>>()
  return [
    deferredIdentity(name, forms, (entry) => {
      const recipient = recipientOf(entry)
      const identities = printed.get(recipient) ?? runKeyCommand(command, name, recipient, context, take)
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
  take: Take,
): Promise<readonly Identity[]> {
  const env = { ...context.env, SOPS_AGE_RECIPIENT: recipient }
  try {
    // Loaded only here: starting processes is a module of Node that few calls need, and start-up is felt.
    const { runCommand } = await import("./identities/command.ts")
    const result = await runCommand(command, env, MAX_SOURCE_SIZE)
    if (result.ok) return await take(result.stdout)
    context.journal.report(name, "failed", result.reason)
  } catch (error) {
    context.journal.report(name, "failed", reasonOf(error))
  }
  return []
}
