/** `conclave doctor`: which keys this process has, which kinds work here, and what each file is missing. */

import { ageKeysInTrackedFiles, ageKeysInVariables } from "#core/host/bootstrap.ts"
import { defineCommand, type Outcome, UsageError } from "../command.ts"
import type { Context } from "../context.ts"
import { describeSources } from "../identity-report.ts"
import { diagnoseFile, type FileDiagnosis } from "../operations/diagnosis.ts"
import type { OutsideKeys } from "../outside-keys.ts"
import { shorten } from "../report.ts"
import { escapeText } from "../terminal.ts"

export const doctor = defineCommand({
  name: "doctor",
  summary: "Say which keys can be used here, and what a file is missing",
  usage: ["conclave doctor [FILE…]", "conclave doctor bootstrap"],
  examples: [
    "conclave doctor secrets/prod/*.yaml",
    "conclave doctor bootstrap    # in a pipeline: fails on stored secrets that lead to other secrets",
  ],
  options: {
    "aws-profile": {
      type: "string",
      value: "NAME",
      help: "use this AWS profile, whichever the files name",
    },
  },

  async run({ values, positionals: files }, context) {
    if (files.includes("-")) throw new UsageError("give FILEs; standard input has no name")
    const outside = await context.outsideKeys()
    if (files.length === 1 && files[0] === "bootstrap") return bootstrap(outside, context)
    return diagnose(files, values["aws-profile"], outside, context)
  },
})

async function diagnose(
  files: readonly string[],
  awsProfile: string | undefined,
  outside: OutsideKeys,
  context: Context,
): Promise<Outcome> {
  const pool = context.identities({ awsProfile })
  // Opens each place, and asks for nothing: what is behind a passphrase is only named.
  for await (const _ of pool.identities);
  const sources = pool.reports()
  const kinds = await outside.survey({ folder: context.workingDirectory, awsProfile })
  const diagnoses = await Promise.all(
    files.map((file) => diagnoseFile(file, pool.near(context.files.resolve(file)), context)),
  )

  const lines = [
    "identities of age",
    ...describeSources(sources).map((line) => `  ${line}`),
    "outside keys",
    ...kinds.map(({ name, credentials }) => {
      const found = credentials.map(({ what }) => what).join(", ")
      return `  ${name}: ${found === "" ? "no credentials found; the machine's own are still asked for" : found}`
    }),
    ...diagnoses.flatMap(describeFile),
  ]
  return {
    stdout: lines.map((line) => `${escapeText(line)}\n`).join(""),
    json: { identities: sources, outside: kinds, files: diagnoses },
    exitCode: diagnoses.every(({ opens }) => opens) ? 0 : 1,
  }
}

function describeFile({ file, opens, need, attempts, error }: FileDiagnosis): string[] {
  if (error !== undefined) return [`${file}: cannot be tried: ${error.message}`]
  const groups = new Set(attempts.map(({ group }) => group)).size
  const opened = attempts.filter(({ outcome }) => outcome === "opened")
  const missing = need - new Set(opened.map(({ group }) => group)).size
  const state = opens
    ? `opens, by ${opened.map(({ recipient }) => shorten(recipient)).join(" and ")}`
    : need > 1
      ? `does not open: ${missing} more of its key groups are needed`
      : "does not open: one of these would do"
  if (opens) return [`${file}: ${state}`]
  return [
    `${file}: ${state}`,
    ...attempts.map(({ group, recipient, outcome, reason }) => {
      const where = groups > 1 ? `group ${group + 1}  ` : ""
      return `  ${where}${shorten(recipient)}  ${reason === undefined ? outcome : `${outcome}: ${reason}`}`
    }),
  ]
}

/** Keyless first: what a pipeline is given should be its platform's identity, not a secret. */
async function bootstrap(outside: OutsideKeys, context: Context): Promise<Outcome> {
  const kinds = await outside.survey({ folder: context.workingDirectory })
  const tracked = ageKeysInTrackedFiles(context.workingDirectory)
  const findings = [
    ...kinds.flatMap(({ name, credentials }) =>
      credentials.filter(({ isStatic }) => isStatic).map(({ what }) => `a static key of ${name}: ${what}`),
    ),
    ...ageKeysInVariables(context.env).map(({ what }) => what),
    ...(tracked ?? []).map(({ what }) => what),
  ]
  const unknown = tracked === null ? ["the files that git keeps: there is no git or no repository here"] : []
  const lines = [
    ...findings.map((finding) => `stored   ${finding}`),
    ...unknown.map((what) => `unknown  ${what}`),
  ]
  return {
    stdout: lines.map((line) => `${escapeText(line)}\n`).join(""),
    said: lines.length === 0 ? ["no stored secrets lead to others from here"] : [],
    json: { findings, unknown },
    exitCode: findings.length > 0 ? 1 : 0,
  }
}
