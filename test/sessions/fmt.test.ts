import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { createHome, type Home } from "./home.ts"

const SOURCE = `# Values of the payments chart

image:
  repository: "registry.internal/payments"   # pinned
  tag: '1.20'

db:   { host: db.internal, name: payments }   # flow
list:
- a   # first
- "b"
# end
`

/** A repository with the file in its own layout at HEAD, and then printed anew as sops does. */
async function flattened(): Promise<Home> {
  const home = createHome()
  await home.encrypt("v.yaml", SOURCE)
  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...words], { cwd: home.path })
  git("init", "-q")
  git("add", "v.yaml")
  git("commit", "-qm", "add")
  const set = await home.run(["sops", "set", "v.yaml", '["image"]["tag"]', '"1.21"'])
  expect(set).toMatchObject({ status: 0 })
  expect((await home.run(["decrypt", "v.yaml"])).stdout).not.toContain("{ host:")
  return home
}

describe("fmt", () => {
  test("brings back the layout of a revision with the values of today", async () => {
    const home = await flattened()

    const done = await home.run(["fmt", "--from", "HEAD", "v.yaml"])

    expect(done).toMatchObject({ status: 0, stderr: "v.yaml: layout of HEAD\n" })
    expect((await home.run(["decrypt", "v.yaml"])).stdout).toBe(SOURCE.replace("1.20", "1.21"))
    const changed = execFileSync("git", ["diff", "--numstat"], { cwd: home.path, encoding: "utf8" })
    // The value, the MAC, and the date unless both were written within one second.
    expect(changed).toMatch(/^[23]\t[23]\tv\.yaml\n$/)
  })

  test("says so when there is nothing to bring back", async () => {
    const home = await flattened()
    await home.run(["fmt", "--from", "HEAD", "v.yaml"])
    const before = home.read("v.yaml")

    const again = await home.run(["fmt", "--from", "HEAD", "v.yaml"])

    expect(again).toMatchObject({ status: 0, stderr: "v.yaml: has that layout already\n" })
    expect(home.read("v.yaml")).toBe(before)
  })

  test("refuses an older version whose keys stand in another order", async () => {
    const home = await flattened()
    const lines = home.read("v.yaml")
    await home.encrypt("v.yaml", "list: [b]\nimage: {tag: x}\n")
    const other = home.read("v.yaml")

    const done = await home.run(["fmt", "--from", "HEAD", "v.yaml"])

    expect(lines).not.toBe(other)
    expect(done.status).toBe(4)
    expect(done.stderr).toContain("has no place in the older layout")
    expect(home.read("v.yaml")).toBe(other)
  })

  test.each([
    ["a revision that is none", ["fmt", "--from", "nowhere", "v.yaml"], 2],
    ["a revision that would be an option of git", ["fmt", "--from=--output=x", "v.yaml"], 2],
    ["no revision", ["fmt", "v.yaml"], 64],
  ])("refuses %s", async (_, words, status) => {
    const home = await flattened()
    const before = home.read("v.yaml")
    expect(await home.run(words)).toMatchObject({ status })
    expect(home.read("v.yaml")).toBe(before)
    expect(() => execFileSync("ls", [join(home.path, "x")], { stdio: "ignore" })).toThrow()
  })
})
