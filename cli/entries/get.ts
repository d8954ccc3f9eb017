import { get } from "../commands/get.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(get)
