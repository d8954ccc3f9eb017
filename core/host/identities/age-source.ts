/**
 * The identities in what a source holds: the text of an identity file, or such
 * a file behind a passphrase, which is asked for when an entry is first tried
 * with it, and not before.
 */

import { fromUtf8, wipe } from "../../bytes.ts"
import { ConclaveError, hasCode } from "../../errors.ts"
import { type IdentityTextOptions, type PluginIdentity, parseAgeIdentities } from "../../keys/age/identity.ts"
import { isEncryptedIdentityFile, openIdentityFile } from "../../keys/age/identity-file.ts"
import { type RecipientForm, recipientForm } from "../../keys/age/key-text.ts"
import type { Identity } from "../../keys/identity.ts"
import type { KeyEntry } from "../../keys/key-entry.ts"
import { nativeAgeEngine, nativeScrypt } from "../age-native.ts"
import { type AskPassphrase, askUntilOpen } from "./passphrase.ts"
import type { Journal } from "./report.ts"

export type AgeSource = {
  /** Under which it is reported. */
  readonly name: string
  /** What to call it to a person: the name, or the path that it leads to. */
  readonly label: string
  readonly severalPerLine?: boolean
}

export type SourceContext = {
  readonly journal: Journal
  readonly askPassphrase: AskPassphrase
  /** What runs plugins, where there is one. */
  readonly pluginIdentity?: PluginIdentity
}

/** What an identity file may open: also what plugins are for. */
export const FILE_FORMS: readonly RecipientForm[] = ["native", "plugin"]

/** Never fails: a bad line makes the whole source yield nothing, and is reported. Wipes the bytes. */
export function identitiesOf(
  bytes: Uint8Array,
  source: AgeSource,
  context: SourceContext,
): readonly Identity[] {
  const { name, label, severalPerLine = false } = source
  const { journal } = context
  if (isEncryptedIdentityFile(bytes)) {
    journal.report(name, "loaded")
    return [lockedIdentity(bytes, source, context)]
  }
  try {
    const text = fromUtf8(bytes)
    if (text === null) throw new ConclaveError("identity-invalid", `${label} is not text`, { source: label })
    const identities = parseAgeIdentities(text, label, { severalPerLine, ...engineOptions(context) })
    journal.report(name, identities.length === 0 ? "empty" : "loaded")
    return identities
  } catch (error) {
    journal.report(name, "failed", reasonOf(error))
    return []
  } finally {
    wipe(bytes)
  }
}

function engineOptions({
  pluginIdentity,
}: SourceContext): Pick<IdentityTextOptions, "engine" | "pluginIdentity"> {
  return { engine: nativeAgeEngine, ...(pluginIdentity === undefined ? {} : { pluginIdentity }) }
}

function lockedIdentity(bytes: Uint8Array, source: AgeSource, context: SourceContext): Identity {
  let unlocked: Promise<readonly Identity[]> | undefined
  const fetch = (): Promise<readonly Identity[]> => {
    unlocked ??= unlock(bytes, source, context)
    return unlocked
  }
  return {
    ...deferredIdentity(source.label, FILE_FORMS, fetch),
    unlock: async () => (await fetch()).length > 0,
  }
}

async function unlock(
  bytes: Uint8Array,
  source: AgeSource,
  context: SourceContext,
): Promise<readonly Identity[]> {
  const { name, label } = source
  const { journal, askPassphrase } = context
  const options = { ...engineOptions(context), scrypt: nativeScrypt }
  try {
    const identities = await askUntilOpen(label, askPassphrase, (passphrase) =>
      openIdentityFile(bytes, passphrase, label, options),
    )
    if (identities.length === 0) journal.report(name, "empty")
    return identities
  } catch (error) {
    journal.report(name, stateOf(error), reasonOf(error))
    return []
  }
}

/** An identity that is made of others, which are fetched when an entry of one of these forms is first tried. */
export function deferredIdentity(
  source: string,
  forms: readonly RecipientForm[],
  fetch: (entry: KeyEntry) => Promise<readonly Identity[]>,
): Identity {
  return {
    source,

    handles(entry) {
      return entry.kind === "age" && forms.includes(recipientForm(entry.recipient))
    },

    async unwrap(entry) {
      for (const identity of await fetch(entry)) {
        const secret = identity.handles(entry) ? await identity.unwrap(entry) : null
        if (secret !== null) return secret
      }
      return null
    },
  }
}

/** How a failure of a source is reported. */
export function stateOf(error: unknown): "failed" | "passphrase-needed" {
  return hasCode(error, "passphrase-needed") ? "passphrase-needed" : "failed"
}

/** @throws what is not a failure of the source, but a bug. */
export function reasonOf(error: unknown): string {
  if (error instanceof ConclaveError) return error.message
  throw error
}
