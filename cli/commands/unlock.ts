/** `conclave unlock`: asks for passphrases once, and holds the identities for a while. */

import type { AgentState } from "../agent.ts"
import { defineCommand, type Outcome, UsageError } from "../command.ts"
import type { Context } from "../context.ts"
import { describeDuration, parseDuration } from "../duration.ts"
import { escapeText } from "../terminal.ts"

const DEFAULT_TIME = "15m"
const MAX_MS = 24 * 3_600_000

export const unlock = defineCommand({
  name: "unlock",
  summary: "Ask for your passphrase once, and hold your identities for a while",
  usage: ["conclave unlock [--for TIME] [--confirm]", "conclave unlock --status"],
  examples: ["conclave unlock", "conclave unlock --for 8h", "conclave unlock --status", "conclave lock"],
  options: {
    for: { type: "string", value: "TIME", help: "90s, 15m or 8h; 15m without it, 24h at most" },
    confirm: {
      type: "boolean",
      help: "ask before each use: with SSH_ASKPASS if it is set, else at the terminal",
    },
    status: { type: "boolean", help: "say what is held, and until when; exit code 1 if nothing is" },
  },

  async run({ values, positionals }, context) {
    if (positionals.length > 0) throw new UsageError("unlock takes no FILE")
    const agent = await context.agent()
    if (values.status === true) return describe(await agent.state(), context)
    const forMs = parseDuration(values.for ?? DEFAULT_TIME)
    if (forMs === null || forMs > MAX_MS)
      throw new UsageError("--for takes a time like 90s, 15m or 8h, up to 24h")

    const state = await agent.unlock(forMs, values.confirm === true)
    return { said: [`unlocked ${sentence(state, context)}`], json: factsOf(state) }
  },
})

function describe(state: AgentState | null, context: Context): Outcome {
  if (state === null) return { stdout: "locked\n", json: { unlocked: false }, exitCode: 1 }
  return { stdout: `unlocked ${sentence(state, context)}\n`, json: factsOf(state) }
}

function sentence({ sources, until, confirm }: AgentState, { clock }: Context): string {
  const left = describeDuration(until.getTime() - clock.now().getTime())
  const asks = confirm === "no" ? "" : ", asking before each use"
  return `for ${left}${asks}: ${sources.map(escapeText).join(", ")}`
}

function factsOf(state: AgentState) {
  return { unlocked: true, ...state, until: state.until.toISOString() }
}
