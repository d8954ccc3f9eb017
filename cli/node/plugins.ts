/** Plugins of age and the person at the terminal: consent, questions, and what a plugin has to say. */

import { type AgePlugins, createAgePlugins } from "#core/host/age-plugin.ts"
import type { PluginInteraction } from "#core/keys/age/plugin-protocol.ts"
import { escapeText, type Terminal } from "../terminal.ts"

/** A person needs time to find a token and touch it, which not every plugin asks for in words. */
const SILENCE_WITH_PERSON_MS = 60_000
const SILENCE_ALONE_MS = 10_000
const MAX_TRIES = 3

/** @param mayRun - Whether the user has agreed to a plugin that a document or a configuration names. */
export function nodePlugins(terminal: Terminal, mayRun: (plugin: string) => Promise<boolean>): AgePlugins {
  const isVerbose = process.argv.includes("--verbose")
  const say = (plugin: string, text: string) => {
    for (const line of text.trimEnd().split("\n")) {
      terminal.stderr.write(`age-plugin-${plugin}: ${escapeText(line)}\n`)
    }
  }
  return createAgePlugins({
    env: process.env,
    platform: process.platform,
    silenceMs: terminal.stderr.isTTY ? SILENCE_WITH_PERSON_MS : SILENCE_ALONE_MS,
    waiting: (plugin) => terminal.stderr.write(`waiting for age-plugin-${plugin}…\n`),
    stderr: (plugin, text) => {
      if (isVerbose) say(plugin, text)
    },
    failed: (plugin, stderr) => {
      if (!isVerbose && stderr.trim() !== "") say(plugin, stderr)
    },
    mayRun,
    interaction: interactionOf(terminal, say),
  })
}

function interactionOf(terminal: Terminal, say: (plugin: string, text: string) => void): PluginInteraction {
  return {
    async message(plugin, text) {
      say(plugin, text)
      return true
    },

    async request(plugin, prompt, secret) {
      const question = `age-plugin-${plugin}: ${escapeText(prompt)} `
      return secret ? terminal.askHidden(question) : terminal.ask(question)
    },

    async confirm(plugin, prompt, yes, no) {
      const question = `age-plugin-${plugin}: ${escapeText(prompt)}`
      if (no === null) {
        const answer = await terminal.ask(`${question} (press enter for "${escapeText(yes)}") `)
        return answer === null ? null : true
      }
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const answer = await terminal.ask(`${question} (1: ${escapeText(yes)}, 2: ${escapeText(no)}) `)
        if (answer === null) return null
        if (answer.trim() === "1") return true
        if (answer.trim() === "2") return false
      }
      return null
    },
  }
}
