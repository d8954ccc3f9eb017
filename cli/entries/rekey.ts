import { rekey } from "../commands/rekey.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(rekey)
