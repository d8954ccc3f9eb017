/**
 * Real editors in a real terminal: nothing of what is edited may be found on
 * the disk, while it is edited and afterwards, although the user's settings
 * ask for backups, undo files, swap files and histories.
 */

import { execFileSync, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"
import { keyFile, recipientOf } from "./keys.ts"
import { conclave, conclaveCommand, createHome } from "./programs.ts"
import { has, openTerminal, type Screen } from "./tmux.ts"

const EDITORS = ["vim", "nano"] as const
const absent = ["tmux", ...EDITORS].filter((program) => !has(program))

/** Everything that an editor could leave behind, sent to where it would be found. */
const VIMRC = `set nocompatible
autocmd!
set backup writebackup undofile swapfile updatecount=1 updatetime=100 patchmode=.orig
set backupskip= backupdir=~/backup,. undodir=~/undo directory=~/swap viminfo='100,<1000,s1000,n~/.viminfo
`
const NANORC = `set backup
set backupdir "HOME/backup"
set historylog
set positionlog
set locking
`

/** Root's nano looks for its settings in root's own home, whatever HOME says. */
const COMMANDS = {
  vim: () => "vim",
  nano: (home: string) => `nano --rcfile=${home}/.nanorc`,
}

type Session = { readonly home: string; readonly canary: string; readonly screen: Screen; traces(): string[] }

/** `conclave edit` of a file with a canary in it, in a terminal. */
async function startEditing(editor: (home: string) => string): Promise<Session> {
  const { path: home, remove } = createHome()
  onTestFinished(remove)
  for (const folder of ["backup", "undo", "swap"]) execFileSync("mkdir", [join(home, folder)])
  writeFileSync(join(home, ".vimrc"), VIMRC)
  writeFileSync(join(home, ".nanorc"), NANORC.replace("HOME", home))
  const canary = `canary${randomBytes(8).toString("hex")}`
  writeFileSync(join(home, "db.yaml"), `# note\npassword: ${canary}old\nport: 5432\n`)
  const encrypted = await conclave(home)(["encrypt", "-i", "--age", recipientOf("alice"), "db.yaml"])
  expect(encrypted.status).toBe(0)
  writeFileSync(join(home, "marker"), "")
  const command = [...conclaveCommand(), "edit", "db.yaml"].map((word) => `'${word}'`).join(" ")
  const screen = openTerminal(command, home, {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    EDITOR: editor(home),
    SOPS_AGE_KEY_FILE: keyFile("alice"),
  })
  return { home, canary, screen, traces: () => tracesOf(canary, home) }
}

/** Files on disks that were changed since the session began and hold the canary. By ctime: a backup gets the mtime of its original. */
function tracesOf(canary: string, home: string): string[] {
  const places = [...new Set(["/tmp", "/var/tmp", "/run", homedir(), home, process.cwd()])]
  const { stdout } = spawnSync(
    "find",
    [
      ...places,
      "-xdev",
      "-cnewer",
      join(home, "marker"),
      "-type",
      "f",
      "-exec",
      "grep",
      "-laF",
      canary,
      "{}",
      "+",
    ],
    { encoding: "utf8" },
  )
  return stdout.split("\n").filter((line) => line !== "")
}

async function decrypted(home: string): Promise<string> {
  const done = await conclave(home)(["decrypt", "db.yaml"], { env: { SOPS_AGE_KEY_FILE: keyFile("alice") } })
  return done.stdout.toString()
}

/** Names of what the editor has made in its own folders. */
function sideFiles(home: string): string[] {
  const own = ["backup", "undo", "swap"].flatMap((folder) => readdirSync(join(home, folder)))
  return [...own, ...readdirSync(home).filter((name) => /viminfo|~$|\.sw.$|\.save$|\.un~|\.orig$/.test(name))]
}

/** Shown, and ready for keys: vim drops some of those that come with the terminal's answers. */
async function opened(screen: Screen, canary: string): Promise<void> {
  await screen.see(new RegExp(`password: ${canary}old`))
  await pause(500)
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const title = absent.length === 0 ? "" : ` (left out: ${absent.join(", ")} not installed)`

describe.skipIf(absent.length > 0)(`editing in a terminal${title}`, () => {
  test("the search finds what lies on a disk", async () => {
    const { path: home, remove } = createHome()
    onTestFinished(remove)
    writeFileSync(join(home, "marker"), "")
    await pause(20)
    writeFileSync(join(home, "found"), "x canary1 y")
    expect(tracesOf("canary1", home)).toContain(join(home, "found"))
  })

  test.each([
    ["vim", [":2", "Enter", "A", "new", "Escape", ":wq", "Enter"]],
    ["nano", ["Down", "C-e", "new", "C-o", "Enter", "C-x"]],
  ] as const)("would leave traces with %s as the user has set it up", async (editor, keys) => {
    // Behind a shell it is not known for what it is.
    const { home, canary, screen, traces } = await startEditing(
      (path) => `sh -c '${COMMANDS[editor](path)} "$0"'`,
    )
    await opened(screen, canary)
    screen.type(...keys)
    await screen.see(/exit 0/)
    expect(traces(), `${screen.shown()}\n${sideFiles(home)}`).toContainEqual(
      expect.stringMatching(/\/(backup|undo)\//),
    )
  })

  test("with vim leaves no trace", async () => {
    const { home, canary, screen, traces } = await startEditing(COMMANDS.vim)
    await opened(screen, canary)
    screen.type(`/old`, "Enter", "cw", `new${"x".repeat(300)}`, "Escape", "yy", ":w", "Enter")
    await screen.see(/written/)
    // Longer than it takes vim to write its swap file.
    screen.type("o", `second: ${canary}`, "Escape")
    await pause(1500)
    expect(traces()).toEqual([])
    expect(sideFiles(home)).toEqual([])
    screen.type(":wq", "Enter")
    await screen.see(/changed {2}password[\s\S]*exit 0/)
    expect(await decrypted(home)).toContain(`second: ${canary}`)
    expect(traces()).toEqual([])
    expect(sideFiles(home)).toEqual([])
  })

  test("with vim that is killed leaves no trace, and no plaintext behind", async () => {
    const { home, canary, screen, traces } = await startEditing(COMMANDS.vim)
    await opened(screen, canary)
    screen.type("A", "more", "Escape", ":w", "Enter", "A", "unsaved")
    await pause(1500)
    process.kill(screen.pidOf("vim"), "SIGKILL")
    await screen.see(/exit 201/)
    expect(screen.shown()).toContain("conclave decrypt")
    expect(traces()).toEqual([])
    expect(readFileSync(join(home, "db.yaml"), "utf8")).not.toContain(canary)
  })

  test("with nano leaves no trace", async () => {
    const { home, canary, screen, traces } = await startEditing(COMMANDS.nano)
    await opened(screen, canary)
    // Searches go into nano's history.
    screen.type("C-w", `${canary}`, "Enter", "C-e", "new", "C-o", "Enter")
    await screen.see(/Wrote/)
    screen.type("Enter", `second: ${canary}`)
    await pause(500)
    expect(traces()).toEqual([])
    screen.type("C-o", "Enter", "C-x")
    await screen.see(/exit 0/)
    expect(await decrypted(home)).toContain(`second: ${canary}`)
    expect(traces()).toEqual([])
    expect(sideFiles(home)).toEqual([])
  })

  test("comes back to the editor at the line of the fault, and then goes through", async () => {
    const { home, canary, screen } = await startEditing(COMMANDS.vim)
    await opened(screen, canary)
    screen.type("G", "o", "broken: [", "Escape", ":wq", "Enter")
    await screen.see(/error: line \d+[\s\S]*Press Enter to edit again/)
    screen.type("Enter")
    await screen.see(/broken/)
    screen.type("G", "dd", "G", "o", "mended: 1", "Escape", ":wq", "Enter")
    await screen.see(/added {4}mended[\s\S]*exit 0/)
    expect(await decrypted(home)).toContain("mended: 1")
  })

  test("keeps a text that does not parse when the person gives up with Ctrl-C", async () => {
    const { home, canary, screen, traces } = await startEditing(COMMANDS.vim)
    await opened(screen, canary)
    screen.type("G", "o", "broken: [", "Escape", ":wq", "Enter")
    await screen.see(/Press Enter to edit again/)
    screen.type("C-c")
    const shown = await screen.see(/exit 2/)
    expect(shown).toContain("conclave decrypt")
    expect(readdirSync(join(home, ".local/state/conclave/drafts"))).toHaveLength(1)
    expect(traces()).toEqual([])
  })
})
