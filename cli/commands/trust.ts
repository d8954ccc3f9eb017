/** `conclave trust`: the user's word on names that files bring along, for this repository. */

import { purposeOf, TRUST_KINDS } from "#core/host/trust.ts"
import { defineCommand, type Outcome, UsageError } from "../command.ts"
import type { TrustBook } from "../outside-keys.ts"
import { escapeText } from "../terminal.ts"

export const trust = defineCommand({
  name: "trust",
  summary: "Allow this repository's files to use a role, a profile, a server or a plugin by name",
  usage: ["conclave trust NAME…", "conclave trust --list", "conclave trust --remove NAME…"],
  examples: [
    "conclave trust kms-role:arn:aws:iam::111122223333:role/secrets-reader",
    "conclave trust aws-profile:team vault:https://vault.example.org",
    "CONCLAVE_TRUST=vault:https://vault.example.org conclave decrypt secrets/db.yaml    # in a pipeline",
  ],
  options: {
    list: { type: "boolean", short: "l", help: "list the names that are trusted here" },
    remove: { type: "boolean", help: "trust the names no more" },
  },

  async run({ values, positionals: names }, context) {
    const { list = false, remove = false } = values
    if (list && (remove || names.length > 0)) throw new UsageError("--list takes no NAME")
    if (remove && names.length === 0) throw new UsageError("give the NAME to remove")
    if (!remove) for (const name of names) checkName(name)
    const book = (await context.outsideKeys()).trustBook(context.workingDirectory)

    if (names.length === 0) return listed(book)
    return remove ? removed(names, book) : added(names, book)
  },
})

function checkName(name: string): void {
  if (purposeOf(name) !== null) return
  const kinds = TRUST_KINDS.map((kind) => `${kind}:`).join(", ")
  throw new UsageError(`${escapeText(name)} is no name to trust: it begins with one of ${kinds}`)
}

async function listed(book: TrustBook): Promise<Outcome> {
  const names = await book.names()
  return {
    stdout: names.map((name) => `${escapeText(name)}\n`).join(""),
    said: names.length === 0 ? [`nothing is trusted in ${escapeText(book.root)}`] : [],
    json: { repository: book.root, names },
  }
}

async function added(names: readonly string[], book: TrustBook): Promise<Outcome> {
  const changed = await book.add(names)
  return {
    said: names.map((name) => {
      const state = changed.includes(name) ? "from now on" : "already"
      return `${state}, files in ${escapeText(book.root)} may ${escapeText(purposeOf(name) ?? name)}`
    }),
    json: { repository: book.root, added: changed },
  }
}

async function removed(names: readonly string[], book: TrustBook): Promise<Outcome> {
  const changed = await book.remove(names)
  const unknown = names.filter((name) => !changed.includes(name))
  if (unknown.length > 0 && changed.length === 0) {
    throw new UsageError(
      `not trusted in ${escapeText(book.root)} anyway: ${unknown.map(escapeText).join(", ")}`,
    )
  }
  return {
    said: [
      ...changed.map((name) => `no longer trusted in ${escapeText(book.root)}: ${escapeText(name)}`),
      ...unknown.map((name) => `not trusted in ${escapeText(book.root)} anyway: ${escapeText(name)}`),
    ],
    json: { repository: book.root, removed: changed },
  }
}
