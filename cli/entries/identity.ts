import { identity } from "../commands/identity.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(identity)
