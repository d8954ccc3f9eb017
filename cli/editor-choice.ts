/**
 * Which editor, and how it is started so that it leaves nothing outside the
 * folder of the plaintext: no backup, swap, undo or history file. As in sops
 * the command is taken apart without a shell.
 */

import { basename } from "node:path"
import { ConclaveError } from "#core/errors.ts"
import { splitCommandLine } from "#core/host/identities/command-line.ts"
import type { CommandLine, Environment } from "./launcher.ts"

export type Editor = {
  readonly words: CommandLine
  /** The program's own name behind links. */
  readonly program: string
}

/** sops' choice when nobody names one. */
const FALLBACKS = ["vim", "nano", "vi"]

/**
 * @param named - `--editor`.
 * @param variables - Of the environment, the first that is set counts.
 * @param find - As the port's.
 * @throws {@link ConclaveError} `editor-failed` if there is none, or its command line cannot be read.
 */
export function chooseEditor(
  named: string | undefined,
  variables: readonly string[],
  env: Environment,
  find: (program: string) => string | null,
): Editor {
  const variable = variables.find((name) => (env[name] ?? "") !== "")
  const line = named ?? (variable === undefined ? undefined : env[variable])
  if (line !== undefined) return editorOf(line, named === undefined ? `$${variable}` : "--editor", find)
  const fallback = FALLBACKS.find((name) => find(name) !== null)
  if (fallback !== undefined) return editorOf(fallback, "", find)
  const reason = `none of ${FALLBACKS.join(", ")} is here`
  throw new ConclaveError("editor-failed", `no editor: ${reason}`, { command: "", reason })
}

function editorOf(line: string, source: string, find: (program: string) => string | null): Editor {
  const [program, ...args] = splitCommandLine(line) ?? []
  if (program === undefined) {
    const reason = "its quotes do not close, or it is empty"
    throw new ConclaveError("editor-failed", `${source} is no command: ${reason}`, { command: line, reason })
  }
  return { words: [program, ...args], program: basename(find(program) ?? program) }
}

export type EditorStart = {
  readonly command: CommandLine
  /** Beside the environment that is there. */
  readonly env: Environment
  /** For the person, where only they can see to it. */
  readonly notes: readonly string[]
}

/** @param line - To begin at, from 1, where the editor can. */
export function startOf(editor: Editor, file: string, folder: string, line?: number): EditorStart {
  const { words, program } = editor
  const [before, notes] = preparation(program, words)
  const at = line === undefined || !takesLine(program) ? [] : [`+${line}`]
  return {
    command: [words[0], ...words.slice(1), ...before, ...at, file],
    // What an editor writes besides goes where the plaintext is.
    env: { TMPDIR: folder, TMP: folder, TEMP: folder },
    notes,
  }
}

const VIM = /^(g?vim|vimx|mvim|nvim|nvim-qt)([.\d-].*)?$/
const NANO = /^r?nano([.\d-].*)?$/
const EMACS = /^emacs(client)?([.\d-].*)?$/
const CODE = /^(code|code-insiders|codium|vscodium|code-oss|cursor)(\.cmd)?$/

function takesLine(program: string): boolean {
  return VIM.test(program) || NANO.test(program)
}

function preparation(
  program: string,
  words: CommandLine,
): [args: readonly string[], notes: readonly string[]] {
  if (VIM.test(program)) return [vimArguments(program), []]
  // Its own settings can send backups and histories anywhere, and no option takes that back.
  if (NANO.test(program)) return [["--ignorercfiles"], []]
  if (EMACS.test(program)) return [[], [EMACS_NOTE]]
  if (CODE.test(program)) return [[], waits(words) ? [CODE_NOTE] : [CODE_NOTE, WAIT_NOTE]]
  return [[], []]
}

/** Once before the user's own settings are read, and again when the file is about to be. */
function vimArguments(program: string): string[] {
  const off = [
    "set noswapfile updatecount=0",
    "set nobackup nowritebackup patchmode=",
    "set noundofile",
    program.startsWith("nvim") ? "set shada=" : "set viminfo= viminfofile=NONE",
  ].map((command) => `silent! ${command}`)
  const commands = [
    ...off,
    // A group of its own: `autocmd!` in somebody's settings clears only the common one.
    "silent! augroup conclave",
    `silent! autocmd BufReadPre,BufNewFile * ${off.join(" | ")}`,
    "silent! augroup END",
  ]
  const stay = /^(g|m)vim/.test(program) ? ["-f"] : []
  return [...stay, "-n", "-i", "NONE", ...commands.flatMap((command) => ["--cmd", command])]
}

function waits(words: CommandLine): boolean {
  return words.includes("--wait") || words.includes("-w")
}

const EMACS_NOTE =
  "note: emacs may keep backups and auto-saves in other places; not with --eval '(setq make-backup-files nil auto-save-default nil)'"
const CODE_NOTE =
  'note: VS Code keeps copies of its own, unless its settings say "files.hotExit": "off" and "workbench.localHistory.enabled": false'
const WAIT_NOTE = "note: VS Code returns at once when it is started without --wait"
