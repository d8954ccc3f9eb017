/**
 * Identities of age, and the text files that hold them: one identity a line,
 * lines that begin with `#` and empty lines left out. Those of plugins go to
 * whoever can run one; where nobody can, the other identities of the file work.
 */

import { ConclaveError } from "../../errors.ts"
import type { Identity } from "../identity.ts"
import type { KeyEntry } from "../key-entry.ts"
import type { AgeFile } from "./age-file.ts"
import { type AgeEngine, hasStanzaFor } from "./engine.ts"
import { ageFileOf } from "./entry-file.ts"
import { type AgeIdentityKey, decodeIdentityKey, type RecipientForm, recipientForm } from "./key-text.ts"
import { libraryEngine } from "./library-engine.ts"
import { type PluginKey, parsePluginIdentity } from "./plugin-key.ts"

const PLUGIN_PREFIX = "AGE-PLUGIN-"

export type IdentityTextOptions = {
  /** Several identities on one line with blanks between, as in `SOPS_AGE_KEY`. */
  readonly severalPerLine?: boolean
  readonly engine?: AgeEngine
  /** Makes the identity that a plugin has; without it those are unsupported. */
  readonly pluginIdentity?: PluginIdentity
}

/** @param source - Where it came from, for reports. */
export type PluginIdentity = (key: PluginKey, source: string) => Identity

/**
 * Parses the text of an identity file; it may hold none. Those of plugins come
 * last, since a plugin may have to ask a person.
 *
 * @param source - Where it came from, for reports.
 * @throws {@link ConclaveError} `identity-invalid`, with the line and without
 * its text, if any line is not an identity.
 */
export function parseAgeIdentities(
  text: string,
  source: string,
  options: IdentityTextOptions = {},
): Identity[] {
  const native: Identity[] = []
  const plugins: Identity[] = []
  for (const [index, rawLine] of text.split("\n").entries()) {
    const line = rawLine.endsWith("\r") ? rawLine.slice(0, -1) : rawLine
    if (line === "" || line.startsWith("#")) continue
    const words = options.severalPerLine ? line.split(/\s+/).filter((word) => word !== "") : [line]
    for (const word of words) {
      const identity = parseIdentity(word, source, options)
      if (identity === null) {
        const message = `line ${index + 1} of ${source} is not an age identity`
        throw new ConclaveError("identity-invalid", message, { source, line: index + 1 })
      }
      const list = word.startsWith(PLUGIN_PREFIX) ? plugins : native
      list.push(identity)
    }
  }
  return [...native, ...plugins]
}

function parseIdentity(text: string, source: string, options: IdentityTextOptions): Identity | null {
  const { engine = libraryEngine, pluginIdentity } = options
  if (!text.startsWith(PLUGIN_PREFIX)) {
    const key = decodeIdentityKey(text)
    return key === null ? null : ageIdentity(key, source, engine)
  }
  const key = parsePluginIdentity(text)
  if (key === null) return null
  return pluginIdentity?.(key, source) ?? unsupportedIdentity(source)
}

function ageIdentity(key: AgeIdentityKey, source: string, engine: AgeEngine): Identity {
  let open: ((file: AgeFile) => Promise<Uint8Array | null>) | undefined
  return {
    source,

    handles(entry) {
      return isAgeEntry(entry, "native")
    },

    async unwrap(entry) {
      if (entry.kind !== "age") return null
      const file = ageFileOf(entry)
      if (!hasStanzaFor(file, key.algorithm)) return null
      open ??= engine.openerFor(key)
      return open(file)
    },
  }
}

/**
 * An identity that is known to be there and cannot be used by this build: it
 * makes the entries that it may be for show up as unsupported, not as someone
 * else's.
 */
function unsupportedIdentity(source: string): Identity {
  return {
    source,

    handles(entry) {
      return isAgeEntry(entry, "plugin")
    },

    async unwrap() {
      const kind = "age plugin"
      throw new ConclaveError(
        "kind-unsupported",
        `identities of plugins (${source}) are not supported here`,
        { kind },
      )
    },
  }
}

function isAgeEntry(entry: KeyEntry, form: RecipientForm): boolean {
  return entry.kind === "age" && recipientForm(entry.recipient) === form
}
