/**
 * A disk without room and a folder that takes no file: whatever is written
 * into them, the file is as it was and an edit is kept. Needs root, for mounts
 * in a namespace of their own.
 */

import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"
import { scriptedEditor } from "../sessions/editor.ts"
import { keyFile, recipientOf } from "./keys.ts"
import { conclave, conclaveCommand, createHome } from "./programs.ts"

const canMount = spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0
const PLAIN = "database:\n    password: hunter2\n"
const EDITED = PLAIN.replace("hunter2", "correct")
const LOST = /bug in conclave/

type Place = {
  readonly home: string
  /** The folder that is mounted over. */
  readonly folder: string
  /** Runs a command line of conclave where `mount` has been done, and gives the file as it is then. */
  run(
    mount: string,
    words: readonly string[],
    editor?: string,
  ): { status: number | null; stderr: string; file: string }
}

async function place(): Promise<Place> {
  const { path: home, remove } = createHome()
  onTestFinished(remove)
  const folder = join(home, "disk")
  mkdirSync(folder)
  const original = join(home, "db.yaml")
  writeFileSync(original, PLAIN)
  const done = await conclave(home)(["encrypt", "-i", "--age", recipientOf("alice"), original])
  expect(done.status).toBe(0)
  return {
    home,
    folder,
    run(mount, words, editor = "true") {
      const [node = "", program = ""] = conclaveCommand()
      // The folder is gone with the namespace: what is in it then is told before.
      const script = `${mount}
        cd "$DISK"; "$NODE" "$PROGRAM" "$@" <&- ; status=$?
        cp db.yaml "$HOME/after.yaml"; ls -A . > "$HOME/listing"; exit $status`
      const { status, stderr } = spawnSync("unshare", ["-m", "sh", "-c", script, "sh", ...words], {
        encoding: "utf8",
        env: {
          PATH: process.env["PATH"] ?? "",
          HOME: home,
          DISK: folder,
          NODE: node,
          PROGRAM: program,
          EDITOR: editor,
          SOPS_AGE_KEY_FILE: keyFile("alice"),
        },
      })
      expect(stderr).not.toMatch(LOST)
      expect(readFileSync(join(home, "listing"), "utf8").split("\n")).toEqual(
        expect.not.arrayContaining([expect.stringContaining(".tmp")]),
      )
      return { status, stderr, file: readFileSync(join(home, "after.yaml"), "utf8") }
    },
  }
}

/** No room for a second copy. */
const FULL = `
  mount -t tmpfs -o size=16k none "$DISK" && cp "$HOME/db.yaml" "$DISK"
  dd if=/dev/zero of="$DISK/filler" bs=1k count=100 2>/dev/null`

const READ_ONLY = `
  cp "$HOME/db.yaml" "$DISK"
  mount --bind "$DISK" "$DISK" && mount -o remount,bind,ro "$DISK"`

describe.runIf(canMount)("where nothing can be written (root: mount)", () => {
  test.each([
    ["a full disk", FULL, "ENOSPC"],
    ["a read-only folder", READ_ONLY, "EROFS"],
  ])("%s: set and rekey leave the file as it was, and say why", async (_, mount, reason) => {
    const { home, run } = await place()
    const before = readFileSync(join(home, "db.yaml"), "utf8")
    for (const words of [
      ["set", "db.yaml", "database.password", "--generate", "32"],
      ["rekey", "db.yaml"],
    ]) {
      const { status, stderr, file } = run(mount, words)
      expect(status).toBe(3)
      expect(stderr).toContain(reason)
      expect(file).toBe(before)
    }
  })

  test.each([
    ["a full disk", FULL, "ENOSPC"],
    ["a read-only folder", READ_ONLY, "EROFS"],
  ])("%s: edit keeps what was typed, encrypted, elsewhere", async (_, mount, reason) => {
    const { home, run } = await place()
    const before = readFileSync(join(home, "db.yaml"), "utf8")
    const editor = scriptedEditor({ path: home }, `save(${JSON.stringify(EDITED)})`)
    const { status, stderr, file } = run(mount, ["edit", "db.yaml"], editor)
    expect(status).toBe(3)
    expect(stderr).toContain(reason)
    expect(file).toBe(before)
    const drafts = join(home, ".local/state/conclave/drafts")
    expect(existsSync(drafts) ? readdirSync(drafts) : []).toHaveLength(1)
    const [, draft = ""] = /conclave decrypt (\S+)/.exec(stderr) ?? []
    expect(readFileSync(draft, "utf8")).not.toContain("correct")
    const shown = await conclave(home)(["decrypt", draft], { env: { SOPS_AGE_KEY_FILE: keyFile("alice") } })
    expect(shown.stdout.toString()).toBe(EDITED)
  })
})
