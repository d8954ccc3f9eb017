/** moto, which plays AWS and was written by others, as a server of its own; and keys in it. */

import { spawn } from "node:child_process"
import type { AddressInfo } from "node:net"
import { createServer } from "node:net"
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms"

export type Moto = {
  readonly url: URL
  /** For whoever calls it: moto takes any credentials. */
  readonly env: Readonly<Record<string, string>>
  key(region: string): Promise<string>
  /** @returns Its ARN. */
  alias(name: string, key: string): Promise<string>
  /** `Enabled`, `Disabled`, `PendingDeletion`. */
  state(key: string): Promise<string>
  disable(key: string): Promise<void>
  scheduleDeletion(key: string): Promise<void>
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 60_000

/** @param program - `moto_server`, as `peers.mjs` installs it. */
export async function startMoto(program: string): Promise<Moto> {
  const port = await freePort()
  const url = new URL(`http://127.0.0.1:${port}`)
  const child = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" })
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
  const stop = async () => {
    child.kill()
    await ended
  }
  try {
    await answering(url)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, env: { ...CREDENTIALS, AWS_ENDPOINT_URL: url.origin }, stop, ...keysIn(url) }
}

const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: "AKIATESTER",
  AWS_SECRET_ACCESS_KEY: "of no importance",
  AWS_EC2_METADATA_DISABLED: "true",
}

function keysIn(url: URL): Omit<Moto, "url" | "env" | "stop"> {
  const clients = new Map<string, KMSClient>()
  const clientIn = (region: string): KMSClient => {
    const client =
      clients.get(region) ??
      new KMSClient({
        region,
        endpoint: url.origin,
        credentials: {
          accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
          secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
        },
      })
    clients.set(region, client)
    return client
  }
  const clientOf = (key: string) => clientIn(key.split(":")[3] ?? "")
  // moto takes ARNs where keys are used, and not where they are managed.
  const idOf = (key: string) => key.replace(/.*:key\//, "")
  return {
    async key(region) {
      const { KeyMetadata } = await clientIn(region).send(new CreateKeyCommand({}))
      return KeyMetadata?.Arn ?? ""
    },
    async alias(name, key) {
      await clientOf(key).send(new CreateAliasCommand({ AliasName: `alias/${name}`, TargetKeyId: idOf(key) }))
      return key.replace(/:key\/.*/, `:alias/${name}`)
    },
    async state(key) {
      const { KeyMetadata } = await clientOf(key).send(new DescribeKeyCommand({ KeyId: idOf(key) }))
      return KeyMetadata?.KeyState ?? ""
    },
    async disable(key) {
      await clientOf(key).send(new DisableKeyCommand({ KeyId: idOf(key) }))
    },
    async scheduleDeletion(key) {
      await clientOf(key).send(new ScheduleKeyDeletionCommand({ KeyId: idOf(key), PendingWindowInDays: 7 }))
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function answering(url: URL): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS
  for (;;) {
    try {
      await fetch(url)
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
