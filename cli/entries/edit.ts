import { edit } from "../commands/edit.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(edit)
