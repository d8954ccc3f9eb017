/**
 * A document as environment variables: its top-level keys and scalars, as
 * sops' `exec-env` spells them (`ValToString`). Refused, each by its key: what
 * has no text (null, which sops writes as `<nil>`; lists and maps; bytes that
 * are not UTF-8), names that are none, and names by which a file could take
 * over the process (`loader-variables.ts`), unless the user allows them.
 *
 * SOPS' MAC does not cover an empty value, and with `mac_only_encrypted` none
 * that stands in clear: whoever can write the file can put them there. For a
 * loader variable such a value is refused even when its name is allowed, for
 * an emptied PATH is as good as a chosen one.
 */

import type { EncryptedDocument } from "../document/document.ts"
import { ConclaveError, type EnvironmentRefusal } from "../errors.ts"
import { toText } from "../formats/text-value.ts"
import { compileRule, DEFAULT_RULE } from "../sops/selection.ts"
import type { Node, Tree } from "../sops/tree.ts"
import { mapLeaves } from "../sops/walk.ts"
import { isLoaderVariable } from "./loader-variables.ts"

export type EnvironmentOptions = {
  /** Names that are passed on although they would be refused; null becomes the empty text then. */
  readonly allow?: ReadonlySet<string>
  /** What {@link clearKeys} has found. */
  readonly unauthenticated?: ReadonlySet<string>
  /** Names differ by more than their case; false on Windows. */
  readonly caseSensitive?: boolean
}

/** What a shell takes for a name, and the dots and dashes that other programs read. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/
/** No system can hold these in a name, allowed or not. */
const IMPOSSIBLE_NAME = /^$|[=\0]/

/**
 * The variables of the first document, in its order; of a key that stands twice, the last.
 *
 * @throws {@link ConclaveError} `env-refused`, naming the first key that is.
 */
export function environmentOf(tree: Tree, options: EnvironmentOptions = {}): ReadonlyMap<string, string> {
  const variables = new Map<string, string>()
  for (const item of tree[0]?.items ?? []) {
    if (item.kind === "comment") continue
    const text = textFor(item.key, item.value, options)
    variables.delete(item.key)
    variables.set(item.key, text)
  }
  return variables
}

function textFor(key: string, value: Node, options: EnvironmentOptions): string {
  const allowed = options.allow?.has(key) === true
  if (IMPOSSIBLE_NAME.test(key) || (!NAME.test(key) && !allowed)) throw refused(key, "name")
  if (value.kind === "map" || value.kind === "list") throw refused(key, "complex")
  const isLoader = isLoaderVariable(key, options.caseSensitive === false)
  if (isLoader && !allowed) throw refused(key, "loader")
  if (value.kind === "null" && !allowed) throw refused(key, "null")
  if (value.kind === "bytes") throw refused(key, "not-text")
  const text = value.kind === "null" ? "" : toText(value)
  if (text.includes("\0")) throw refused(key, "not-text")
  if (isLoader && (text === "" || options.unauthenticated?.has(key) === true)) {
    throw refused(key, "unauthenticated")
  }
  return text
}

/**
 * The top-level keys whose values, though not empty, are outside the MAC: those
 * in clear under `mac_only_encrypted`.
 *
 * @throws {@link ConclaveError} `regex-invalid`
 */
export async function clearKeys(document: EncryptedDocument): Promise<ReadonlySet<string>> {
  const { metadata, tree } = document
  const keys = new Set<string>()
  if (!metadata.macOnlyEncrypted) return keys
  const selection = await compileRule(metadata.rule ?? DEFAULT_RULE)
  mapLeaves(tree.slice(0, 1), selection, (item, place) => {
    if (item.kind !== "comment" && !place.encrypted) keys.add(place.aad.slice(0, -1))
    return item
  })
  return keys
}

const REASONS: Readonly<Record<EnvironmentRefusal, string>> = {
  name: "is no name for an environment variable",
  null: "is null, and an environment variable is a text",
  complex: "is a list or a map, and an environment variable is a text",
  "not-text": "holds bytes that an environment variable cannot",
  loader: "would change which code the command runs or whom it trusts",
  unauthenticated: "is outside of the file's MAC: anyone could have put it there",
}

function refused(key: string, reason: EnvironmentRefusal): ConclaveError<"env-refused"> {
  return new ConclaveError("env-refused", `${key === "" ? "an empty key" : key} ${REASONS[reason]}`, {
    key,
    reason,
  })
}
