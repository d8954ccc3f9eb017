/** `conclave exec-file`: a command with the decrypted file under a path that is gone afterwards. */

import { basename } from "node:path"
import { defineCommand, UsageError } from "../command.ts"
import { parseOrder } from "../decryption-order.ts"
import { isFileName, splitCommand } from "../exec-words.ts"
import { execWithFile } from "../operations/exec.ts"
import { readSource } from "../source.ts"

export const execFile = defineCommand({
  name: "exec-file",
  summary: "Run a command with a decrypted file that is on no disk",
  usage: [
    "conclave exec-file [OPTIONS] FILE COMMAND",
    "conclave exec-file [OPTIONS] FILE -- PROGRAM [ARGS...]",
  ],
  examples: [
    "conclave exec-file secrets/dev.yaml './server --config {}'",
    "conclave exec-file --no-fifo secrets/kube.yaml -- kubectl --kubeconfig {} get pods",
    "conclave exec-file --output-type json secrets/dev.yaml 'jq .database {}'",
  ],
  options: {
    "no-fifo": {
      type: "boolean",
      help: "a file in memory instead of a pipe: for programs that seek or write",
    },
    filename: { type: "string", value: "NAME", help: "the last step of the path (that of FILE)" },
    "allow-disk": {
      type: "boolean",
      help: "with --no-fifo: where there is no such memory, a file on the disk",
    },
    user: { type: "string", value: "NAME", help: "run the command as this user (root only)" },
    "input-type": {
      type: "string",
      value: "TYPE",
      help: "yaml, json, dotenv, ini or binary; by suffix otherwise",
    },
    "output-type": { type: "string", value: "TYPE", help: "the same, for the file of the command" },
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
    if (values["allow-disk"] === true && values["no-fifo"] !== true) {
      throw new UsageError("--allow-disk goes with --no-fifo: a pipe is on no disk")
    }
    const name = values.filename ?? (file === "-" ? "stdin" : basename(file))
    if (!isFileName(name)) throw new UsageError("--filename is the name of a file, without a folder")

    const source = await readSource(
      file,
      { inputType: values["input-type"], maxSize: values["max-size"] },
      context,
    )
    const exitCode = await execWithFile(
      {
        decrypt: {
          source,
          outputType: values["output-type"],
          ignoreMac: false,
          order: parseOrder(values["decryption-order"] ?? context.env["SOPS_DECRYPTION_ORDER"]),
          layout: "kept",
          lookup: "repository",
        },
        command,
        user: values.user ?? "",
        quiet: values.quiet === true,
        file: {
          name,
          as: values["no-fifo"] !== true ? "fifo" : values["allow-disk"] === true ? "disk" : "ram",
        },
      },
      context,
    )
    return { exitCode }
  },
})
