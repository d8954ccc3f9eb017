import { execFile } from "../commands/exec-file.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(execFile)
