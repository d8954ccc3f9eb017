/**
 * The texts of keys that a plugin of age handles (C2SP age-plugin, "Encoding"):
 * recipients `age1<name>1…` and identities `AGE-PLUGIN-<NAME>-1…`. The name
 * becomes that of a program, `age-plugin-<name>`; it can hold no path.
 */

import { decodeBech32 } from "./bech32.ts"

/** A recipient or an identity: the latter's text may be secret. */
export type PluginKey = {
  /** In lower case, without `age-plugin-`. */
  readonly plugin: string
  readonly text: string
}

const NAME = /^[a-z0-9+._-]+$/
const RECIPIENT_PREFIX = "age1"
const IDENTITY_PREFIX = "AGE-PLUGIN-"
const IDENTITY_SUFFIX = "-"

/** The recipient that `text` stands for, if it is one of a plugin and not misspelt. */
export function parsePluginRecipient(text: string): PluginKey | null {
  const prefix = decodeBech32(text)?.prefix ?? ""
  if (!prefix.startsWith(RECIPIENT_PREFIX)) return null
  return named(prefix.slice(RECIPIENT_PREFIX.length), text)
}

/** The identity that `text` stands for, if it is one of a plugin and not misspelt. */
export function parsePluginIdentity(text: string): PluginKey | null {
  const prefix = decodeBech32(text)?.prefix ?? ""
  if (!prefix.startsWith(IDENTITY_PREFIX) || !prefix.endsWith(IDENTITY_SUFFIX)) return null
  return named(prefix.slice(IDENTITY_PREFIX.length, -IDENTITY_SUFFIX.length).toLowerCase(), text)
}

function named(plugin: string, text: string): PluginKey | null {
  return NAME.test(plugin) ? { plugin, text } : null
}
