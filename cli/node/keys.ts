/** Identities and recipients of this machine's user. */

import { dirname } from "node:path"
import { ConclaveError, hasCode } from "#core/errors.ts"
import { nativeAgeEngine } from "#core/host/age-native.ts"
import type { AgePlugins } from "#core/host/age-plugin.ts"
import { findAgentSocket } from "#core/host/agent/place.ts"
import { ageKeysFile } from "#core/host/identities/locations.ts"
import { ageIdentitySources, type IdentitySources } from "#core/host/identities.ts"
import { recipientForm } from "#core/keys/age/key-text.ts"
import { parseAgeRecipient } from "#core/keys/age/recipient.ts"
import type { Identity } from "#core/keys/identity.ts"
import type { Recipient } from "#core/keys/recipient.ts"
import { confirm } from "../confirm.ts"
import type { Context, IdentityPool } from "../context.ts"
import type { KeyRequest, OutsideKeys } from "../outside-keys.ts"
import { escapeText, type Terminal } from "../terminal.ts"
import { nodePlugins } from "./plugins.ts"

export type NodeKeys = Pick<Context, "identities" | "recipient"> & { outside(): Promise<OutsideKeys> }

/** @param workingDirectory - Its repository counts where a command names no file. */
export function nodeKeys(terminal: Terminal, workingDirectory: string): NodeKeys {
  let loaded: Promise<OutsideKeys> | undefined
  const outside = () => {
    // Not part of a cold start with age.
    loaded ??= import("./outside-keys.ts").then(({ nodeOutsideKeys }) => nodeOutsideKeys(terminal))
    return loaded
  }
  const mayRun = async (plugin: string) =>
    (await outside()).trust({ folder: workingDirectory }).allows(`age-plugin:${plugin}`)
  const plugins = nodePlugins(terminal, mayRun)
  // One for the process: each place is opened, and each passphrase asked for, once.
  let sources: IdentitySources | undefined
  const complete = (request: Partial<KeyRequest> = {}) => ({ folder: workingDirectory, ...request })

  return {
    outside,
    identities(request) {
      sources ??= ageSources(terminal, plugins)
      return poolOf(sources, outside, complete(request))
    },
    async recipient(spec, request) {
      if (spec.kind === "age") return ageRecipient(spec.recipient, plugins)
      const recipient = await (await outside()).recipient(spec, complete(request))
      if (recipient !== null) return recipient
      throw new ConclaveError("kind-unsupported", `keys of kind ${spec.kind} are not supported`, {
        kind: spec.kind,
      })
    },
  }
}

function ageSources(terminal: Terminal, plugins: AgePlugins): IdentitySources {
  return ageIdentitySources({
    env: process.env,
    platform: process.platform,
    askPassphrase: (source) => terminal.askHidden(`Passphrase for ${escapeText(source)}: `),
    findAgent: (fault) => findAgent(terminal, fault),
    pluginIdentity: plugins.identity,
  })
}

/** Outside keys come last: first what is here. */
function poolOf(
  sources: IdentitySources,
  outside: () => Promise<OutsideKeys>,
  request: KeyRequest,
): IdentityPool {
  async function* iterate(): AsyncGenerator<Identity> {
    yield* sources.identities
    yield* (await outside()).identities(request)
  }
  return {
    identities: { [Symbol.asyncIterator]: iterate },
    reports: sources.reports,
    near: (file) => poolOf(sources, outside, file === null ? request : { ...request, folder: dirname(file) }),
  }
}

async function findAgent(terminal: Terminal, fault: (reason: string) => void): Promise<Identity | null> {
  const uid = process.getuid?.() ?? -1
  try {
    const socket = findAgentSocket({ env: process.env, platform: process.platform, uid })
    if (socket === null) return null
    // Sockets are a module of Node that few calls need, and start-up is felt.
    const { agentIdentity } = await import("#core/host/agent/client.ts")
    return agentIdentity(socket, { fault, askConsent: (question) => confirm(question, terminal) })
  } catch (error) {
    if (!hasCode(error, "agent-failed")) throw error
    fault(error.details.reason)
    return null
  }
}

export function nodeAgeKeysFile(): string | null {
  return ageKeysFile(process.env, process.platform)
}

async function ageRecipient(text: string, plugins: AgePlugins): Promise<Recipient> {
  switch (recipientForm(text.trim())) {
    case "native":
      return parseAgeRecipient(text, nativeAgeEngine)
    case "plugin":
      return plugins.recipient(text)
    case "ssh": {
      const { parseSshRecipient } = await import("#core/host/ssh/recipient.ts")
      return parseSshRecipient(text)
    }
  }
}
