import { groups } from "../commands/groups.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(groups)
