/** Identities and recipients of this machine's user. */

import { ConclaveError, hasCode } from "#core/errors.ts"
import { nativeAgeEngine } from "#core/host/age-native.ts"
import type { AgePlugins } from "#core/host/age-plugin.ts"
import { findAgentSocket } from "#core/host/agent/place.ts"
import { ageKeysFile } from "#core/host/identities/locations.ts"
import { ageIdentitySources } from "#core/host/identities.ts"
import { recipientForm } from "#core/keys/age/key-text.ts"
import { parseAgeRecipient } from "#core/keys/age/recipient.ts"
import type { Identity } from "#core/keys/identity.ts"
import type { KeySpec } from "#core/keys/key-spec.ts"
import type { Recipient } from "#core/keys/recipient.ts"
import type { IdentityPool } from "../context.ts"
import { escapeText, type Terminal } from "../terminal.ts"

export function nodeIdentities(terminal: Terminal, plugins: AgePlugins): IdentityPool {
  const { identities, reports } = ageIdentitySources({
    env: process.env,
    platform: process.platform,
    askPassphrase: (source) => terminal.askHidden(`Passphrase for ${escapeText(source)}: `),
    findAgent: (fault) => findAgent(terminal, fault),
    pluginIdentity: plugins.identity,
  })
  return { identities, reports }
}

async function findAgent(terminal: Terminal, fault: (reason: string) => void): Promise<Identity | null> {
  const uid = process.getuid?.() ?? -1
  try {
    const socket = findAgentSocket({ env: process.env, platform: process.platform, uid })
    if (socket === null) return null
    // Sockets are a module of Node that few calls need, and start-up is felt.
    const { agentIdentity } = await import("#core/host/agent/client.ts")
    return agentIdentity(socket, { fault, askConsent: (question) => askConsent(question, terminal) })
  } catch (error) {
    if (!hasCode(error, "agent-failed")) throw error
    fault(error.details.reason)
    return null
  }
}

async function askConsent(question: string, terminal: Terminal): Promise<boolean | null> {
  const answer = await terminal.ask(`${escapeText(question)} [y/N] `)
  return answer === null ? null : /^y(es)?$/i.test(answer.trim())
}

export function nodeAgeKeysFile(): string | null {
  return ageKeysFile(process.env, process.platform)
}

export async function nodeRecipient(spec: KeySpec, plugins: AgePlugins): Promise<Recipient> {
  if (spec.kind === "age") return ageRecipient(spec.recipient, plugins)
  throw new ConclaveError("kind-unsupported", `keys of kind ${spec.kind} are not supported`, {
    kind: spec.kind,
  })
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
