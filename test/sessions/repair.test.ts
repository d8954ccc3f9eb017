/** A repository in which git has merged encrypted files as text. */

import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { createHome, type Home } from "./home.ts"

const hasGit = spawnSync("git", ["--version"]).status === 0

/** Values stand far enough apart for git to merge their lines. */
const PLAIN = `first: 1\n${"# a line between\n".repeat(8)}second: 2\n${"# a line between\n".repeat(8)}third: 3\n`

function git(home: Home, ...words: string[]): string {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example", "-c", "commit.gpgsign=false"]
  const env = { PATH: process.env["PATH"] ?? "", HOME: home.path, GIT_CONFIG_NOSYSTEM: "1" }
  const { status, stdout, stderr } = spawnSync("git", [...identity, ...words], {
    cwd: home.path,
    env,
    encoding: "utf8",
  })
  if (status !== 0) throw new Error(`git ${words.join(" ")}: ${stdout}${stderr}`)
  return stdout
}

async function set(home: Home, path: string, value: string): Promise<void> {
  const done = await home.run(["set", "db.yaml", path, "--stdin", "--json-value"], { input: value })
  if (done.status !== 0) throw new Error(done.stderr)
  git(home, "commit", "-qam", `${path} ${value}`)
}

/** `main` has changed `first`, `other` has changed `third`; merged, the MAC is that of `main`. */
async function merge(
  home: Home,
  onOther: () => Promise<void> = () => set(home, "third", "33"),
): Promise<void> {
  await home.encrypt("db.yaml", PLAIN)
  git(home, "init", "-qb", "main")
  git(home, "add", "db.yaml")
  git(home, "commit", "-qm", "start")
  git(home, "checkout", "-qb", "other")
  await onOther()
  git(home, "checkout", "-q", "main")
  await set(home, "first", "11")
  git(home, "merge", "-q", "-X", "ours", "-m", "merge", "other")
}

describe.runIf(hasGit)("conclave repair", () => {
  test("tells what differs from which side, and makes a MAC that fits", async () => {
    const home = createHome()
    await merge(home)
    expect((await home.run(["decrypt", "db.yaml"])).status).toBe(51)
    const asked = await home.run(["repair", "db.yaml"])
    expect(asked.status).toBe(64)
    expect(asked.stderr).toContain(
      "db.yaml: 3 values, 3 open, the MAC does not fit; compared with HEAD^1 and HEAD^2",
    )
    expect(asked.stderr).toContain("  first  differs from HEAD^2\n")
    expect(asked.stderr).toContain("  third  differs from HEAD^1\n")
    expect((await home.run(["decrypt", "db.yaml"])).status).toBe(51)

    const done = await home.run(["repair", "--yes", "db.yaml"])
    expect(done).toMatchObject({ status: 0, stdout: "" })
    expect(done.stderr).toContain("repaired  db.yaml\n")
    const { stdout } = await home.run(["decrypt", "db.yaml"])
    expect(stdout).toBe(PLAIN.replace("first: 1", "first: 11").replace("third: 3", "third: 33"))
    expect(git(home, "diff", "--numstat")).toMatch(/^[12]\t[12]\tdb\.yaml\n$/)

    const again = await home.run(["repair", "--yes", "db.yaml"])
    expect(again.status).toBe(0)
    expect(again.stderr).toContain("nothing to repair")
  })

  test("compares with the revision that is named, and gives data", async () => {
    const home = createHome()
    await merge(home)
    const { status, stdout } = await home.run(["repair", "--yes", "--json", "--base", "HEAD^1^", "db.yaml"])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      file: "db.yaml",
      written: "db.yaml",
      values: 3,
      revisions: ["HEAD^1^"],
      places: [
        { path: "first", state: "opens", differs: [{ revision: "HEAD^1^", change: "changed" }] },
        { path: "third", state: "opens", differs: [{ revision: "HEAD^1^", change: "changed" }] },
      ],
    })
  })

  test("takes over what the other side has encrypted under a new data key", async () => {
    const home = createHome()
    await merge(home, async () => {
      expect((await home.run(["rekey", "db.yaml"])).status).toBe(0)
      await set(home, "third", "33")
    })
    // The whole block of metadata is that of main; only one value is the other side's.
    const theirs = git(home, "show", "other:db.yaml")
    const line = /^third: .*$/m
    const mixed = git(home, "show", "main^1:db.yaml").replace(line, () => line.exec(theirs)?.[0] ?? "")
    writeFileSync(join(home.path, "db.yaml"), mixed)
    const done = await home.run(["repair", "--yes", "db.yaml"])
    expect(done.stderr).toContain("third  was under the other side's data key; differs from HEAD^1")
    expect(done.status).toBe(0)
    const { stdout } = await home.run(["decrypt", "db.yaml"])
    expect(stdout).toBe(PLAIN.replace("first: 1", "first: 11").replace("third: 3", "third: 33"))
  })

  test("refuses where a value does not open or a conflict is marked", async () => {
    const home = createHome()
    await merge(home)
    const good = home.read("db.yaml")
    const damaged = good.replace(/^third: ENC\[AES256_GCM,data:/m, "$&AAAA")
    home.write("db.yaml", damaged)
    const closed = await home.run(["repair", "--yes", "db.yaml"])
    expect(closed.status).toBe(25)
    expect(closed.stderr).toMatch(/ {2}third +does not open\n/)
    expect(home.read("db.yaml")).toBe(damaged)
    home.write("db.yaml", `<<<<<<< HEAD\n${good}=======\n>>>>>>> other\n`)
    const marked = await home.run(["repair", "--yes", "db.yaml"])
    expect(marked.status).toBe(2)
    expect(marked.stderr).toContain("db.yaml:1: a conflict is marked here")
  })

  test("takes no revision for an option, and runs nothing that the repository brings", async () => {
    const home = createHome()
    await merge(home)
    const trap = join(home.path, "trapped")
    writeFileSync(join(home.path, "trap.sh"), `#!/bin/sh\ntouch ${trap}\n`, { mode: 0o755 })
    for (const [name, value] of [
      ["core.fsmonitor", "./trap.sh"],
      ["core.hooksPath", "."],
      ["diff.external", "./trap.sh"],
      ["core.pager", "./trap.sh"],
    ] as const) {
      git(home, "config", name, value)
    }
    const dashed = await home.run(["repair", "--yes", "--base=--output=x", "db.yaml"])
    expect(dashed.status).toBe(2)
    expect((await home.run(["repair", "--yes", "db.yaml"])).status).toBe(0)
    expect(spawnSync("ls", [trap]).status).not.toBe(0)
  })

  test("works without a repository, and then compares with nothing", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", "a: 1\nb: 2\n")
    const lines = home.read("db.yaml")
    home.write("db.yaml", lines.replace(/^b: .*\n/m, ""))
    const done = await home.run(["repair", "--yes", "db.yaml"])
    expect(done.status).toBe(0)
    expect(done.stderr).toContain("db.yaml: 1 value, 1 open, the MAC does not fit\n")
    expect((await home.run(["decrypt", "db.yaml"])).stdout).toBe("a: 1\n")
  })
})
