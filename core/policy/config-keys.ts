/** The keys of a creation rule: the flat lists, and the entries of `key_groups`. */

import { ConclaveError } from "../errors.ts"
import type { YamlNode } from "../formats/yaml/node.ts"
import type { KeyKind } from "../keys/key-entry.ts"
import type { KeySpec } from "../keys/key-spec.ts"
import { parseKeySpec, specId } from "../keys/parse-key-spec.ts"
import { ConfigMap, configInvalid, textOf } from "./config-reader.ts"

/** In the order in which sops puts the keys of flat lists into the group. */
const FLAT: readonly (readonly [field: string, kind: KeyKind])[] = [
  ["age", "age"],
  ["pgp", "pgp"],
  ["kms", "kms"],
  ["gcp_kms", "gcp_kms"],
  ["hckms", "hckms"],
  ["azure_keyvault", "azure_kv"],
  ["hc_vault_transit_uri", "hc_vault"],
]

export const FLAT_KEY_FIELDS: readonly string[] = FLAT.map(([field]) => field)

const GROUP_KEYS = ["merge", "kms", "gcp_kms", "hckms", "azure_keyvault", "hc_vault", "age", "pgp"]

/** A rule's flat fields: each a comma list or a list of texts. Not deduplicated, as in sops. */
export function readFlatKeys(map: ConfigMap): KeySpec[] {
  const awsProfile = map.text("aws_profile")
  return FLAT.flatMap(([field, kind]) => {
    const node = map.get(field)
    if (node === null) return []
    const texts = node.kind === "sequence" ? map.texts(field) : splitList(textOf(node, map.file, field))
    return texts.map((text) => specAt(map.file, node, kind, text, awsProfile))
  })
}

/** One of `key_groups`, nested `merge` groups first; a key named twice counts once. */
export function readKeyGroup(node: YamlNode, file: string, depth = 0): KeySpec[] {
  if (depth > 10) throw configInvalid(file, node, "merge is nested too deeply")
  const map = new ConfigMap(node, file, GROUP_KEYS, "a key group")
  const specs = map.list("merge").flatMap((merged) => readKeyGroup(merged, file, depth + 1))
  for (const field of ["age", "pgp"] as const) {
    for (const item of map.list(field)) {
      for (const text of splitList(textOf(item, file, field))) specs.push(specAt(file, item, field, text))
    }
  }
  for (const item of map.list("kms")) specs.push(readKms(item, file))
  for (const item of map.list("gcp_kms")) {
    const key = new ConfigMap(item, file, ["resource_id"], "a gcp_kms key")
    specs.push(specAt(file, item, "gcp_kms", key.text("resource_id")))
  }
  for (const item of map.list("hckms")) {
    const key = new ConfigMap(item, file, ["key_id"], "a hckms key")
    specs.push(specAt(file, item, "hckms", key.text("key_id")))
  }
  for (const item of map.list("azure_keyvault")) {
    const key = new ConfigMap(item, file, ["vaultUrl", "key", "version"], "an azure_keyvault key")
    const [vaultUrl, name] = [key.text("vaultUrl"), key.text("key")]
    if (vaultUrl === "" || name === "")
      throw configInvalid(file, item, "an azure_keyvault key needs vaultUrl and key")
    specs.push({ kind: "azure_kv", vaultUrl, name, version: key.text("version") })
  }
  for (const item of map.list("hc_vault"))
    specs.push(specAt(file, item, "hc_vault", textOf(item, file, "hc_vault")))
  const seen = new Set<string>()
  return specs.filter((spec) => {
    const id = `${spec.kind}/${specId(spec)}`
    return !seen.has(id) && seen.add(id)
  })
}

function readKms(node: YamlNode, file: string): KeySpec {
  const key = new ConfigMap(node, file, ["arn", "role", "context", "aws_profile"], "a kms key")
  const role = key.text("role")
  const context = key.textMap("context")
  const arn = key.text("arn")
  // Its syntax is checked; the parts stand apart here.
  specAt(file, node, "kms", arn)
  return {
    kind: "kms",
    arn,
    ...(role === "" ? {} : { role }),
    ...(context === undefined ? {} : { context }),
    awsProfile: key.text("aws_profile"),
  }
}

/** A comma list as sops splits it: trimmed, empty items dropped. */
export function splitList(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "")
}

function specAt(file: string, node: YamlNode, kind: KeyKind, text: string, awsProfile = ""): KeySpec {
  try {
    return parseKeySpec(kind, text, awsProfile)
  } catch (error) {
    if (!(error instanceof ConclaveError)) throw error
    throw configInvalid(file, node, error.message)
  }
}
