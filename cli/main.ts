/**
 * The program's first file, kept tiny because its start is felt at every call:
 * it finds the command's name and loads that command's bundle, nothing else.
 */

import { basename } from "node:path"

/** Filled in by the build. */
declare const CONCLAVE_VERSION: string

const COMMANDS = ["decrypt", "encrypt", "filestatus", "identity"] as const

async function main(): Promise<void> {
  const words = process.argv.slice(2)
  const first = words[0]
  if (basename(process.argv[1] ?? "").replace(/\.(exe|cmd)$/i, "") === "sops" || first === "sops") {
    const { startSops } = await import("./entries/sops.ts")
    await startSops(first === "sops" ? words.slice(1) : words)
  } else if (first === "--version" || first === "-V") {
    process.stdout.write(`conclave ${CONCLAVE_VERSION}\n`)
  } else if (COMMANDS.some((name) => name === first)) {
    const { start } = await load(first as (typeof COMMANDS)[number])
    await start(words.slice(1))
  } else {
    const { startHelp } = await import("./entries/help.ts")
    await startHelp(words)
  }
}

type Entry = { start(words: readonly string[]): Promise<void> }

/** One import for each, spelled out: each is a bundle of its own. */
function load(name: (typeof COMMANDS)[number]): Promise<Entry> {
  switch (name) {
    case "decrypt":
      return import("./entries/decrypt.ts")
    case "encrypt":
      return import("./entries/encrypt.ts")
    case "filestatus":
      return import("./entries/filestatus.ts")
    case "identity":
      return import("./entries/identity.ts")
  }
}

main()
