/** `conclave filestatus`: whether a file is encrypted, found out without any key. */

import { defineCommand, UsageError } from "../command.ts"
import { isEncryptedSource } from "../operations/filestatus.ts"
import { readSource } from "../source.ts"

export const filestatus = defineCommand({
  name: "filestatus",
  summary: "Say whether a file is encrypted, without any key",
  usage: ["conclave filestatus [OPTIONS] FILE"],
  examples: ["conclave filestatus secrets/prod/db.yaml"],
  options: {
    "input-type": {
      type: "string",
      value: "TYPE",
      help: "yaml, json, dotenv, ini or binary; by suffix otherwise",
    },
    "max-size": { type: "string", value: "BYTES", help: "the largest text file to read (32 MiB)" },
  },

  async run({ values, positionals }, context) {
    if (positionals.length !== 1) throw new UsageError("give one FILE")
    const source = await readSource(
      positionals[0],
      { inputType: values["input-type"], maxSize: values["max-size"] },
      context,
    )
    const encrypted = isEncryptedSource(source)
    return { stdout: `${JSON.stringify({ encrypted })}\n`, json: { file: source.shown, encrypted } }
  },
})
