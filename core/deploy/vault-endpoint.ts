/**
 * Which Vault gets a document, and whether the user knows it: a file's
 * configuration, which anyone can write in a pull request, must not make us
 * send a token to a stranger. The user names servers in VAULT_ADDR and, as for
 * sops' transit keys, in SOPS_HC_VAULT_ALLOWLIST (`all`, `none` or a comma list
 * of URLs); unlike there nothing is allowed when it is not set.
 */

import { ConclaveError } from "../errors.ts"
import { splitList } from "../policy/config-keys.ts"
import { normalAddress } from "../policy/destination-rules.ts"

export type VaultSettings = {
  /** VAULT_ADDR. */
  readonly address: string | undefined
  /** SOPS_HC_VAULT_ALLOWLIST. */
  readonly allowList: string | undefined
}

/**
 * @param named - What the rule names; `null` for the user's own.
 * @returns Without a slash at its end.
 * @throws {@link ConclaveError} `endpoint-untrusted` if the user has named no such server.
 */
export function vaultEndpoint(named: string | null, { address, allowList }: VaultSettings): string {
  const own = address === undefined || address === "" ? null : normalAddress(address)
  if (own === null && address !== undefined && address !== "") {
    throw new ConclaveError("malformed", "VAULT_ADDR is no http or https URL", { at: "VAULT_ADDR" })
  }
  const endpoint = named ?? own
  if (endpoint === null) {
    throw new ConclaveError("malformed", "the rule names no vault_address, and VAULT_ADDR is not set", {
      at: "VAULT_ADDR",
    })
  }
  if (endpoint === own || isAllowed(endpoint, allowList ?? "")) return endpoint
  throw new ConclaveError(
    "endpoint-untrusted",
    `the configuration would have your Vault token and this plaintext sent to ${endpoint}, which you have not named`,
    { endpoint },
  )
}

function isAllowed(endpoint: string, allowList: string): boolean {
  if (allowList === "all") return true
  return splitList(allowList).some((text) => {
    const allowed = normalAddress(text)
    return allowed !== null && `${endpoint}/`.startsWith(`${allowed}/`)
  })
}
