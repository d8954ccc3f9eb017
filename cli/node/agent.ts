/** The agent port on a process of our own. */

import { realpathSync } from "node:fs"
import { ConclaveError } from "#core/errors.ts"
import { askAgent } from "#core/host/agent/client.ts"
import { findAgentSocket } from "#core/host/agent/place.ts"
import { startAgentProcess } from "#core/host/agent/start.ts"
import type { Agent, AgentState } from "../agent.ts"
import { escapeText, type Terminal } from "../terminal.ts"

export function nodeAgent(terminal: Terminal): Agent {
  return {
    async unlock(forMs, confirm) {
      await startAgentProcess({
        // The file itself: a link to it may be called sops, and mean something else.
        program: [process.execPath, realpathSync(process.argv[1] ?? ""), "agent"],
        env: process.env,
        forMs,
        confirm,
        async askPassphrase(source, again) {
          if (again) terminal.stderr.write("that is not its passphrase\n")
          const question = `Passphrase for ${escapeText(source)} (empty to leave it locked): `
          return (await terminal.askHidden(question)) || null
        },
      })
      const state = await agentState()
      if (state !== null) return state
      const reason = "the agent has ended at its start"
      throw new ConclaveError("agent-failed", reason, { reason })
    },
    state: agentState,
    async lock() {
      const socket = ownSocket()
      return socket !== null && (await askAgent(socket, { op: "lock" })) !== null
    },
  }
}

async function agentState(): Promise<AgentState | null> {
  const socket = ownSocket()
  const reply = socket === null ? null : await askAgent(socket, { op: "status" })
  if (reply === null || !reply.ok || !("status" in reply)) return null
  return { ...reply.status, until: new Date(reply.status.until) }
}

function ownSocket(): string | null {
  return findAgentSocket({ env: process.env, platform: process.platform, uid: process.getuid?.() ?? -1 })
}
