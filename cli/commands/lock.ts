/** `conclave lock`: lets go of the identities that `conclave unlock` holds. */

import { defineCommand, UsageError } from "../command.ts"

export const lock = defineCommand({
  name: "lock",
  summary: "Forget the identities that unlock holds",
  usage: ["conclave lock"],
  examples: ["conclave lock"],
  options: {},

  async run({ positionals }, context) {
    if (positionals.length > 0) throw new UsageError("lock takes no FILE")
    const wasUnlocked = await (await context.agent()).lock()
    return { said: [wasUnlocked ? "locked" : "nothing was unlocked"], json: { wasUnlocked } }
  },
})
