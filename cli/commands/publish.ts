/** `conclave publish`: files to where the configuration's destination rules send them. */

import { dirname } from "node:path"
import { defineCommand, UsageError } from "../command.ts"
import type { Context } from "../context.ts"
import { parseOrder } from "../decryption-order.ts"
import {
  checkDestination,
  describePublication,
  type Publication,
  planPublication,
  preparePayload,
  sendPayload,
} from "../operations/publish.ts"
import { escapeText } from "../terminal.ts"

export const publish = defineCommand({
  name: "publish",
  summary: "Send files to the destinations that the configuration names",
  usage: ["conclave publish [OPTIONS] FILE…", "conclave publish --recursive [OPTIONS] FOLDER…"],
  examples: [
    "conclave publish --dry-run secrets/prod/app.yaml",
    "VAULT_ADDR=https://vault.example.com conclave publish secrets/prod/app.yaml",
    "conclave publish --yes --recursive secrets/prod",
  ],
  options: {
    "dry-run": { type: "boolean", help: "open and check everything, and send nothing" },
    yes: { type: "boolean", short: "y", help: "do it without asking" },
    recursive: { type: "boolean", short: "r", help: "all files below a folder" },
    "omit-extensions": { type: "boolean", help: "leave the ending off the name at the destination" },
    "decryption-order": {
      type: "string",
      value: "KINDS",
      help: "kinds of keys to try first, comma-separated",
    },
    config: {
      type: "string",
      value: "FILE",
      help: "this configuration instead of the repository's .sops.yaml",
    },
  },

  async run({ values, positionals }, context) {
    if (positionals.length === 0) throw new UsageError("give at least one FILE")
    const files = await filesOf(positionals, values.recursive === true, context)
    const order = parseOrder(values["decryption-order"] ?? context.env["SOPS_DECRYPTION_ORDER"])

    // All of the plan before any of it is done: a mistake in the last file stops the first.
    const publications: Publication[] = []
    for (const { file, folder } of files) {
      const omitExtension = values["omit-extensions"] === true
      const request = { file, folder, omitExtension, lookup: "repository", config: values.config } as const
      publications.push(await planPublication(request, context))
    }
    const isDry = values["dry-run"] === true
    if (!isDry) publications.forEach(checkDestination)
    if (!isDry && values.yes !== true) await confirm(publications, context)

    const pool = context.identities({ folder: dirname(publications[0]?.source.name ?? "") })
    const said: string[] = []
    const facts: { file: string; destination: string; outcome: string }[] = []
    for (const publication of publications) {
      const { source, url } = publication
      const payload = await preparePayload(publication, order, pool, context)
      const outcome = isDry ? "checked" : await sendPayload(publication, payload, context)
      const what = isDry ? `, ${describePublication(publication)}` : ""
      said.push(`${outcome.padEnd(9)}  ${escapeText(source.shown)} → ${escapeText(url)}${what}`)
      facts.push({ file: source.shown, destination: url, outcome })
    }
    return { said: isDry ? [...said, "nothing was sent"] : said, json: { files: facts } }
  },
})

type Chosen = { readonly file: string; readonly folder: string | null }

async function filesOf(
  positionals: readonly string[],
  recursive: boolean,
  { files }: Context,
): Promise<readonly Chosen[]> {
  const chosen: Chosen[] = []
  for (const positional of positionals) {
    if (!(await files.isFolder(files.resolve(positional)))) {
      chosen.push({ file: positional, folder: null })
    } else if (recursive) {
      const folder = positional.replace(/\/+$/, "")
      for (const path of await files.filesBelow(files.resolve(positional))) {
        chosen.push({ file: `${folder}/${path}`, folder })
      }
    } else throw new UsageError(`${positional} is a folder; --recursive publishes all files below it`)
  }
  return chosen
}

async function confirm(publications: readonly Publication[], { terminal }: Context): Promise<void> {
  for (const publication of publications) {
    const { source, url } = publication
    terminal.stderr.write(
      `${escapeText(source.shown)} → ${escapeText(url)}, ${describePublication(publication)}\n`,
    )
  }
  const answer = await terminal.ask("Send this? [y/N] ")
  if (answer === null) throw new UsageError("there is no terminal to ask on; --yes says that this is meant")
  if (!/^y(es)?$/i.test(answer.trim())) throw new UsageError("nothing was sent")
}
