import { unset } from "../commands/unset.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(unset)
