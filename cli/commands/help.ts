/** `conclave`, `conclave --help`, `conclave help COMMAND`, and the answer to a misspelt command. */

import { nearest } from "#core/policy/nearest.ts"
import type { Command } from "../command.ts"
import type { Context } from "../context.ts"
import { EXIT_USAGE } from "../exit-codes.ts"
import { helpText } from "../parse.ts"
import { defineCompletion } from "./completion.ts"
import { decrypt } from "./decrypt.ts"
import { doctor } from "./doctor.ts"
import { edit } from "./edit.ts"
import { encrypt } from "./encrypt.ts"
import { execEnv } from "./exec-env.ts"
import { execFile } from "./exec-file.ts"
import { filestatus } from "./filestatus.ts"
import { fmt } from "./fmt.ts"
import { get } from "./get.ts"
import { groups } from "./groups.ts"
import { identity } from "./identity.ts"
import { lock } from "./lock.ts"
import { ls } from "./ls.ts"
import { publish } from "./publish.ts"
import { rekey } from "./rekey.ts"
import { repair } from "./repair.ts"
import { set } from "./set.ts"
import { trust } from "./trust.ts"
import { unlock } from "./unlock.ts"
import { unset } from "./unset.ts"
import { updatekeys } from "./updatekeys.ts"

const OTHERS = [
  encrypt,
  decrypt,
  edit,
  set,
  unset,
  get,
  ls,
  rekey,
  updatekeys,
  groups,
  fmt,
  repair,
  execEnv,
  execFile,
  publish,
  filestatus,
  identity,
  unlock,
  lock,
  trust,
  doctor,
] as unknown as readonly Command[]

export const completion = defineCompletion(OTHERS)

const COMMANDS = [...OTHERS, completion as unknown as Command]

export async function runHelp(words: readonly string[], { terminal }: Context): Promise<number> {
  const [first, second] = words.filter((word) => word !== "--help" && word !== "-h")
  const name = first === "help" ? second : first
  const command = COMMANDS.find((candidate) => candidate.name === name)
  if (command !== undefined) {
    await terminal.stdout.write(helpText(command))
    return 0
  }
  if (name === undefined) {
    await terminal.stdout.write(overview())
    return 0
  }
  const near = nearest(name, [...COMMANDS.map((candidate) => candidate.name), "sops"])
  terminal.stderr.write(`error: there is no command ${name}\n`)
  terminal.stderr.write(near === null ? "hint: conclave --help\n" : `hint: did you mean conclave ${near}?\n`)
  return EXIT_USAGE
}

function overview(): string {
  const rows = [
    ...COMMANDS.map(({ name, summary }) => [name, summary]),
    ["sops", "Take sops' command lines as they are"],
  ]
  return [
    "conclave keeps secrets in git as SOPS files.",
    "",
    "Usage:",
    "  conclave COMMAND [OPTIONS] [FILE]",
    "  conclave help COMMAND",
    "",
    "Commands:",
    ...rows.map(([name = "", summary = ""]) => `  ${name.padEnd(12)}${summary}`),
    "",
  ].join("\n")
}
