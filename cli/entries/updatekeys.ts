import { updatekeys } from "../commands/updatekeys.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(updatekeys)
