import { lock } from "../commands/lock.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(lock)
