/** `conclave identity`: age identities of one's own, behind a passphrase, as stock sops and age read them. */

import { toUtf8 } from "#core/bytes.ts"
import { toTimestamp } from "#core/clock.ts"
import { ConclaveError } from "#core/errors.ts"
import { generateAgeIdentity } from "#core/keys/age/generate.ts"
import { isEncryptedIdentityFile, sealIdentityFile } from "#core/keys/age/identity-file.ts"
import { identityFileText, recipientsOfFile } from "#core/keys/age/identity-text.ts"
import { defineCommand, type Outcome, UsageError } from "../command.ts"
import type { Context } from "../context.ts"
import { escapeText } from "../terminal.ts"

const MAX_IDENTITY_FILE = 16 * 1024 * 1024

export const identity = defineCommand({
  name: "identity",
  summary: "Make and look at your own age identities",
  usage: ["conclave identity new [OPTIONS]", "conclave identity show [FILE]", "conclave identity list"],
  examples: [
    "conclave identity new",
    "conclave identity new --post-quantum --output ~/keys/alice.txt",
    "conclave identity show ~/keys/alice.txt",
    "conclave identity list",
  ],
  options: {
    output: { type: "string", short: "o", value: "FILE", help: "the new identity file (sops' keys.txt)" },
    "post-quantum": { type: "boolean", help: "a hybrid key; its recipient has 2,000 characters" },
    "no-passphrase": { type: "boolean", help: "leave the new file readable by whoever reads your files" },
  },

  async run({ values, positionals }, context) {
    const [verb, ...rest] = positionals
    switch (verb) {
      case "new":
        if (rest.length > 0) throw new UsageError("the new file is named with --output")
        return newIdentity(values, context)
      case "show":
        if (rest.length > 1) throw new UsageError("only one FILE may be given at a time")
        return showIdentity(rest[0], context)
      case "list":
        return listIdentities(context)
      default:
        throw new UsageError("say new, show or list")
    }
  },
})

type NewOptions = {
  readonly output?: string
  readonly "post-quantum"?: boolean
  readonly "no-passphrase"?: boolean
}

async function newIdentity(options: NewOptions, context: Context): Promise<Outcome> {
  const file = options.output ?? context.ageKeysFile()
  if (file === null) throw new UsageError("there is no configuration folder here; name a file with --output")
  const path = context.files.resolve(file)
  if (await context.files.exists(path)) {
    throw new UsageError(`${file} exists already; name another file with --output`)
  }
  const passphrase = options["no-passphrase"] === true ? null : await askNewPassphrase(file, context)
  const pair = await generateAgeIdentity({ postQuantum: options["post-quantum"] === true })
  const text = identityFileText(pair, toTimestamp(context.clock.now()))
  const content = passphrase === null ? text : await sealIdentityFile(text, passphrase)
  await context.files.makeFolderFor(path)
  await context.files.replace(path, toUtf8(content), { expected: null, secret: true })
  return {
    stdout: `${pair.recipient}\n`,
    said: [
      `wrote ${file}${passphrase === null ? " (not protected by a passphrase)" : ""}`,
      "give others this recipient:",
    ],
    json: { file, recipient: pair.recipient, encrypted: passphrase !== null },
  }
}

async function askNewPassphrase(file: string, { terminal }: Context): Promise<string> {
  const passphrase = await terminal.askHidden(`New passphrase for ${escapeText(file)}: `)
  if (passphrase === null) {
    throw new ConclaveError(
      "passphrase-needed",
      "a passphrase is needed, and there is no terminal to ask on",
      {
        source: file,
      },
    )
  }
  if (passphrase === "")
    throw new UsageError("the passphrase is empty; --no-passphrase says that this is meant")
  if ((await terminal.askHidden("The same again: ")) !== passphrase)
    throw new UsageError("the two differ; nothing was written")
  return passphrase
}

async function showIdentity(file: string | undefined, context: Context): Promise<Outcome> {
  const shown = file ?? context.ageKeysFile()
  if (shown === null) throw new UsageError("there is no configuration folder here; name a FILE")
  const bytes = await context.files.read(context.files.resolve(shown), MAX_IDENTITY_FILE)
  const encrypted = isEncryptedIdentityFile(bytes)
  const passphrase = encrypted
    ? await context.terminal.askHidden(`Passphrase for ${escapeText(shown)}: `)
    : null
  if (encrypted && passphrase === null) {
    throw new ConclaveError(
      "passphrase-needed",
      `${shown} needs its passphrase, and there is no terminal to ask on`,
      {
        source: shown,
      },
    )
  }
  const recipients = await recipientsOfFile(bytes, passphrase, shown)
  return {
    stdout: recipients.map((recipient) => `${recipient}\n`).join(""),
    json: { file: shown, encrypted, recipients },
  }
}

async function listIdentities(context: Context): Promise<Outcome> {
  const pool = context.identities()
  // Opens each place, and asks for nothing: what is behind a passphrase is only named.
  const found: string[] = []
  for await (const { source } of pool.identities) found.push(source)
  const sources = pool.reports()
  const lines = sources.map(({ source, state, reason }) => {
    const count = found.filter((name) => name === source).length
    const what = state === "loaded" && count > 1 ? `${count} identities` : state
    return `${source.padEnd(40)}  ${reason === undefined ? what : `${what}: ${reason}`}\n`
  })
  return { stdout: escapeLines(lines), json: { sources } }
}

function escapeLines(lines: readonly string[]): string {
  return lines.map((line) => `${escapeText(line.slice(0, -1))}\n`).join("")
}
