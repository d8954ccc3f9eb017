/** `conclave encrypt`: one plain document to an encrypted one. */

import { RULE_FIELDS } from "#core/sops/selection.ts"
import { defineCommand, UsageError } from "../command.ts"
import { toJsonContent } from "../json-content.ts"
import { KEY_OPTIONS, keysFrom } from "../key-options.ts"
import { describeLayoutNotices, describeNotices } from "../notices.ts"
import { describeGroups, encryptSource } from "../operations/encrypt.ts"
import { checkTarget, writeResult } from "../output.ts"
import { RULE_OPTIONS, rulesFrom, thresholdFrom } from "../rule-options.ts"
import { readSource } from "../source.ts"

export const encrypt = defineCommand({
  name: "encrypt",
  summary: "Encrypt a file to standard output",
  usage: ["conclave encrypt [OPTIONS] [FILE]", "conclave encrypt --in-place FILE"],
  examples: [
    "conclave encrypt --in-place secrets/prod/db.yaml",
    "conclave encrypt --age age1ughy2sa98xnpqh8dt83aud0qllt4cle5p4tfqkz84mev587e7s2stkgk8t db.yaml > db.enc.yaml",
    "cat id_ed25519 | conclave encrypt --filename-override secrets/id_ed25519 > secrets/id_ed25519",
  ],
  options: {
    "in-place": { type: "boolean", short: "i", help: "write the ciphertext back over FILE" },
    output: { type: "string", short: "o", value: "FILE", help: "write to this file" },
    ...KEY_OPTIONS,
    "aws-profile": { type: "string", value: "NAME", help: "the AWS profile stored with the KMS keys" },
    "encryption-context": {
      type: "string",
      value: "NAME:VALUE,…",
      help: "what the AWS KMS keys bind the file to",
    },
    ...RULE_OPTIONS,
    "mac-only-encrypted": { type: "boolean", help: "compute the MAC over encrypted values only" },
    "shamir-secret-sharing-threshold": {
      type: "string",
      value: "N",
      help: "how many key groups open the file",
    },
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
    const file = positionals[0] ?? "-"
    checkTarget(target, { path: file === "-" ? null : file })
    if (file === "-" && !values["filename-override"]) {
      throw new UsageError("standard input has no name: give one with --filename-override")
    }

    const source = await readSource(
      file,
      {
        inputType: values["input-type"],
        filenameOverride: values["filename-override"],
        maxSize: values["max-size"],
      },
      context,
    )
    const flagValue = (name: string) => (values as Record<string, string | undefined>)[name]
    const result = await encryptSource(
      {
        source,
        outputType: values["output-type"],
        keys: keysFrom(flagValue, context.env, values["aws-profile"]),
        encryptionContext: values["encryption-context"],
        threshold: thresholdFrom(values["shamir-secret-sharing-threshold"]),
        rules: rulesFrom(flagValue, RULE_FIELDS),
        macOnlyEncrypted: values["mac-only-encrypted"] === true,
        layout: values.canonical === true ? "canonical" : "kept",
        lookup: "repository",
        config: values.config,
      },
      context,
    )

    const written = await writeResult(result.bytes, target, source, false, context)
    const said = [
      ...describeNotices(source.shown, result.notices),
      ...describeLayoutNotices(source.shown, result.layoutNotices),
    ]
    const facts = { file: source.shown, format: result.format.name, rule: result.rule, groups: result.groups }
    if (written === null)
      return { stdout: result.bytes, said, json: { ...facts, ...toJsonContent(result.bytes) } }
    return {
      said: [...said, `encrypted ${written}`, `readers: ${describeGroups(result.groups)}`],
      json: { ...facts, written },
    }
  },
})
