import { runSops } from "../commands/sops.ts"
import { startProgram } from "../process.ts"

export const start = (words: readonly string[]) => startProgram((context) => runSops(words, context))
