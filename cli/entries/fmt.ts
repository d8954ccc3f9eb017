import { fmt } from "../commands/fmt.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(fmt)
