import { filestatus } from "../commands/filestatus.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(filestatus)
