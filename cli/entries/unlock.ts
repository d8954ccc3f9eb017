import { unlock } from "../commands/unlock.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(unlock)
