/** Identities and recipients of this machine's user. */

import { ConclaveError } from "#core/errors.ts"
import { nativeAgeEngine } from "#core/host/age-native.ts"
import { ageKeysFile } from "#core/host/identities/locations.ts"
import { ageIdentitySources } from "#core/host/identities.ts"
import { parseAgeRecipient } from "#core/keys/age/recipient.ts"
import type { KeySpec } from "#core/keys/key-spec.ts"
import type { Recipient } from "#core/keys/recipient.ts"
import type { IdentityPool } from "../context.ts"
import { escapeText, type Terminal } from "../terminal.ts"

export function nodeIdentities(terminal: Terminal): IdentityPool {
  const { identities, reports } = ageIdentitySources({
    env: process.env,
    platform: process.platform,
    askPassphrase: (source) => terminal.askHidden(`Passphrase for ${escapeText(source)}: `),
  })
  return { identities, reports }
}

export function nodeAgeKeysFile(): string | null {
  return ageKeysFile(process.env, process.platform)
}

export async function nodeRecipient(spec: KeySpec): Promise<Recipient> {
  if (spec.kind === "age") return parseAgeRecipient(spec.recipient, nativeAgeEngine)
  throw new ConclaveError("kind-unsupported", `keys of kind ${spec.kind} are not supported`, {
    kind: spec.kind,
  })
}
