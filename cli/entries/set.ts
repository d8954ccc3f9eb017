import { set } from "../commands/set.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(set)
