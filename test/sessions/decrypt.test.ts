import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { createHome, type Home, personFile } from "./home.ts"

const YAML = 'a: 1\nb:\n    - x\n    - c: "yes"\nt: two words\nn: null\n'

/** The permission bits of a file. */
function modeOf(home: Home, name: string): number {
  return statSync(join(home.path, name)).mode & 0o777
}

describe("conclave decrypt", () => {
  test("prints the plaintext, and leaves the file", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    const before = home.read("a.yaml")
    expect(await home.run(["decrypt", "a.yaml"])).toEqual({ status: 0, stdout: YAML, stderr: "" })
    expect(home.read("a.yaml")).toBe(before)
  })

  test("keeps the layout of the text, and prints as sops does when it is told to", async () => {
    const home = createHome()
    const text = "a:   'x'   # note\n\nb: {c: y, d: [1, 2]}\n"
    await home.encrypt("a.yaml", text)
    expect((await home.run(["decrypt", "a.yaml"])).stdout).toBe(text)
    expect((await home.run(["decrypt", "--canonical", "a.yaml"])).stdout).toBe(
      '# note\na: x\nb:\n    c: "y"\n    d:\n        - 1\n        - 2\n',
    )
  })

  test("in place keeps the file's mode and the link that leads to it, and leaves nothing else", async () => {
    const home = createHome()
    mkdirSync(join(home.path, "real"))
    await home.encrypt("real/a.yaml", YAML)
    chmodSync(join(home.path, "real/a.yaml"), 0o600)
    symlinkSync("real/a.yaml", join(home.path, "link.yaml"))
    expect(await home.run(["decrypt", "-i", "link.yaml"])).toEqual({
      status: 0,
      stdout: "",
      stderr: "decrypted link.yaml\n",
    })
    expect(home.read("real/a.yaml")).toBe(YAML)
    expect(modeOf(home, "real/a.yaml")).toBe(0o600)
    expect(readdirSync(join(home.path, "real"))).toEqual(["a.yaml"])
  })

  test("into a new file makes one that only its owner can read", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    expect((await home.run(["decrypt", "--output", "plain.yaml", "a.yaml"])).stdout).toBe("")
    expect(home.read("plain.yaml")).toBe(YAML)
    expect(modeOf(home, "plain.yaml")).toBe(0o600)
    home.write("open.yaml", "old")
    chmodSync(join(home.path, "open.yaml"), 0o644)
    await home.run(["decrypt", "--output", "open.yaml", "a.yaml"])
    expect(home.read("open.yaml")).toBe(YAML)
    expect((await home.run(["decrypt", "--output", "-", "a.yaml"])).stdout).toBe(YAML)
  })

  test("into a folder that is not there says so, and writes nothing", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    const refused = await home.run(["decrypt", "--output", "nowhere/a.yaml", "a.yaml"])
    expect(refused).toMatchObject({ status: 3, stdout: "" })
    expect(refused.stderr).toMatch(/^error: .*nowhere/)
  })

  test.each([
    ["a", "1"],
    ['["t"]', "two words"],
    ["t", "two words"],
    ['["b"][0]', "x"],
    ["b[1].c", "yes"],
    ["b[1]", 'c: "yes"\n'],
    ["b", '- x\n- c: "yes"\n'],
  ])("takes out %s", async (path, expected) => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    const { status, stdout } = await home.run(["decrypt", "--extract", path, "a.yaml"])
    expect({ status, text: stdout.trim() }).toEqual({ status: 0, text: expected.trim() })
  })

  test.each(["missing", "b[2]", "a.x", "b.x", "[0]", "a..b", ""])("has nothing at %j", async (path) => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    const { status, stdout } = await home.run(["decrypt", `--extract=${path}`, "a.yaml"])
    // The empty path is none, as in sops.
    if (path === "") expect({ status, stdout }).toEqual({ status: 0, stdout: YAML })
    else expect({ status, stdout }).toEqual({ status: 91, stdout: "" })
  })

  test("converts: YAML to JSON, JSON to YAML, both to dotenv where they are flat", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    await home.encrypt("b.json", '{"a": 1.5, "b": "x"}')
    const converted = async (type: string, file: string) =>
      (await home.run(["decrypt", "--output-type", type, file])).stdout
    expect(JSON.parse(await converted("json", "a.yaml"))).toEqual({
      a: 1,
      b: ["x", { c: "yes" }],
      t: "two words",
      n: null,
    })
    expect(await converted("yaml", "b.json")).toBe("a: 1.5\nb: x\n")
    expect(await converted("dotenv", "b.json")).toBe("a=1.5\nb=x\n")
    expect(await home.run(["decrypt", "--output-type", "dotenv", "a.yaml"])).toMatchObject({
      status: 4,
      stdout: "",
    })
    expect(await home.run(["decrypt", "--output-type", "toml", "a.yaml"])).toMatchObject({
      status: 64,
      stdout: "",
    })
  })

  test("reads standard input in the format that is named", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    const input = home.read("a.yaml")
    for (const words of [
      ["--input-type", "yaml"],
      ["--filename-override", "x.yaml"],
      ["--input-type", "yaml", "-"],
    ]) {
      expect((await home.run(["decrypt", ...words], { input })).stdout).toBe(YAML)
    }
    expect(await home.run(["decrypt"], { input })).toMatchObject({ status: 2, stdout: "" })
  })

  test("warns of a configuration that it cannot read, and decrypts all the same", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    home.write(".sops.yaml", "creation_rule: x\n")
    const { status, stdout, stderr } = await home.run(["decrypt", "--canonical", "a.yaml"])
    expect({ status, stdout: stdout.length > 0 }).toEqual({ status: 0, stdout: true })
    expect(stderr).toMatch(/^warning: configuration ignored: .*creation_rule/)
  })

  test("indents as the configuration says", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", "m:\n    a: 1\n")
    home.write(".sops.yaml", "stores:\n  yaml:\n    indent: 2\n")
    expect((await home.run(["decrypt", "--canonical", "a.yaml"])).stdout).toBe("m:\n  a: 1\n")
  })

  test("tells of comments in clear where the rule encrypts them", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", "a: x\n")
    home.write("a.yaml", `# added\n${home.read("a.yaml")}`)
    const { status, stdout, stderr } = await home.run(["decrypt", "a.yaml"])
    expect({ status, stdout }).toEqual({ status: 0, stdout: "# added\na: x\n" })
    expect(stderr).toMatch(/^warning: a\.yaml: a comment stands in clear/)
    expect((await home.run(["decrypt", "--quiet", "a.yaml"])).stderr).toBe("")
  })
})

