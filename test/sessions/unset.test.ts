import { describe, expect, test } from "vitest"
import { createHome } from "./home.ts"

const YAML = "a: 1 # one\n\nb:\n  c: two\n  d: 'three'\nl: [x, y, z]\n"

describe("conclave unset", () => {
  test("removes several places, each as the paths were meant, and keeps the layout", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const done = await home.run(["unset", "f.yaml", "l[0]", "l[1]", '["b"]["c"]'])
    expect(done).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "removed  l[0]\nremoved  l[1]\nremoved  b.c\n",
    })
    const { stdout } = await home.run(["decrypt", "f.yaml"])
    expect(stdout).toBe("a: 1 # one\n\nb:\n  d: 'three'\nl: [z]\n")
  })

  test("writes nothing if one of the places is not there", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const before = home.read("f.yaml")
    const done = await home.run(["unset", "f.yaml", "a", "gone.deep"])
    expect(done).toMatchObject({ status: 91 })
    expect(done.stderr).toMatch(/nothing at gone/)
    expect(home.read("f.yaml")).toBe(before)
  })

  test("takes what is not there for removed with --idempotent, and says so", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const before = home.read("f.yaml")
    const none = await home.run(["unset", "--idempotent", "f.yaml", "gone"])
    expect(none).toMatchObject({ status: 0, stderr: "absent   gone\nf.yaml: unchanged, not written\n" })
    expect(home.read("f.yaml")).toBe(before)
    const json = await home.run(["unset", "--idempotent", "--json", "f.yaml", "gone", "a"])
    expect(JSON.parse(json.stdout).changes).toEqual([
      { path: "gone", change: "absent" },
      { path: "a", change: "removed" },
    ])
  })

  test.each([
    ["no path", ["f.yaml"], 64],
    ["a negative index", ["f.yaml", "l[-1]"], 91],
    ["a key of a list", ["f.yaml", "l.x"], 91],
    ["a path through a value", ["f.yaml", "a.x"], 91],
  ])("refuses %s", async (_, words, status) => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const done = await home.run(["unset", ...words])
    expect(done.status).toBe(status)
    expect(done.stderr).not.toContain("bug")
  })
})
