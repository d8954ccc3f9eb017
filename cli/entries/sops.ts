import { runSops } from "../commands/sops.ts"
import { startProgram } from "../process.ts"

export const startSops = (words: readonly string[]) => startProgram((context) => runSops(words, context))
