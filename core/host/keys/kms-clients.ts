/**
 * Clients of AWS KMS, one for each region and set of credentials, kept for all
 * calls of the process (sops makes a new one for every key). Credentials come
 * from the SDK's default chain (environment, profile, SSO, web identity,
 * container, instance); a role is assumed with them through STS.
 */

import { hostname } from "node:os"
import { ConclaveError } from "../../errors.ts"
import type { KeyContext } from "./adapter.ts"
import { createFlights } from "./flights.ts"
import { createHttpAgents } from "./http-agent.ts"
import { describeAwsFailure, judgeAwsFailure } from "./kms-failure.ts"
import { REMOTE_LIMITS } from "./remote-call.ts"

type Sdk = typeof import("./aws-sdk.ts")
type Client = InstanceType<Sdk["KMSClient"]>
type Provider = ReturnType<Sdk["defaultProvider"]>

/** Empty texts for none. */
export type KmsAccess = { readonly region: string; readonly profile: string; readonly role: string }

export type KmsClients = {
  sdk(): Promise<Sdk>
  /** @throws what the SDK throws, or {@link ConclaveError} `unwrap-failed` if the role cannot be assumed. */
  call<T>(
    access: KmsAccess,
    attempt: (client: Client, signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>
}

type RoleCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
}

const CONNECT_TIMEOUT_MS = 3_000
/** Credentials are fetched anew this long before they end. */
const EXPIRY_MARGIN_MS = 60_000
const MAX_SESSION_NAME = 64
/** The SDK would print what it has to say. */
const nothing = (): void => undefined
const SILENT = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing }

export function createKmsClients({ env, calls, ask }: KeyContext): KmsClients {
  let loaded: Promise<Sdk> | undefined
  const clients = new Map<string, Client>()
  const roles = createFlights<RoleCredentials>(
    ({ expiration }) => expiration.getTime() - Date.now() - EXPIRY_MARGIN_MS,
  )
  // What is found is the SDK's to keep; that nothing is found need not be found out for every key.
  const searches = createFlights<void>(() => 0)
  let handler: Promise<InstanceType<Sdk["NodeHttpHandler"]>> | undefined

  const sdk = () => {
    loaded ??= import("./aws-sdk.ts")
    return loaded
  }

  /** One for all clients: connections are kept. */
  const requestHandler = () => {
    handler ??= sdk().then(({ NodeHttpHandler }) => {
      const agents = createHttpAgents({ env, caFile: env["AWS_CA_BUNDLE"] })
      return new NodeHttpHandler({
        httpAgent: agents.http,
        httpsAgent: agents.https,
        connectionTimeout: CONNECT_TIMEOUT_MS,
        requestTimeout: REMOTE_LIMITS.attemptMs,
        throwOnRequestTimeout: true,
        logger: SILENT,
      })
    })
    return handler
  }

  async function baseCredentials(profile: string): Promise<Provider> {
    const { defaultProvider } = await sdk()
    return defaultProvider({
      logger: SILENT,
      ...(profile === "" ? {} : { profile }),
      mfaCodeProvider: async (serial) =>
        (await ask(`MFA code of ${serial} for the AWS profile ${profile || "in use"}: `, "shown")) ?? "",
    })
  }

  async function clientFor(access: KmsAccess, signal?: AbortSignal): Promise<Client> {
    const id = JSON.stringify(access)
    const { KMSClient } = await sdk()
    const config = await configFor(access)
    // Before the call, whose time is short: someone may have to type a code.
    if (access.role !== "") await roleCredentials(access, signal)
    const client = clients.get(id) ?? new KMSClient(config)
    clients.set(id, client)
    await searches.take(id, async () => void (await client.config.credentials()), signal)
    return client
  }

  async function configFor(access: KmsAccess) {
    const { region, profile, role } = access
    return {
      region,
      credentials: role === "" ? await baseCredentials(profile) : () => roleCredentials(access, undefined),
      requestHandler: await requestHandler(),
      // Who tries again is `calls`.
      maxAttempts: 1,
      logger: SILENT,
      // For what else a profile sets: an endpoint, FIPS, dual stack.
      ...(profile === "" ? {} : { profile }),
    }
  }

  function roleCredentials(access: KmsAccess, signal: AbortSignal | undefined): Promise<RoleCredentials> {
    return roles.take(JSON.stringify(access), (stop) => assumeRole(access, stop), signal)
  }

  async function assumeRole(access: KmsAccess, signal: AbortSignal): Promise<RoleCredentials> {
    const { AssumeRoleCommand, STSClient } = await sdk()
    const { region, role } = access
    const client = new STSClient(await configFor({ ...access, role: "" }))
    try {
      const { Credentials } = await calls.run(
        {
          target: `sts ${region}`,
          attempt: (abortSignal) =>
            client.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: sessionName(hostname()) }), {
              abortSignal,
            }),
          judge: judgeAwsFailure,
        },
        signal,
      )
      return toRoleCredentials(Credentials)
    } catch (error) {
      if (error instanceof ConclaveError) throw error
      const reason = `cannot assume the role ${role}: ${describeAwsFailure(error, "assume")}`
      throw new ConclaveError("unwrap-failed", reason, { recipient: role }, { cause: error })
    }
  }

  return {
    sdk,
    async call(access, attempt, signal) {
      const client = await clientFor(access, signal)
      const target = `kms ${access.region}`
      return calls.run({ target, attempt: (stop) => attempt(client, stop), judge: judgeAwsFailure }, signal)
    },
  }
}

type Granted =
  | {
      readonly AccessKeyId?: string | undefined
      readonly SecretAccessKey?: string | undefined
      readonly SessionToken?: string | undefined
      readonly Expiration?: Date | undefined
    }
  | undefined

function toRoleCredentials(granted: Granted): RoleCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = granted ?? {}
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || Expiration === undefined) {
    throw new Error("the answer holds no credentials")
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  }
}

/** `sops@<host>` in what STS allows, as sops names its sessions. */
export function sessionName(host: string): string {
  return `sops@${host.replace(/[^\w=,.@-]+/g, "")}`.slice(0, MAX_SESSION_NAME)
}
