import { trust } from "../commands/trust.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(trust)
