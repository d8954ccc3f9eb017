import { completion } from "../commands/help.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(completion)
