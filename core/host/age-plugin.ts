/**
 * Plugins of age (`age-plugin-*` on PATH): what wraps for `age1<name>1…` and
 * unwraps with `AGE-PLUGIN-<NAME>-1…`.
 *
 * A recipient stands in a document or in the working tree's configuration,
 * which strangers may write: its plugin is run only with the user's consent. An
 * identity is in the user's own files, and its plugin is run without a question.
 *
 * One plugin is run at a time, since each may speak with the person.
 */

import { wipe } from "../bytes.ts"
import { ConclaveError } from "../errors.ts"
import { ageFileOf } from "../keys/age/entry-file.ts"
import { recipientForm } from "../keys/age/key-text.ts"
import { type PluginKey, parsePluginRecipient } from "../keys/age/plugin-key.ts"
import {
  type PluginConnection,
  type PluginInteraction,
  unwrapWithPlugin,
  wrapWithPlugin,
} from "../keys/age/plugin-protocol.ts"
import { armoredRecipient } from "../keys/age/recipient.ts"
import type { Identity } from "../keys/identity.ts"
import type { Recipient } from "../keys/recipient.ts"
import { nativeAgeEngine } from "./age-native.ts"
import type { PluginProcessOptions, StateMachine } from "./age-plugin/process.ts"
import { findPlugin } from "./age-plugin/program.ts"

export type AgePluginOptions = PluginProcessOptions & {
  readonly platform: NodeJS.Platform
  readonly interaction: PluginInteraction
  /** Whether a plugin that a document or a configuration names may be run. Asked once for each name. */
  mayRun(plugin: string): Promise<boolean>
  /** Told the last of a failed plugin's standard error. */
  failed(plugin: string, stderr: string): void
}

export type AgePlugins = {
  /** @throws {@link ConclaveError} `recipient-invalid` */
  recipient(text: string): Recipient
  identity(key: PluginKey, source: string): Identity
}

export function createAgePlugins(options: AgePluginOptions): AgePlugins {
  const host = createHost(options)
  return {
    recipient(text) {
      const trimmed = text.trim()
      const key = parsePluginRecipient(trimmed)
      if (key === null) {
        throw new ConclaveError("recipient-invalid", "not an age recipient, or misspelt", { kind: "age" })
      }
      return armoredRecipient(trimmed, (payload) =>
        nativeAgeEngine.sealWith(payload, (fileKey) =>
          host.run(key.plugin, "recipient-v1", (connection) =>
            wrapWithPlugin(connection, key, fileKey, options.interaction),
          ),
        ),
      )
    },

    identity(key, source) {
      return {
        source,

        // Its plugin may also know native recipients, which do not name it. Only it can tell.
        handles(entry) {
          return entry.kind === "age" && recipientForm(entry.recipient) !== "ssh"
        },

        async unwrap(entry) {
          if (entry.kind !== "age") return null
          const file = ageFileOf(entry)
          const fileKey = await host.run(key.plugin, "identity-v1", (connection) =>
            unwrapWithPlugin(connection, key, file.stanzas, options.interaction),
          )
          if (fileKey === null) return null
          try {
            return await nativeAgeEngine.openWith(file, fileKey)
          } finally {
            wipe(fileKey)
          }
        },
      }
    },
  }
}

type Talk<T> = (connection: PluginConnection) => Promise<T>

type Host = { run<T>(plugin: string, machine: StateMachine, talk: Talk<T>): Promise<T> }

function createHost(options: AgePluginOptions): Host {
  const consents = new Map<string, Promise<boolean>>()
  /** Plugins that did not answer: each further entry would wait as long again. */
  const silent = new Map<string, ConclaveError>()
  let last: Promise<unknown> = Promise.resolve()

  async function requireConsent(plugin: string): Promise<void> {
    const consent = consents.get(plugin) ?? options.mayRun(plugin)
    consents.set(plugin, consent)
    if (await consent) return
    const message = `age-plugin-${plugin} is named by a document or a configuration, and nobody has agreed to run it`
    throw new ConclaveError("plugin-untrusted", message, { plugin })
  }

  async function runNow<T>(plugin: string, machine: StateMachine, talk: Talk<T>): Promise<T> {
    const program = findPlugin(plugin, options.env, options.platform)
    if (program === null) {
      throw new ConclaveError("plugin-failed", `age-plugin-${plugin} is not on PATH`, { plugin })
    }
    if (machine === "recipient-v1") await requireConsent(plugin)
    const known = silent.get(plugin)
    if (known !== undefined) throw known
    // Loaded only here: starting processes is a module of Node that few calls need, and start-up is felt.
    const { startPlugin } = await import("./age-plugin/process.ts")
    const process = startPlugin(plugin, program, machine, options)
    try {
      const result = await talk(process)
      await process.close()
      return result
    } catch (error) {
      options.failed(plugin, await process.close())
      if (process.isSilent() && error instanceof ConclaveError) silent.set(plugin, error)
      throw error
    }
  }

  return {
    run(plugin, machine, talk) {
      const turn = last.catch(() => undefined).then(() => runNow(plugin, machine, talk))
      last = turn
      return turn
    },
  }
}
