/** Publishing files to where `destination_rules` sends them, as `conclave publish` and `conclave sops publish` both do it. */

import { dirname } from "node:path"
import { vaultEndpoint } from "#core/deploy/vault-endpoint.ts"
import { toVaultSecret } from "#core/deploy/vault-secret.ts"
import { parseDocument } from "#core/document/document.ts"
import { encryptDocument } from "#core/document/encrypt.ts"
import { unwritten } from "#core/document/version.ts"
import { ConclaveError } from "#core/errors.ts"
import type { KeyKind } from "#core/keys/key-entry.ts"
import {
  type DestinationRule,
  destinationRuleFor,
  destinationUrl,
  publishedName,
  readDestinationRules,
} from "#core/policy/destination-rules.ts"
import type { CreationRule } from "#core/policy/sops-config.ts"
import type { MapNode } from "#core/sops/tree.ts"
import { type FoundConfig, findConfig, type Lookup } from "../configuration.ts"
import type { Context, IdentityPool } from "../context.ts"
import { indentFor } from "../indent.ts"
import { readSource, type Source } from "../source.ts"
import { decryptTree } from "./decrypt.ts"
import { describeGroups } from "./encrypt.ts"
import { writeVaultSecret } from "./vault.ts"

export type PublishRequest = {
  readonly file: string
  /** The folder that is published, for the name at the destination; `null` for a file alone. */
  readonly folder: string | null
  readonly omitExtension: boolean
  readonly lookup: Lookup
  readonly config?: string | undefined
}

/** A file on its way, with nothing decrypted yet. */
export type Publication = {
  readonly source: Source
  readonly rule: DestinationRule
  readonly found: FoundConfig
  /** Where it goes; for Vault the address of the secret. */
  readonly url: string
}

/** What is sent. */
export type Payload =
  | { readonly kind: "file"; readonly bytes: Uint8Array }
  /** Plaintext. */
  | { readonly kind: "secret"; readonly secret: MapNode }

/**
 * Finds out where a file goes, without any key and without a word to anyone.
 *
 * @throws {@link ConclaveError} `config-missing`, `config-invalid`, `no-rule`,
 * `endpoint-untrusted`, and what parsing the file throws: only what SOPS has
 * encrypted is published.
 */
export async function planPublication(request: PublishRequest, context: Context): Promise<Publication> {
  const source = await readSource(request.file, {}, context)
  const found = await findConfig(context, source.name, request.lookup, request.config)
  if (found === null) {
    throw new ConclaveError("config-missing", `no .sops.yaml says where ${request.file} goes`, {
      file: request.file,
    })
  }
  const rules = await readDestinationRules(found.config)
  // sops looks for the path as it was typed.
  const path = request.lookup === "repository" ? found.pathOf(source.name) : request.file
  const rule = destinationRuleFor(rules, path, found.config.file)
  parseDocument(source.bytes, source.format, Number.POSITIVE_INFINITY)
  const { destination } = rule
  const address =
    destination.kind === "vault" ? vaultEndpoint(destination.address, vaultSettings(context)) : ""
  const name = publishedName(nameOf(request), request.omitExtension || rule.omitExtensions)
  return { source, rule, found, url: destinationUrl(destination, name, address) }
}

function nameOf({ file, folder }: PublishRequest): string {
  if (folder !== null) return file.slice(folder.length).replace(/^\/+/, "")
  return file.slice(file.lastIndexOf("/") + 1)
}

function vaultSettings({ env }: Context) {
  return { address: env["VAULT_ADDR"], allowList: env["SOPS_HC_VAULT_ALLOWLIST"] }
}

/** What will happen to the file, in words. */
export function describePublication({ rule }: Publication): string {
  if (rule.destination.kind === "vault") return "its plaintext, as a secret"
  if (rule.recreation === null) return "as it is"
  return `encrypted anew for ${describeGroups(rule.recreation.groups)}`
}

/**
 * Makes what is sent, and checks it: a file that is encrypted anew is opened
 * again with its new data key, one for Vault has passed its MAC.
 *
 * @throws {@link ConclaveError} what decrypting and encrypting throw.
 */
export async function preparePayload(
  { source, rule, found }: Publication,
  order: readonly KeyKind[] | undefined,
  pool: IdentityPool,
  context: Context,
): Promise<Payload> {
  if (rule.destination.kind !== "vault" && rule.recreation === null) {
    return { kind: "file", bytes: source.bytes }
  }
  const { tree } = await decryptTree({ source, ignoreMac: false, order }, context, pool)
  if (rule.recreation === null) return { kind: "secret", secret: toVaultSecret(tree) }
  const indent = indentFor(found.config, source.format.name)
  const { bytes } = await encryptDocument(unwritten(tree), source.format, {
    layout: "canonical",
    ...(await recreationOptions(rule.recreation, dirname(source.name), context)),
    cipher: context.cipher,
    moment: context.clock.now(),
    ...(indent === undefined ? {} : { indent }),
  })
  return { kind: "file", bytes }
}

async function recreationOptions(
  { groups, threshold, rule, macOnlyEncrypted }: CreationRule,
  folder: string,
  context: Context,
) {
  const recipients = await Promise.all(
    groups.map((group) => Promise.all(group.map((spec) => context.recipient(spec, { folder })))),
  )
  return { recipients, threshold, rule, macOnlyEncrypted }
}

/** @throws {@link ConclaveError} `kind-unsupported` where this build has no way to the destination. */
export function checkDestination({ rule }: Publication): void {
  const { kind } = rule.destination
  if (kind === "vault") return
  const name = kind === "s3" ? "Amazon S3" : "Google Cloud Storage"
  throw new ConclaveError(
    "kind-unsupported",
    `this build cannot upload to ${name}: it comes without its SDK; --dry-run shows and checks what would go there`,
    { kind },
  )
}

/**
 * Sends it, unless it is there already.
 *
 * @throws {@link ConclaveError} `upload-failed`, `kind-unsupported`.
 */
export async function sendPayload(
  publication: Publication,
  payload: Payload,
  context: Context,
): Promise<"uploaded" | "unchanged"> {
  checkDestination(publication)
  const { destination } = publication.rule
  if (destination.kind !== "vault" || payload.kind !== "secret")
    throw new Error("a payload of the wrong kind")
  return writeVaultSecret(
    { url: publication.url, version: destination.version, secret: payload.secret },
    context,
  )
}
