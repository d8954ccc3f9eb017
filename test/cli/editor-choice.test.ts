import { describe, expect, test } from "vitest"
import { chooseEditor, type Editor, startOf } from "#cli/editor-choice.ts"
import { codeOf } from "../support/failure.ts"

const NAMES = ["SOPS_EDITOR", "EDITOR"]
const nothing = () => null

function choose(
  env: Readonly<Record<string, string>>,
  named?: string,
  find: (name: string) => string | null = nothing,
) {
  return chooseEditor(named, NAMES, env, find)
}

/** The command line for a program behind the word that was typed. */
function command(word: string, program = word, line?: number): readonly string[] {
  const editor: Editor = { words: [word], program }
  return startOf(editor, "/run/f/db.yaml", "/run/f", line).command
}

describe("the choice of an editor", () => {
  test("goes by the option, then by the variables in their order; empty ones do not count", () => {
    expect(choose({ SOPS_EDITOR: "a", EDITOR: "b" }, "c").words).toEqual(["c"])
    expect(choose({ SOPS_EDITOR: "a", EDITOR: "b" }).words).toEqual(["a"])
    expect(choose({ SOPS_EDITOR: "", EDITOR: "b" }).words).toEqual(["b"])
  })

  test("falls back to the first of vim, nano and vi that is there", () => {
    const only = (name: string) => (word: string) => (word === name ? `/usr/bin/${name}` : null)
    expect(choose({}, undefined, only("vi")).words).toEqual(["vi"])
    expect(choose({}, undefined, only("nano"))).toEqual({ words: ["nano"], program: "nano" })
    expect(codeOf(() => choose({}))).toBe("editor-failed")
  })

  test("takes a command line apart without a shell", () => {
    expect(choose({ EDITOR: `code --wait 'a b' "c\\"d" $HOME;x` }).words).toEqual([
      "code",
      "--wait",
      "a b",
      'c"d',
      "$HOME;x",
    ])
    for (const line of ["vim '", "", "  ", "vim \\"])
      expect(codeOf(() => choose({}, line))).toBe("editor-failed")
  })

  test("knows a program behind its links", () => {
    expect(choose({ EDITOR: "vi -R" }, undefined, () => "/usr/bin/vim.basic")).toEqual({
      words: ["vi", "-R"],
      program: "vim.basic",
    })
  })
})

describe("the start of an editor", () => {
  test.each([
    ["vim", "vim"],
    ["vi", "vim.tiny"],
    ["nvim", "nvim"],
    ["/opt/bin/vim", "vim"],
    ["editor", "vim.gtk3"],
  ])("of %s (%s) turns off swap, backup, undo and history", (word, program) => {
    const words = command(word, program)
    expect(words.slice(0, 4)).toEqual([word, "-n", "-i", "NONE"])
    expect(words.at(-1)).toBe("/run/f/db.yaml")
    const settings = words.filter((_, i) => words[i - 1] === "--cmd").join("\n")
    for (const option of ["noswapfile", "nobackup", "nowritebackup", "noundofile"])
      expect(settings).toContain(option)
    expect(settings).toContain(program === "nvim" ? "shada=" : "viminfo=")
    // Vim takes ten.
    expect(words.filter((each) => each === "--cmd").length).toBeLessThanOrEqual(10)
  })

  test("of a vim with a window keeps it in the foreground", () => {
    expect(command("gvim")).toContain("-f")
    expect(command("vim")).not.toContain("-f")
  })

  test("of nano leaves its settings aside", () => {
    expect(command("nano")).toEqual(["nano", "--ignorercfiles", "/run/f/db.yaml"])
  })

  test.each(["busybox", "ed", "hx", "vimdiffx", "pico"])("of %s adds nothing", (program) => {
    expect(command(program)).toEqual([program, "/run/f/db.yaml"])
  })

  test("goes to a line where the editor can", () => {
    expect(command("vim", "vim", 3)).toContain("+3")
    expect(command("nano", "nano", 3)).toEqual(["nano", "--ignorercfiles", "+3", "/run/f/db.yaml"])
    expect(command("ed", "ed", 3)).toEqual(["ed", "/run/f/db.yaml"])
  })

  test("puts temporary files where the plaintext is", () => {
    const { env } = startOf({ words: ["ed"], program: "ed" }, "/run/f/db.yaml", "/run/f")
    expect(env).toEqual({ TMPDIR: "/run/f", TMP: "/run/f", TEMP: "/run/f" })
  })

  test("names the settings of emacs and VS Code, which only the person can change", () => {
    const notes = (...words: [string, ...string[]]) =>
      startOf({ words, program: words[0] }, "/f", "/").notes.join("\n")
    expect(notes("emacs")).toContain("make-backup-files")
    expect(notes("emacsclient")).toContain("auto-save-default")
    expect(notes("code", "--wait")).toContain("files.hotExit")
    expect(notes("code", "--wait")).not.toContain("returns at once")
    expect(notes("code")).toContain("--wait")
    expect(notes("vim")).toBe("")
  })
})
