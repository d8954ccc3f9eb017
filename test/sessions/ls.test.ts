import { describe, expect, test } from "vitest"
import { createHome } from "./home.ts"

const NO_KEYS = { env: { SOPS_AGE_KEY_FILE: "" } }
const YAML =
  "# note\ndb:\n  user: canary\n  n: 5\n  on: true\n  at: 2024-01-01T00:00:00Z\nl:\n  # in\n  - 1.5\n  - {}\nnone:\nopen_unencrypted: canary\nempty: ''\n"

describe("conclave ls", () => {
  test("lists places and kinds without any key, and no value", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const { status, stdout, stderr } = await home.run(["ls", "f.yaml"], NO_KEYS)
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["db.user", "str", "encrypted"],
      ["db.n", "int", "encrypted"],
      ["db.on", "bool", "encrypted"],
      ["db.at", "time", "encrypted"],
      ["l[0]", "float", "encrypted"],
      ["l[1]", "map", "clear"],
      ["none", "null", "clear"],
      ["open_unencrypted", "str", "clear"],
      ["empty", "str", "clear"],
      [""],
    ])
    expect(stdout).not.toContain("canary")
  })

  test("counts items as sops' own form of a commented list does not", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", "l:\n  # first\n  - a\n  # second\n  - b\n", "--canonical")
    expect(home.read("f.yaml")).toMatch(/type:comment/)
    const { stdout } = await home.run(["ls", "f.yaml"], NO_KEYS)
    expect(stdout).toBe("l[0]  str    encrypted\nl[1]  str    encrypted\n")
  })

  test("names values that stand in clear although the rule encrypts them", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    home.write("f.yaml", home.read("f.yaml").replace(/^( *user: ).*$/m, "$1canary"))
    const { stdout } = await home.run(["ls", "f.yaml"], NO_KEYS)
    expect(stdout).toMatch(/^db\.user +str +clear, and the rule says encrypted$/m)
    const json = JSON.parse((await home.run(["ls", "--json", "f.yaml"], NO_KEYS)).stdout)
    expect(json.values[0]).toEqual({ path: "db.user", kind: "str", encrypted: false, againstRule: true })
  })

  test("lists several files, and tells of one that it cannot read", async () => {
    const home = createHome()
    await home.encrypt("a.env", "A=1\n")
    await home.encrypt("b.json", '{"b": {"c": [null]}}')
    home.write("c.yaml", "plain: 1\n")
    const done = await home.run(["ls", "a.env", "c.yaml", "b.json"], NO_KEYS)
    expect(done.stdout).toBe("a.env\n  A  str    encrypted\nb.json\n  b.c[0]  null   clear\n")
    expect(done.stderr).toMatch(/^error: c\.yaml: .*no sops metadata/m)
    expect(done.status).toBe(2)
    const json = JSON.parse((await home.run(["ls", "--json", "a.env", "c.yaml"], NO_KEYS)).stdout)
    expect(json.files).toMatchObject([
      { file: "a.env" },
      { file: "c.yaml", error: { code: "metadata-missing" } },
    ])
  })

  test("numbers documents", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", "a: 1\n---\na: 2\n")
    expect((await home.run(["ls", "f.yaml"], NO_KEYS)).stdout).toBe(
      "1: a  int    encrypted\n2: a  int    encrypted\n",
    )
  })
})
