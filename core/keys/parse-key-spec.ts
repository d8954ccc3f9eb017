/**
 * Keys as flags and flat configuration fields write them: `age1…`, a PGP
 * fingerprint, `arn[+role]`, a resource id, a vault URL. Syntax only: whether
 * a key of this kind can be used here is found out when it is.
 */

import { assertNever, ConclaveError } from "../errors.ts"
import { entryId, type KeyKind } from "./key-entry.ts"
import type { KeySpec } from "./key-spec.ts"

const KMS_ARN = /^arn:aws[\w-]*:kms:.+:[0-9]+:(key|alias)\/.+$/
const GCP_KEY = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/
const AZURE_KEY = /^(https:\/\/[^/]+)\/keys\/([^/]+)(?:\/([^/]*))?$/
const VAULT_KEY = /^(https?:\/\/[^/]+)\/v1\/(.+)\/keys\/([^/]+)\/?$/

/**
 * @param awsProfile - Goes into KMS keys; empty for none.
 * @throws {@link ConclaveError} `recipient-invalid`, naming the kind and not the text.
 */
export function parseKeySpec(kind: KeyKind, text: string, awsProfile = ""): KeySpec {
  switch (kind) {
    case "age":
      // The recipient's own parser decides; here only what could never be one is refused.
      if (!/^(age1|ssh-)/.test(text)) throw invalid(kind)
      return { kind, recipient: text }
    case "pgp":
      return { kind, fp: text.replaceAll(" ", "") }
    case "kms": {
      const [arn = "", role] = splitRole(text.replaceAll(" ", ""))
      if (!KMS_ARN.test(arn)) throw invalid(kind)
      return { kind, arn, ...(role === undefined ? {} : { role }), awsProfile }
    }
    case "gcp_kms":
      if (!GCP_KEY.test(text)) throw invalid(kind)
      return { kind, resourceId: text }
    case "azure_kv": {
      const [, vaultUrl, name, version = ""] = AZURE_KEY.exec(text) ?? []
      if (vaultUrl === undefined || name === undefined) throw invalid(kind)
      return { kind, vaultUrl, name, version }
    }
    case "hc_vault": {
      const [, vaultAddress, enginePath, keyName] = VAULT_KEY.exec(text) ?? []
      if (vaultAddress === undefined || enginePath === undefined || keyName === undefined) throw invalid(kind)
      return { kind, vaultAddress, enginePath, keyName }
    }
    case "hckms":
      if (!/^[^:]+:[^:]+$/.test(text)) throw invalid(kind)
      return { kind, keyId: text }
    default:
      return assertNever(kind)
  }
}

/** `arn+rolearn`: the role begins where the next ARN does. */
function splitRole(text: string): string[] {
  const at = text.indexOf("+arn:")
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** As `entryId`, before the key has wrapped anything. */
export function specId(spec: KeySpec): string {
  const unwrapped = { enc: "", createdAt: "" }
  return entryId({ ...unwrapped, ...spec })
}

function invalid(kind: KeyKind): ConclaveError {
  return new ConclaveError("recipient-invalid", `not a ${kind} key: check its spelling`, { kind })
}
