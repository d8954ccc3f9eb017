/**
 * Shell completion as static scripts, made from tables of commands: completing
 * a word starts no program. Words come from our own tables and are plain;
 * summaries and help are quoted for each shell.
 */

export type CompletedOption = {
  /** Without dashes. */
  readonly name: string
  readonly short?: string
  /** How its value is called; absent for a switch. */
  readonly value?: string
  readonly help: string
}

export type CompletedCommand = {
  readonly name: string
  readonly summary: string
  /** Words that follow the name: `groups add`. */
  readonly verbs: readonly string[]
  readonly options: readonly CompletedOption[]
}

export type CompletedProgram = {
  readonly name: string
  readonly commands: readonly CompletedCommand[]
  /** Before any command. */
  readonly options: readonly CompletedOption[]
}

export const SHELLS = ["bash", "zsh", "fish"] as const
export type Shell = (typeof SHELLS)[number]

export function completionScript(shell: Shell, program: CompletedProgram): string {
  switch (shell) {
    case "bash":
      return bashScript(program)
    case "zsh":
      return zshScript(program)
    case "fish":
      return fishScript(program)
  }
}

/** Where nothing is offered, bash completes file names itself. */
function bashScript({ name, commands, options }: CompletedProgram): string {
  const cases = commands.map(({ name: command, verbs, options: own }) =>
    [`    ${command})`, `      verbs="${verbs.join(" ")}"`, `      options="${flags(own)}"`, "      ;;"].join(
      "\n",
    ),
  )
  return `# bash completion for ${name}: source <(${name} completion bash)
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command="" at=0 i verbs options
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then
      command=\${COMP_WORDS[i]}
      at=$i
      break
    fi
  done
  case $command in
    "")
      verbs="${commands.map(({ name: command }) => command).join(" ")}"
      options="${flags(options)}"
      at=$((COMP_CWORD - 1))
      ;;
${cases.join("\n")}
    *)
      return
      ;;
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  elif [[ $COMP_CWORD -eq $((at + 1)) ]]; then
    COMPREPLY=($(compgen -W "$verbs" -- "$cur"))
  fi
}
complete -o default -o bashdefault -F _${name} ${name}
`
}

function flags(options: readonly CompletedOption[]): string {
  return options.map(({ name }) => `--${name}`).join(" ")
}

function zshScript({ name, commands, options }: CompletedProgram): string {
  const described = commands.map(({ name: command, summary }) => `    ${zshQuote(`${command}:${summary}`)}`)
  const cases = commands.map(({ name: command, verbs, options: own }) => {
    const first = verbs.length === 0 ? [] : [zshQuote(`1:what:(${verbs.join(" ")})`)]
    const rest = [...first, ...own.flatMap(zshOption), zshQuote("*:file:_files")]
    return [`    ${command})`, `      _arguments ${rest.join(" \\\n        ")}`, "      ;;"].join("\n")
  })
  return `#compdef ${name}
# zsh completion for ${name}: source <(${name} completion zsh), or as a file _${name} in $fpath
_${name}() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    if [[ $words[2] == -* ]]; then
      _arguments ${[...options.flatMap(zshOption), zshQuote("*:file:_files")].join(" \\\n        ")}
    else
      _describe command commands
    fi
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
    *)
      _files
      ;;
  esac
}
if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`
}

function zshOption({ name, short, value, help }: CompletedOption): string[] {
  const told = `[${help.replace(/[\\[\]]/g, "\\$&")}]${value === undefined ? "" : `:${value}:_files`}`
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])].map((flag) =>
    zshQuote(`${flag}${told}`),
  )
}

function zshQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function fishScript({ name, commands, options }: CompletedProgram): string {
  const names = commands.map(({ name: command }) => command).join(" ")
  const none = `not __fish_seen_subcommand_from ${names}`
  const lines = [
    `# fish completion for ${name}: ${name} completion fish | source`,
    ...options.map((option) => fishLine(name, none, fishOption(option), option.help)),
    ...commands.map(({ name: command, summary }) => fishLine(name, none, `-f -a ${command}`, summary)),
  ]
  for (const { name: command, verbs, options: own } of commands) {
    const seen = `__fish_seen_subcommand_from ${command}`
    if (verbs.length > 0) {
      const first = `${seen}; and not __fish_seen_subcommand_from ${verbs.join(" ")}`
      lines.push(`complete -c ${name} -n ${fishQuote(first)} -f -a ${fishQuote(verbs.join(" "))}`)
    }
    for (const option of own) lines.push(fishLine(name, seen, fishOption(option), option.help))
  }
  return `${lines.join("\n")}\n`
}

function fishLine(program: string, condition: string, what: string, help: string): string {
  return `complete -c ${program} -n ${fishQuote(condition)} ${what} -d ${fishQuote(help)}`
}

function fishOption({ name, short, value }: CompletedOption): string {
  return `-l ${name}${short === undefined ? "" : ` -s ${short}`}${value === undefined ? "" : " -r"}`
}

function fishQuote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`
}
