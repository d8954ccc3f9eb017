/**
 * Identities of age, and the text files that hold them: one identity a line,
 * lines that begin with `#` and empty lines left out. What sops runs a plugin
 * for is recognised, so that a file which also holds other identities works.
 */

import { ConclaveError } from "../../errors.ts"
import type { Identity } from "../identity.ts"
import type { KeyEntry } from "../key-entry.ts"
import type { AgeFile } from "./age-file.ts"
import { type AgeEngine, hasStanzaFor } from "./engine.ts"
import { ageFileOf } from "./entry-file.ts"
import { type AgeIdentityKey, decodeIdentityKey, type RecipientForm, recipientForm } from "./key-text.ts"
import { libraryEngine } from "./library-engine.ts"

export type IdentityTextOptions = {
  /** Several identities on one line with blanks between, as in `SOPS_AGE_KEY`. */
  readonly severalPerLine?: boolean
  readonly engine?: AgeEngine
}

/**
 * Parses the text of an identity file; it may hold none.
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
  const { severalPerLine = false, engine = libraryEngine } = options
  const identities: Identity[] = []
  for (const [index, rawLine] of text.split("\n").entries()) {
    const line = rawLine.endsWith("\r") ? rawLine.slice(0, -1) : rawLine
    if (line === "" || line.startsWith("#")) continue
    const words = severalPerLine ? line.split(/\s+/).filter((word) => word !== "") : [line]
    for (const word of words) identities.push(parseIdentity(word, source, index + 1, engine))
  }
  return identities
}

function parseIdentity(text: string, source: string, line: number, engine: AgeEngine): Identity {
  if (text.startsWith("AGE-PLUGIN-")) return unsupportedIdentity(source, "plugin", "age plugin")
  const key = decodeIdentityKey(text)
  if (key !== null) return ageIdentity(key, source, engine)
  throw new ConclaveError("identity-invalid", `line ${line} of ${source} is not an age identity`, {
    source,
    line,
  })
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
export function unsupportedIdentity(source: string, form: RecipientForm, kind: string): Identity {
  return {
    source,

    handles(entry) {
      return isAgeEntry(entry, form)
    },

    async unwrap() {
      throw new ConclaveError(
        "kind-unsupported",
        `identities of kind ${kind} (${source}) are not supported`,
        { kind },
      )
    },
  }
}

function isAgeEntry(entry: KeyEntry, form: RecipientForm): boolean {
  return entry.kind === "age" && recipientForm(entry.recipient) === form
}
