/**
 * One recipient of a SOPS document as its metadata holds it: who can unwrap,
 * and the data key (or the share of one key group) wrapped for them. Fields
 * are those of sops 3.13's key lists, in camel case; texts are kept as read.
 */

import { assertNever } from "../errors.ts"

/** The name of the metadata list an entry stands in, which says how it is wrapped. */
export type KeyKind = "age" | "pgp" | "kms" | "gcp_kms" | "azure_kv" | "hc_vault" | "hckms"

/** `recipient` is `age1…` or an SSH public key; `enc` an armored age file. The one kind without a date. */
export type AgeEntry = { readonly kind: "age"; readonly recipient: string; readonly enc: string }

/** `fp` is the fingerprint in hex; `enc` an armored PGP message. */
export type PgpEntry = {
  readonly kind: "pgp"
  readonly fp: string
  /** RFC 3339, as in every entry that has it. */
  readonly createdAt: string
  readonly enc: string
}

/** AWS KMS; `enc` is base64. `awsProfile` is always written, and is empty when there is none. */
export type KmsEntry = {
  readonly kind: "kms"
  readonly arn: string
  readonly role?: string
  readonly context?: ReadonlyMap<string, string>
  readonly awsProfile: string
  readonly createdAt: string
  readonly enc: string
}

/** Google Cloud KMS; `enc` is base64. */
export type GcpKmsEntry = {
  readonly kind: "gcp_kms"
  readonly resourceId: string
  readonly createdAt: string
  readonly enc: string
}

/** Azure Key Vault; `enc` is base64url without padding. */
export type AzureKvEntry = {
  readonly kind: "azure_kv"
  readonly vaultUrl: string
  readonly name: string
  readonly version: string
  readonly createdAt: string
  readonly enc: string
}

/** HashiCorp Vault transit; `enc` is `vault:v<N>:…`. */
export type HcVaultEntry = {
  readonly kind: "hc_vault"
  readonly vaultAddress: string
  readonly enginePath: string
  readonly keyName: string
  readonly createdAt: string
  readonly enc: string
}

/** Huawei Cloud KMS; `keyId` is `region:uuid`. */
export type HcKmsEntry = {
  readonly kind: "hckms"
  readonly keyId: string
  readonly createdAt: string
  readonly enc: string
}

export type KeyEntry = AgeEntry | PgpEntry | KmsEntry | GcpKmsEntry | AzureKvEntry | HcVaultEntry | HcKmsEntry

/** Entries of which any one yields this group's share, or the data key when it is the only group. */
export type KeyGroup = readonly KeyEntry[]

/**
 * The text by which sops names a key in its reports and tells two keys apart
 * (`ToString` of each key source): never secret, the same for the same key.
 */
export function entryId(entry: KeyEntry): string {
  switch (entry.kind) {
    case "age":
      return entry.recipient
    case "pgp":
      return entry.fp
    case "kms":
      return kmsId(entry)
    case "gcp_kms":
      return entry.resourceId
    case "azure_kv":
      return `${entry.vaultUrl}/keys/${entry.name}/${entry.version}`
    case "hc_vault":
      return `${entry.vaultAddress}/v1/${entry.enginePath}/keys/${entry.keyName}`
    case "hckms":
      return entry.keyId
    default:
      return assertNever(entry)
  }
}

function kmsId(entry: KmsEntry): string {
  const arn = entry.role ? `${entry.arn}+${entry.role}` : entry.arn
  const context = [...(entry.context ?? [])]
    .map(([name, value]) => `${name}:${value}`)
    .sort()
    .join(",")
  if (entry.awsProfile !== "") return `${arn}|${context}|${entry.awsProfile}`
  return context === "" ? arn : `${arn}|${context}`
}
