/**
 * age's side of the talk with a plugin (C2SP age-plugin, state machines
 * `recipient-v1` and `identity-v1`): what is wanted is sent at once, then the
 * plugin commands and age answers each command, until the plugin is done.
 *
 * A plugin is a program of its own, which may be broken or hostile: what it says
 * is limited in number here and in size by the connection.
 *
 * Ported from plugin/client.go of filippo.io/age 1.3.1, which has a BSD licence
 * (see NOTICE).
 */

import { fromUtf8, randomBytes, toUtf8 } from "../../bytes.ts"
import { ConclaveError } from "../../errors.ts"
import { FILE_KEY_SIZE } from "./engine.ts"
import type { PluginKey } from "./plugin-key.ts"
import type { Stanza } from "./stanza.ts"
import { decodeRaw } from "./strict-base64.ts"

/** A started plugin. */
export interface PluginConnection {
  send(stanzas: readonly Stanza[]): void
  /** @throws {@link ConclaveError} `plugin-failed` if nothing sound comes, in time. */
  receive(): Promise<Stanza>
}

/**
 * How a plugin reaches the person: the terminal, or a window. Texts are the
 * plugin's, up to 4,096 characters, and may hold control characters.
 */
export interface PluginInteraction {
  /** Whether the message could be shown. */
  message(plugin: string, text: string): Promise<boolean>
  /** The answer, typed unseen if it is secret; `null` if there is nobody to ask. */
  request(plugin: string, prompt: string, secret: boolean): Promise<string | null>
  /** Whether `yes` was chosen, the only choice where `no` is `null`; `null` if there is nobody to ask. */
  confirm(plugin: string, prompt: string, yes: string, no: string | null): Promise<boolean | null>
}

const MAX_COMMANDS = 1000
const MAX_TEXT_LENGTH = 4096
const MAX_REASON_LENGTH = 300
const EMPTY = new Uint8Array(0)

/**
 * Lets a plugin wrap a file key for its recipient.
 *
 * @throws {@link ConclaveError} `plugin-failed`
 */
export async function wrapWithPlugin(
  connection: PluginConnection,
  recipient: PluginKey,
  fileKey: Uint8Array,
  interaction: PluginInteraction,
): Promise<Stanza[]> {
  const { plugin, text } = recipient
  connection.send([
    command("add-recipient", [text]),
    ...grease(),
    command("wrap-file-key", [], fileKey),
    command("extension-labels"),
    command("done"),
  ])
  const stanzas: Stanza[] = []
  let hasLabels = false
  await converse(connection, plugin, interaction, ({ type, args, body }) => {
    if (type === "labels") {
      // They say which recipients may share a file; here each one has a file of its own.
      if (hasLabels) throw failed(plugin, "sent its labels twice")
      hasLabels = true
      return true
    }
    if (type !== "recipient-stanza") return false
    const [index, stanzaType, ...rest] = args
    if (index !== "0" || stanzaType === undefined) throw failed(plugin, "sent a malformed recipient stanza")
    stanzas.push({ type: stanzaType, args: rest, body })
    return true
  })
  if (stanzas.length === 0) throw failed(plugin, "was done without a stanza")
  return stanzas
}

/**
 * Lets a plugin unwrap a file key with its identity.
 *
 * @returns `null` if no stanza is for this identity.
 * @throws {@link ConclaveError} `plugin-failed`
 */
export async function unwrapWithPlugin(
  connection: PluginConnection,
  identity: PluginKey,
  stanzas: readonly Stanza[],
  interaction: PluginInteraction,
): Promise<Uint8Array | null> {
  const { plugin, text } = identity
  connection.send([
    command("add-identity", [text]),
    ...grease(),
    ...stanzas.map(({ type, args, body }) => command("recipient-stanza", ["0", type, ...args], body)),
    command("done"),
  ])
  let fileKey: Uint8Array | null = null
  await converse(connection, plugin, interaction, ({ type, args, body }) => {
    if (type !== "file-key") return false
    if (args.length !== 1 || args[0] !== "0" || body.length !== FILE_KEY_SIZE) {
      throw failed(plugin, "sent a malformed file key")
    }
    if (fileKey !== null) throw failed(plugin, "sent the file key twice")
    fileKey = body
    return true
  })
  return fileKey
}

/** @param take - Takes the commands of one state machine; `false` for those that are not of it. */
async function converse(
  connection: PluginConnection,
  plugin: string,
  interaction: PluginInteraction,
  take: (stanza: Stanza) => boolean,
): Promise<void> {
  for (let count = 0; count < MAX_COMMANDS; count++) {
    const stanza = await connection.receive()
    if (stanza.type === "done") return
    if (stanza.type === "error") {
      connection.send([command("ok")])
      throw failed(
        plugin,
        `says: ${shorten(textOf(stanza.body).replace(/\s+/g, " ").trim(), MAX_REASON_LENGTH)}`,
      )
    }
    const reply = take(stanza) ? command("ok") : await interact(plugin, stanza, interaction)
    connection.send([reply])
  }
  throw failed(plugin, `was not done after ${MAX_COMMANDS} commands`)
}

async function interact(plugin: string, stanza: Stanza, interaction: PluginInteraction): Promise<Stanza> {
  const { type, args, body } = stanza
  const text = shorten(textOf(body), MAX_TEXT_LENGTH)
  switch (type) {
    case "msg":
      return command((await interaction.message(plugin, text)) ? "ok" : "fail")
    case "request-public":
    case "request-secret": {
      const answer = await interaction.request(plugin, text, type === "request-secret")
      return answer === null ? command("fail") : command("ok", [], toUtf8(answer))
    }
    case "confirm": {
      const [yes, no, ...rest] = args
      if (yes === undefined || rest.length > 0) throw failed(plugin, "asked a malformed question")
      const noText = no === undefined ? null : choiceText(plugin, no)
      const isYes = await interaction.confirm(plugin, text, choiceText(plugin, yes), noText)
      return isYes === null ? command("fail") : command("ok", [isYes ? "yes" : "no"])
    }
    default:
      return command("unsupported")
  }
}

function choiceText(plugin: string, base64: string): string {
  const bytes = decodeRaw(base64)
  if (bytes === null) throw failed(plugin, "asked a malformed question")
  return shorten(textOf(bytes), MAX_TEXT_LENGTH)
}

/** A stanza that no plugin knows, so that all of them stay able to pass over one. */
function grease(): Stanza[] {
  const [chance = 0, ...name] = randomBytes(9)
  if (chance % 3 === 0) return []
  const type = `grease-${name.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`
  const args = name.slice(0, chance % 3).map(String)
  return [command(type, args, chance % 2 === 0 ? EMPTY : randomBytes(chance % 100))]
}

function command(type: string, args: readonly string[] = [], body: Uint8Array = EMPTY): Stanza {
  return { type, args, body }
}

function textOf(bytes: Uint8Array): string {
  return fromUtf8(bytes) ?? "(something that is not text)"
}

function shorten(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text
}

function failed(plugin: string, what: string): ConclaveError<"plugin-failed"> {
  return new ConclaveError("plugin-failed", `age-plugin-${plugin} ${what}`, { plugin })
}
