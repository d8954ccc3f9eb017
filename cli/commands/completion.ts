/** `conclave completion`: what a shell needs to complete our command lines, as a static script. */

import { COMMON_OPTIONS, type Command, defineCommand, type OptionSpec, UsageError } from "../command.ts"
import { type CompletedCommand, type CompletedOption, completionScript, SHELLS } from "../completion.ts"

/** @param others - Every other command of conclave. */
export function defineCompletion(others: readonly Command[]): Command<Record<never, OptionSpec>> {
  const summary = "Print a completion script for your shell"
  return defineCommand({
    name: "completion",
    summary,
    usage: SHELLS.map((shell) => `conclave completion ${shell}`),
    examples: [
      "source <(conclave completion bash)",
      "conclave completion zsh > ~/.zfunc/_conclave",
      "conclave completion fish | source",
    ],
    options: {},

    async run({ positionals }) {
      const shell = SHELLS.find((name) => name === positionals[0])
      if (shell === undefined || positionals.length > 1)
        throw new UsageError(`name one shell: ${SHELLS.join(", ")}`)
      const own: CompletedCommand = { name: "completion", summary, verbs: SHELLS, options: [] }
      const named = [...others.flatMap(completedCommands), own]
      const rest: CompletedCommand[] = [
        { name: "sops", summary: "Take sops' command lines as they are", verbs: [], options: [] },
        {
          name: "help",
          summary: "Show help for a command",
          verbs: named.map(({ name }) => name),
          options: [],
        },
      ]
      const options = [
        { name: "help", short: "h", help: COMMON_OPTIONS.help.help },
        { name: "version", short: "V", help: "print the version" },
      ]
      return {
        stdout: completionScript(shell, { name: "conclave", commands: [...named, ...rest], options }),
      }
    },
  })
}

/** A command under each name that its usage lines show; the words behind the name that they spell out. */
function completedCommands({ name, summary, usage, options }: Command): CompletedCommand[] {
  const words = usage.map((line) => line.split(" ").slice(1, 3))
  const names = new Set([name, ...words.map(([first = ""]) => first)])
  const verbs = new Set(
    words.flatMap(([, second]) => (second !== undefined && /^[a-z]+$/.test(second) ? [second] : [])),
  )
  const offered = Object.entries<OptionSpec>({ ...options, ...COMMON_OPTIONS }).map(completedOption)
  return [...names].map((each) => ({ name: each, summary, verbs: [...verbs], options: offered }))
}

function completedOption([name, { type, short, value, help }]: [string, OptionSpec]): CompletedOption {
  return {
    name,
    ...(short === undefined ? {} : { short }),
    ...(type === "boolean" ? {} : { value: value ?? "VALUE" }),
    help,
  }
}
