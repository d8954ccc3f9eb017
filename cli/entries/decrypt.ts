import { decrypt } from "../commands/decrypt.ts"
import { startCommand } from "../process.ts"

export const start = startCommand(decrypt)
