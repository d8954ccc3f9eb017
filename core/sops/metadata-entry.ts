/**
 * One entry of a key list in the `sops` block: SOPS calls it a master key. The
 * field names are those of sops 3.13 (`stores.go`); written sorted, optional
 * ones left out when empty.
 */

import { assertNever, ConclaveError } from "../errors.ts"
import type { KeyEntry, KeyKind } from "../keys/key-entry.ts"
import { type FieldReader, mapOf } from "./metadata-fields.ts"
import { str } from "./scalar.ts"
import { canonicalSeconds } from "./timestamp.ts"
import type { MapNode, Node } from "./tree.ts"

/** @throws {@link ConclaveError} `malformed` for a field that is missing or no time. */
export function readEntry(kind: KeyKind, fields: FieldReader): KeyEntry {
  const enc = fields.text("enc")
  if (kind === "age") return { kind, recipient: fields.text("recipient"), enc }
  const createdAt = createdAtOf(fields)
  switch (kind) {
    case "pgp":
      return { kind, fp: fields.text("fp"), createdAt, enc }
    case "kms": {
      const role = fields.text("role")
      const context = fields.texts("context")
      return {
        kind,
        arn: fields.text("arn"),
        ...(role === "" ? {} : { role }),
        ...(context === undefined ? {} : { context }),
        awsProfile: fields.text("aws_profile"),
        createdAt,
        enc,
      }
    }
    case "gcp_kms":
      return { kind, resourceId: fields.text("resource_id"), createdAt, enc }
    case "azure_kv":
      return {
        kind,
        vaultUrl: fields.text("vault_url"),
        name: fields.text("name"),
        version: fields.text("version"),
        createdAt,
        enc,
      }
    case "hc_vault":
      return {
        kind,
        vaultAddress: fields.text("vault_address"),
        enginePath: fields.text("engine_path"),
        keyName: fields.text("key_name"),
        createdAt,
        enc,
      }
    case "hckms":
      return { kind, keyId: fields.text("key_id"), createdAt, enc }
    default:
      return assertNever(kind)
  }
}

function createdAtOf(fields: FieldReader): string {
  const at = `${fields.at}.created_at`
  const moment = canonicalSeconds(fields.text("created_at"))
  if (moment === null) throw new ConclaveError("malformed", `${at} is not an RFC 3339 time in quotes`, { at })
  return moment
}

export function writeEntry(entry: KeyEntry): MapNode {
  const fields = new Map<string, Node>([["enc", str(entry.enc)]])
  const set = (name: string, text: string) => fields.set(name, str(text))
  if (entry.kind !== "age") set("created_at", entry.createdAt)
  switch (entry.kind) {
    case "age":
      set("recipient", entry.recipient)
      break
    case "pgp":
      set("fp", entry.fp)
      break
    case "kms":
      set("arn", entry.arn)
      set("aws_profile", entry.awsProfile)
      if (entry.role !== undefined) set("role", entry.role)
      if (entry.context !== undefined) {
        fields.set("context", mapOf(new Map([...entry.context].map(([name, text]) => [name, str(text)]))))
      }
      break
    case "gcp_kms":
      set("resource_id", entry.resourceId)
      break
    case "azure_kv":
      set("vault_url", entry.vaultUrl)
      set("name", entry.name)
      set("version", entry.version)
      break
    case "hc_vault":
      set("vault_address", entry.vaultAddress)
      set("engine_path", entry.enginePath)
      set("key_name", entry.keyName)
      break
    case "hckms":
      set("key_id", entry.keyId)
      break
    default:
      assertNever(entry)
  }
  return mapOf(fields)
}
