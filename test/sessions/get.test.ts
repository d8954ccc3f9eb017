import { describe, expect, test } from "vitest"
import { createHome } from "./home.ts"

const YAML = "db:\n  user: u\n  password: 'p w'\n  big: 9007199254740993\nl:\n- 1\n- x\nnone: null\n"

describe("conclave get", () => {
  test("prints one value to the byte", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    expect(await home.run(["get", "f.yaml", "db.password"])).toEqual({ status: 0, stdout: "p w", stderr: "" })
    expect((await home.run(["get", "f.yaml", '["l"][1]'])).stdout).toBe("x")
  })

  test("prints several values, each with a line end", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    expect((await home.run(["get", "f.yaml", "db.user", "db.password", "l[0]"])).stdout).toBe("u\np w\n1\n")
  })

  test("prints a map as a file of its own, also in another format", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    expect((await home.run(["get", "f.yaml", "db"])).stdout).toBe(
      "user: u\npassword: p w\nbig: 9007199254740993\n",
    )
    const json = await home.run(["get", "--output-type", "json", "f.yaml", "l"])
    expect(JSON.parse(json.stdout)).toEqual([1, "x"])
  })

  test("tells values with their paths as JSON, integers exact", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const { stdout } = await home.run(["get", "--json", "f.yaml", "db.big", "none"])
    expect(stdout).toContain('"value": 9007199254740993')
    expect(JSON.parse(stdout)).toMatchObject({
      file: "f.yaml",
      values: [{ path: "db.big" }, { path: "none", value: null }],
    })
  })

  test("is not kept from a value by a broken configuration", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    home.write(".sops.yaml", "creation_rules: [")
    const done = await home.run(["get", "f.yaml", "db.user"])
    expect(done).toMatchObject({ status: 0, stdout: "u" })
    expect(done.stderr).toMatch(/^warning: configuration ignored/)
  })

  test.each([
    ["what is not there", "db.gone", /nothing at db\.gone/],
    ["below a value", "db.user.x", /nothing at db\.user\.x/],
    ["beyond a list", "l[9]", /nothing at l\[9\]/],
    ["a negative index", "l[-1]", /not a path/],
  ])("fails for %s and prints nothing", async (_, path, says) => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const done = await home.run(["get", "f.yaml", "db.user", path])
    expect(done).toMatchObject({ status: 91, stdout: "" })
    expect(done.stderr).toMatch(says)
  })
})
