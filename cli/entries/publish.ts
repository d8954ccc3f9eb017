import { publish } from "../commands/publish.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(publish)
