import { ls } from "../commands/ls.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(ls)
