import { execEnv } from "../commands/exec-env.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(execEnv)
