/** `sops completion`: static scripts in place of sops' own, which run sops at every key. */

import { type CompletedCommand, type CompletedOption, completionScript } from "../completion.ts"
import type { SopsCommand, SopsFamily } from "./command.ts"
import type { FlagSpec } from "./flags.ts"
import { TOP_LEVEL_FLAGS } from "./table.ts"

/** @param others - Every other command of sops that is there. */
export function defineCompletion(others: ReadonlyMap<string, SopsCommand | SopsFamily>): SopsFamily {
  const commands: CompletedCommand[] = [
    ...[...others].map(([name, command]) => completedCommand(name, command)),
    { name: "completion", summary: "", verbs: ["bash", "zsh"], options: [] },
  ]
  const program = { name: "sops", commands, options: TOP_LEVEL_FLAGS.map(completedOption) }
  const script = (shell: "bash" | "zsh"): SopsCommand => ({
    flags: [],
    async run({ context }) {
      await context.terminal.stdout.write(completionScript(shell, program))
      return 0
    },
  })
  return {
    summary: "Generate shell completion scripts",
    subcommands: new Map([
      ["bash", script("bash")],
      ["zsh", script("zsh")],
    ]),
  }
}

function completedCommand(name: string, command: SopsCommand | SopsFamily): CompletedCommand {
  if ("run" in command) return { name, summary: "", verbs: [], options: command.flags.map(completedOption) }
  const { summary, subcommands } = command
  const flags = new Map(
    [...subcommands.values()].flatMap((each) => each.flags.map((flag) => [flag.names[0], flag])),
  )
  return { name, summary, verbs: [...subcommands.keys()], options: [...flags.values()].map(completedOption) }
}

function completedOption({ names, kind }: FlagSpec): CompletedOption {
  const [name = "", ...shorts] = names
  const short = shorts.find((each) => each.length === 1)
  return {
    name,
    ...(short === undefined ? {} : { short }),
    ...(kind === "bool" ? {} : { value: kind === "int" ? "N" : "VALUE" }),
    help: "",
  }
}
