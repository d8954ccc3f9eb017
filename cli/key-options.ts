/** The flags and variables that name keys, one for each kind, as sops has them. */

import type { KeyKind } from "#core/keys/key-entry.ts"
import type { KeySpec } from "#core/keys/key-spec.ts"
import { parseKeySpec } from "#core/keys/parse-key-spec.ts"
import { splitList } from "#core/policy/config-keys.ts"
import type { OptionSpec } from "./command.ts"

type KeyFlag = {
  readonly flag: string
  readonly short?: string
  readonly kind: KeyKind
  /** Read when the flag is not given. */
  readonly variable: string
  readonly what: string
}

/** In the order in which sops puts them into a group. */
export const KEY_FLAGS: readonly KeyFlag[] = [
  { flag: "kms", short: "k", kind: "kms", variable: "SOPS_KMS_ARN", what: "AWS KMS ARNs" },
  { flag: "gcp-kms", kind: "gcp_kms", variable: "SOPS_GCP_KMS_IDS", what: "GCP KMS resource ids" },
  { flag: "hckms", kind: "hckms", variable: "SOPS_HUAWEICLOUD_KMS_IDS", what: "Huawei Cloud KMS key ids" },
  { flag: "azure-kv", kind: "azure_kv", variable: "SOPS_AZURE_KEYVAULT_URLS", what: "Azure Key Vault URLs" },
  { flag: "hc-vault-transit", kind: "hc_vault", variable: "SOPS_VAULT_URIS", what: "Vault transit URIs" },
  { flag: "pgp", short: "p", kind: "pgp", variable: "SOPS_PGP_FP", what: "PGP fingerprints" },
  { flag: "age", short: "a", kind: "age", variable: "SOPS_AGE_RECIPIENTS", what: "age recipients" },
]

/** The same for the help of conclave's own commands. */
export const KEY_OPTIONS = Object.fromEntries(
  KEY_FLAGS.map(({ flag, short, what }) => [
    flag,
    {
      type: "string",
      ...(short === undefined ? {} : { short }),
      value: "LIST",
      help: `${what}, comma-separated; replaces the configuration's keys`,
    } satisfies OptionSpec,
  ]),
)

/**
 * @param flagValue - The value of a flag, if given.
 * @throws {@link ConclaveError} `recipient-invalid`
 */
export function keysFrom(
  flagValue: (flag: string) => string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  awsProfile: string | undefined,
): KeySpec[] {
  return KEY_FLAGS.flatMap(({ flag, kind, variable }) => {
    const text = flagValue(flag) ?? env[variable] ?? ""
    return splitList(text).map((item) => parseKeySpec(kind, item, awsProfile ?? ""))
  })
}
