import { encrypt } from "../commands/encrypt.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(encrypt)
