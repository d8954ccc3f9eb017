/** `conclave exec-env`: a command with the file's values as environment variables. */

import { splitList } from "#core/policy/config-keys.ts"
import { defineCommand, UsageError } from "../command.ts"
import { parseOrder } from "../decryption-order.ts"
import { splitCommand } from "../exec-words.ts"
import { allowedNames, execWithEnv } from "../operations/exec.ts"
import { readSource } from "../source.ts"

export const execEnv = defineCommand({
  name: "exec-env",
  summary: "Run a command with a file's values in its environment",
  usage: [
    "conclave exec-env [OPTIONS] FILE COMMAND",
    "conclave exec-env [OPTIONS] FILE -- PROGRAM [ARGS...]",
  ],
  examples: [
    "conclave exec-env secrets/dev.env 'npm run migrate && npm start'",
    "conclave exec-env --pristine secrets/dev.env -- ./server --port 8080",
    "conclave exec-env --allow HTTPS_PROXY secrets/ci.yaml -- ./build",
  ],
  options: {
    pristine: { type: "boolean", help: "only the file's values, none of your own variables" },
    allow: { type: "strings", value: "NAMES", help: "pass these on though they change how programs load" },
    user: { type: "string", value: "NAME", help: "run the command as this user (root only)" },
    "same-process": { type: "boolean", help: "become the command instead of waiting for it" },
    "input-type": {
      type: "string",
      value: "TYPE",
      help: "yaml, json, dotenv, ini or binary; by suffix otherwise",
    },
    "decryption-order": {
      type: "string",
      value: "KINDS",
      help: "kinds of keys to try first, comma-separated",
    },
    "max-size": { type: "string", value: "BYTES", help: "the largest text file to read (32 MiB)" },
  },

  async run({ values, positionals, terminator }, context) {
    const { file, command } = splitCommand(positionals, terminator)
    if (values.user === "") throw new UsageError("--user takes a name")

    const exitCode = await execWithEnv(
      {
        source: await readSource(
          file,
          { inputType: values["input-type"], maxSize: values["max-size"] },
          context,
        ),
        order: parseOrder(values["decryption-order"] ?? context.env["SOPS_DECRYPTION_ORDER"]),
        command,
        pristine: values.pristine === true,
        user: values.user ?? "",
        quiet: values.quiet === true,
        way: values["same-process"] === true ? "same-process" : "child",
        allow: [...(values.allow ?? []).flatMap(splitList), ...allowedNames(context)],
      },
      context,
    )
    return { exitCode }
  },
})
