import { repair } from "../commands/repair.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(repair)