describe("a file that was altered", () => {
  test("is read only with --ignore-mac", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", "a: x\nb_unencrypted: clear\n")
    home.write("a.yaml", home.read("a.yaml").replace("clear", "altered"))
    const before = home.read("a.yaml")
    const refused = await home.run(["decrypt", "--in-place", "a.yaml"])
    expect(refused).toMatchObject({ status: 51, stdout: "" })
    expect(refused.stderr).toMatch(/^error: .*MAC\nhint: .*--ignore-mac/)
    expect(home.read("a.yaml")).toBe(before)
    expect((await home.run(["decrypt", "--ignore-mac", "a.yaml"])).stdout).toBe(
      "a: x\nb_unencrypted: altered\n",
    )
  })
})

describe("identities", () => {
  test("come from the environment, from a file, or from sops' place in the home", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    const none = { SOPS_AGE_KEY_FILE: "" }
    const key = readFileSync(personFile("alice"), "utf8")
    expect((await home.run(["decrypt", "a.yaml"], { env: { ...none, SOPS_AGE_KEY: key } })).stdout).toBe(YAML)
    const refused = await home.run(["decrypt", "a.yaml"], { env: none })
    expect(refused).toMatchObject({ status: 128, stdout: "" })
    for (const place of ["SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "keys.txt"])
      expect(refused.stderr).toContain(place)
    mkdirSync(join(home.path, ".config/sops/age"), { recursive: true })
    home.write(".config/sops/age/keys.txt", key)
    const macOnly = { ...none, XDG_CONFIG_HOME: join(home.path, ".config") }
    expect((await home.run(["decrypt", "a.yaml"], { env: macOnly })).stdout).toBe(YAML)
  })

  test("that are none are named by line, and never repeated", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    home.write("keys.txt", "# mine\nAGE-SECRET-KEY-1NOTAKEYATALLNOTAKEY\n")
    const { status, stderr } = await home.run(["decrypt", "a.yaml"], {
      env: { SOPS_AGE_KEY_FILE: "keys.txt" },
    })
    expect(status).toBe(128)
    expect(stderr).toMatch(/keys\.txt.*line 2|line 2.*keys\.txt/)
    expect(stderr).not.toContain("NOTAKEY")
  })

  test("are tried in the order that is named", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    expect((await home.run(["decrypt", "--decryption-order", "pgp,age", "a.yaml"])).stdout).toBe(YAML)
    expect(await home.run(["decrypt", "--decryption-order", "age,age", "a.yaml"])).toMatchObject({
      status: 64,
    })
    expect(await home.run(["decrypt", "--decryption-order", "rot13", "a.yaml"])).toMatchObject({ status: 64 })
  })
})
