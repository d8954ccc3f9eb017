/** `conclave decrypt`: one document to standard output, to a file, or back in place. */

import { defineCommand, UsageError } from "../command.ts"
import { parseOrder } from "../decryption-order.ts"
import { toJsonContent } from "../json-content.ts"
import { describeNotices } from "../notices.ts"
import { decryptSource } from "../operations/decrypt.ts"
import { checkTarget, refuseBinary, writeResult } from "../output.ts"
import { readSource } from "../source.ts"

export const decrypt = defineCommand({
  name: "decrypt",
  summary: "Decrypt a file to standard output",
  usage: [
    "conclave decrypt [OPTIONS] [FILE]",
    "conclave decrypt --extract PATH FILE",
    "conclave decrypt --in-place FILE",
  ],
  examples: [
    "conclave decrypt secrets/prod/db.yaml",
    "conclave decrypt --extract 'database.password' secrets/prod/db.yaml",
    "conclave decrypt --output-type json secrets/prod/db.yaml | jq .",
    "git show main:secrets/db.yaml | conclave decrypt --input-type yaml",
  ],
  options: {
    "in-place": { type: "boolean", short: "i", help: "write the plaintext back over FILE" },
    output: { type: "string", short: "o", value: "FILE", help: "write to a file that only you can read" },
    extract: { type: "string", value: "PATH", help: "only this part: '[\"a\"][0]' or a[0].b" },
    "input-type": {
      type: "string",
      value: "TYPE",
      help: "yaml, json, dotenv, ini or binary; by suffix otherwise",
    },
    "output-type": { type: "string", value: "TYPE", help: "the same, for the result" },
    "filename-override": {
      type: "string",
      value: "NAME",
      help: "choose format and configuration by this name",
    },
    canonical: { type: "boolean", help: "print as sops does instead of keeping the layout" },
    "ignore-mac": { type: "boolean", help: "do not verify the MAC: values may have been altered" },
    "decryption-order": {
      type: "string",
      value: "KINDS",
      help: "kinds of keys to try first, comma-separated",
    },
    "aws-profile": {
      type: "string",
      value: "NAME",
      help: "use this AWS profile, whichever the file names",
    },
    config: {
      type: "string",
      value: "FILE",
      help: "this configuration instead of the repository's .sops.yaml",
    },
    "max-size": { type: "string", value: "BYTES", help: "the largest text file to read (32 MiB)" },
  },

  async run({ values, positionals }, context) {
    if (positionals.length > 1) throw new UsageError("only one FILE may be given at a time")
    const target = { inPlace: values["in-place"] === true, output: values.output }
    checkTarget(target, { path: positionals[0] === "-" ? null : (positionals[0] ?? null) })

    const source = await readSource(
      positionals[0],
      {
        inputType: values["input-type"],
        filenameOverride: values["filename-override"],
        maxSize: values["max-size"],
      },
      context,
    )
    const result = await decryptSource(
      {
        source,
        outputType: values["output-type"],
        extract: values.extract,
        ignoreMac: values["ignore-mac"] === true,
        order: parseOrder(values["decryption-order"] ?? context.env["SOPS_DECRYPTION_ORDER"]),
        awsProfile: values["aws-profile"],
        layout: values.canonical === true ? "canonical" : "kept",
        lookup: "repository",
        config: values.config,
      },
      context,
    )

    const written = await writeResult(result.bytes, target, source, true, context)
    const said = [...result.warnings, ...describeNotices(source.shown, result.notices)]
    const facts = { file: source.shown, format: result.format.name, notices: result.notices }
    if (written !== null) return { said: [...said, `decrypted ${written}`], json: { ...facts, written } }
    refuseBinary(result.bytes, context)
    return { stdout: result.bytes, said, json: { ...facts, ...toJsonContent(result.bytes) } }
  },
})
