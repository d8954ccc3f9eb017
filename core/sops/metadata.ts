/**
 * The `sops` block of a document: wrapped data keys, selection rule, MAC,
 * lastmodified and version. Read as leniently as sops 3.13 reads it (names in
 * any case, numbers and booleans also as strings, unknown fields ignored),
 * written exactly as it writes it (fields sorted, empty ones left out).
 *
 * Nothing in this block is authenticated: whoever can write the file can add a
 * recipient or change the rule. That is checked elsewhere, against the policy.
 */

import { ConclaveError } from "../errors.ts"
import type { KeyGroup, KeyKind } from "../keys/key-entry.ts"
import { readEntry, writeEntry } from "./metadata-entry.ts"
import { FieldReader, mapOf } from "./metadata-fields.ts"
import { type Scalar, str } from "./scalar.ts"
import { chooseRule, RULE_FIELDS, type RuleField, type SelectionRule } from "./selection.ts"
import { canonicalSeconds } from "./timestamp.ts"
import type { ListNode, MapNode, Node } from "./tree.ts"

export type Metadata = {
  /** One group: flat lists in the file, each entry wraps the data key. More: each wraps its group's share. */
  readonly groups: readonly KeyGroup[]
  /** Groups needed to open; 0 when the file does not say. */
  readonly threshold: number
  /** RFC 3339 with whole seconds: the AAD of the MAC. */
  readonly lastModified: string
  /** As stored, encrypted; empty when there is none. */
  readonly mac: string
  readonly macOnlyEncrypted: boolean
  /** `null` when the file names none: then SOPS' default counts, as in every binary file. */
  readonly rule: SelectionRule | null
  /** SOPS' version that wrote the file. */
  readonly version: string
}

/** The level of SOPS that conclave implements, written to new files. */
export const SOPS_VERSION = "3.13.2"

/** In the order in which sops lists the keys of a group that it has read. */
const KIND_ORDER: readonly KeyKind[] = ["kms", "gcp_kms", "hckms", "azure_kv", "hc_vault", "pgp", "age"]
/** Written even when empty, but only inside `key_groups`. */
const ALWAYS_IN_GROUP: readonly KeyKind[] = ["age", "hc_vault"]

const MAX_GROUPS = 255
const MAX_ENTRIES = 10_000
const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/

/**
 * @throws {@link ConclaveError} `malformed`, with the field's place
 * (`sops.lastmodified`), and `rule-conflict`.
 */
export function parseMetadata(block: MapNode): Metadata {
  const fields = new FieldReader(block, "sops")
  const version = fields.text("version")
  if (version === "") throw malformed("sops.version", "is missing")
  if (!SEMVER.test(version)) throw malformed("sops.version", "is not a version number")
  const lastModified = canonicalSeconds(fields.text("lastmodified"))
  if (lastModified === null) throw malformed("sops.lastmodified", "is not an RFC 3339 time in quotes")
  const rules = new Map<RuleField, string>()
  for (const field of RULE_FIELDS) rules.set(field, fields.text(field))
  const threshold = fields.int("shamir_threshold")
  if (threshold < 0 || threshold > MAX_GROUPS) throw malformed("sops.shamir_threshold", "is out of range")
  return {
    groups: readGroups(fields),
    threshold,
    lastModified,
    mac: fields.text("mac"),
    macOnlyEncrypted: fields.bool("mac_only_encrypted"),
    rule: RULE_FIELDS.some((field) => rules.get(field) !== "") ? chooseRule(rules) : null,
    version,
  }
}

function readGroups(fields: FieldReader): KeyGroup[] {
  const flat = readGroup(fields)
  const groups = flat.length > 0 ? [flat] : fields.maps("key_groups").map(readGroup)
  if (groups.length === 0) throw malformed("sops", "names no keys")
  const entries = groups.reduce((sum, group) => sum + group.length, 0)
  if (groups.length > MAX_GROUPS || entries > MAX_ENTRIES) throw malformed("sops", "names too many keys")
  return groups
}

function readGroup(fields: FieldReader): KeyGroup {
  return KIND_ORDER.flatMap((kind) => fields.maps(kind).map((entry) => readEntry(kind, entry)))
}

/** The block as sops 3.13 writes it: fields in byte order, nested, to be placed by the format. */
export function serializeMetadata(metadata: Metadata): MapNode {
  const fields = new Map<string, Node>()
  const [only, ...more] = metadata.groups
  if (only !== undefined && more.length === 0) {
    for (const [kind, list] of groupLists(only)) if (list.items.length > 0) fields.set(kind, list)
  } else {
    fields.set("key_groups", { kind: "list", items: metadata.groups.map(serializeGroup) })
  }
  if (metadata.threshold !== 0) {
    fields.set("shamir_threshold", { kind: "int", value: BigInt(metadata.threshold) })
  }
  fields.set("lastmodified", str(metadata.lastModified))
  fields.set("mac", str(metadata.mac))
  if (metadata.macOnlyEncrypted) fields.set("mac_only_encrypted", { kind: "bool", value: true } as Scalar)
  if (metadata.rule !== null) fields.set(metadata.rule.field, str(metadata.rule.pattern))
  fields.set("version", str(metadata.version))
  return mapOf(fields)
}

function serializeGroup(group: KeyGroup): MapNode {
  const fields = new Map<string, Node>()
  for (const [kind, list] of groupLists(group)) {
    if (list.items.length > 0 || ALWAYS_IN_GROUP.includes(kind)) fields.set(kind, list)
  }
  return mapOf(fields)
}

function groupLists(group: KeyGroup): [KeyKind, ListNode][] {
  return KIND_ORDER.map((kind) => [
    kind,
    { kind: "list", items: group.filter((entry) => entry.kind === kind).map(writeEntry) },
  ])
}

function malformed(at: string, what: string): ConclaveError {
  return new ConclaveError("malformed", `${at} ${what}`, { at })
}
