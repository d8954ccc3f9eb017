import { runHelp } from "../commands/help.ts"
import { startProgram } from "../process.ts"

export const start = (words: readonly string[]) => startProgram((context) => runHelp(words, context))
