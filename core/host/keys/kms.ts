/**
 * Keys of AWS KMS, as sops uses them (`kms/keysource.go`): Encrypt and Decrypt
 * with the key's ARN (a key or an alias), the region taken from the ARN, the
 * encryption context always sent, and `enc` the ciphertext blob in base64.
 *
 * A profile or role that a file names is used with the user's agreement only;
 * `--aws-profile` takes the place of a stored profile, and
 * CONCLAVE_IGNORE_STORED_PROFILE and CONCLAVE_IGNORE_STORED_ROLE leave them out.
 */

import { decodeBase64, toBase64, wipe } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import type { Identity } from "../../keys/identity.ts"
import { entryId, type KmsEntry } from "../../keys/key-entry.ts"
import type { KeySpec } from "../../keys/key-spec.ts"
import { specId } from "../../keys/parse-key-spec.ts"
import type { Recipient } from "../../keys/recipient.ts"
import { demandTrust } from "../trust.ts"
import type { KeyContext } from "./adapter.ts"
import { createKmsClients, type KmsAccess, type KmsClients } from "./kms-clients.ts"
import { describeAwsFailure } from "./kms-failure.ts"

export { surveyAws as survey } from "./kms-survey.ts"

type KmsSpec = Extract<KeySpec, { kind: "kms" }>

/** As sops takes it, but the region is one label of a host name: it becomes part of one. */
const KMS_ARN = /^arn:aws[\w-]*:kms:([a-z0-9-]{1,63}):[0-9]+:(?:key|alias)\/.+$/

export function createIdentity(context: KeyContext): Identity {
  const clients = clientsOf(context)
  return {
    source: "AWS KMS",
    remote: true,
    handles: (entry) => entry.kind === "kms",

    async unwrap(entry, signal) {
      if (entry.kind !== "kms") return null
      return unwrap(entry, context, clients, signal)
    },
  }
}

async function unwrap(
  entry: KmsEntry,
  context: KeyContext,
  clients: KmsClients,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const blob = decodeBase64(entry.enc)
  if (blob === null || blob.length === 0) throw unwrapFailed(entry, "the wrapped key is not base64")
  const access = await accessTo(entry, context)
  try {
    const { DecryptCommand } = await clients.sdk()
    const { Plaintext } = await clients.call(
      access,
      async (client, abortSignal) =>
        client.send(
          new DecryptCommand({
            KeyId: entry.arn,
            CiphertextBlob: blob,
            EncryptionContext: contextOf(entry),
          }),
          { abortSignal },
        ),
      signal,
    )
    if (Plaintext === undefined) throw unwrapFailed(entry, "the answer holds no key")
    const secret = Uint8Array.from(Plaintext)
    wipe(Plaintext)
    return secret
  } catch (error) {
    if (error instanceof ConclaveError) throw error
    throw unwrapFailed(entry, `${describeAwsFailure(error, "decrypt")}${profileHint(access, error)}`, error)
  }
}

/**
 * @throws {@link ConclaveError} `recipient-invalid` for an ARN that is none of a KMS key.
 */
export function createRecipient(spec: KeySpec, context: KeyContext): Recipient {
  if (spec.kind !== "kms") throw new Error(`not a key of AWS KMS: ${spec.kind}`)
  regionOf(spec.arn)
  const clients = clientsOf(context)
  return {
    kind: "kms",
    id: specId(spec),
    wrap: (secret) => wrap(secret, spec, context, clients),
    toEntry: (enc, createdAt) => ({ ...spec, createdAt, enc }),
  }
}

async function wrap(
  secret: Uint8Array,
  spec: KmsSpec,
  context: KeyContext,
  clients: KmsClients,
): Promise<string> {
  const access = await accessTo(spec, context)
  try {
    const { EncryptCommand } = await clients.sdk()
    const { CiphertextBlob } = await clients.call(access, async (client, abortSignal) =>
      client.send(
        new EncryptCommand({ KeyId: spec.arn, Plaintext: secret, EncryptionContext: contextOf(spec) }),
        { abortSignal },
      ),
    )
    if (CiphertextBlob === undefined || CiphertextBlob.length === 0) {
      throw wrapFailed(spec, "the answer holds no wrapped key")
    }
    return toBase64(CiphertextBlob)
  } catch (error) {
    if (error instanceof ConclaveError) throw error
    throw wrapFailed(spec, `${describeAwsFailure(error, "encrypt")}${profileHint(access, error)}`, error)
  }
}

/** The most frequent trouble with stored profiles: here they have another name, or there is none. */
function profileHint({ profile }: KmsAccess, error: unknown): string {
  if (profile === "" || (error as Error).name !== "CredentialsProviderError") return ""
  return ` (--aws-profile NAME or CONCLAVE_IGNORE_STORED_PROFILE=1 take the place of the profile ${profile})`
}

/** One for each context, shared by its identity and recipients: connections and credentials are. */
const clientsByContext = new WeakMap<KeyContext, KmsClients>()

function clientsOf(context: KeyContext): KmsClients {
  const clients = clientsByContext.get(context) ?? createKmsClients(context)
  clientsByContext.set(context, clients)
  return clients
}

/** With whose credentials and where, once the user has agreed to what the file names. */
async function accessTo(key: KmsSpec, { env, trust, awsProfile }: KeyContext): Promise<KmsAccess> {
  const region = regionOf(key.arn)
  const storedProfile = isSet(env["CONCLAVE_IGNORE_STORED_PROFILE"]) ? "" : key.awsProfile
  const role = isSet(env["CONCLAVE_IGNORE_STORED_ROLE"]) ? "" : (key.role ?? "")
  const profile = awsProfile || storedProfile
  // A profile that is the user's own choice anyway needs no word.
  if (!awsProfile && profile !== "" && profile !== env["AWS_PROFILE"]) {
    await demandTrust(trust, `aws-profile:${profile}`)
  }
  if (role !== "") await demandTrust(trust, `kms-role:${role}`)
  return { region, profile, role }
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== "" && text !== "0" && text !== "false"
}

function regionOf(arn: string): string {
  const region = KMS_ARN.exec(arn)?.[1]
  if (region !== undefined) return region
  throw new ConclaveError("recipient-invalid", "not the ARN of a key or alias of AWS KMS", { kind: "kms" })
}

function contextOf({ context = new Map() }: Pick<KmsSpec, "context">): Record<string, string> {
  return Object.fromEntries(context)
}

function unwrapFailed(entry: KmsEntry, reason: string, cause?: unknown): ConclaveError {
  const details = { recipient: entryId(entry) }
  return new ConclaveError("unwrap-failed", reason, details, { cause })
}

function wrapFailed(spec: KmsSpec, reason: string, cause?: unknown): ConclaveError {
  const recipient = specId(spec)
  return new ConclaveError("wrap-failed", `cannot wrap for ${recipient}: ${reason}`, { recipient }, { cause })
}
