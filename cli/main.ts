/**
 * The program's first file, kept tiny because its start is felt at every call:
 * it finds the command's name and loads that command's bundle, nothing else.
 */

import { basename } from "node:path"
import { loadBundle } from "./bundle.ts"

/** Filled in by the build: the version, and the names of the files in `cli/entries`. */
declare const CONCLAVE_VERSION: string
declare const CONCLAVE_ENTRIES: readonly string[]

/** Second names of commands. */
const ALIASES: Readonly<Record<string, string>> = { rotate: "rekey" }

/** Entries that are no command of conclave's own. */
const NO_COMMANDS = ["sops", "help"]

async function main(): Promise<void> {
  const [, program = "", ...words] = process.argv
  const [first = "", ...rest] = words
  if (basename(program).replace(/\.(exe|cmd)$/i, "") === "sops") {
    await loadBundle("sops").start(words)
  } else if (first === "--version" || first === "-V") {
    process.stdout.write(`conclave ${CONCLAVE_VERSION}\n`)
  } else if (first === "sops") {
    await loadBundle("sops").start(rest)
  } else {
    const name = Object.hasOwn(ALIASES, first) ? (ALIASES[first] as string) : first
    const isCommand = CONCLAVE_ENTRIES.includes(name) && !NO_COMMANDS.includes(name)
    await (isCommand ? loadBundle(name).start(rest) : loadBundle("help").start(words))
  }
}

main()
