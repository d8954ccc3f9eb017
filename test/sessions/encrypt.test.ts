import { chmodSync, mkdirSync, readFileSync, realpathSync, statSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { runProgram } from "../support/program.ts"
import { createHome, personFile, recipientOf } from "./home.ts"

const ALICE = recipientOf("alice")
const BOB = recipientOf("bob")
const AGE = ["--age", ALICE]
const YAML = "# note\na: 1\nb: two\n"

describe("conclave encrypt", () => {
  test.each([
    ["a.yaml", YAML, /^a: ENC\[AES256_GCM,.*type:int\]$/m],
    ["a.yml", YAML, /^b: ENC\[AES256_GCM,.*type:str\]$/m],
    ["a.json", '{\n\t"a": 1\n}\n', /"a": "ENC\[AES256_GCM,.*type:int\]"/],
    ["a.env", "A=1\n", /^A=ENC\[AES256_GCM,.*type:str\]$/m],
    ["a.ini", "[s]\na = 1\n", /^a\s*= ENC\[AES256_GCM,.*type:str\]$/m],
    ["a.YAML", YAML, /"data": "ENC\[AES256_GCM,.*type:str\]"/],
    ["id_ed25519", "secret\n", /"data": "ENC\[AES256_GCM,.*type:str\]"/],
  ])("prints %s encrypted, by the end of its name, and says nothing", async (name, text, expected) => {
    const home = createHome()
    home.write(name, text)
    const { status, stdout, stderr } = await home.run(["encrypt", ...AGE, name])
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
    expect(stdout).toMatch(expected)
    expect(home.read(name)).toBe(text)
    home.write(name, stdout)
    expect(await home.run(["decrypt", name])).toEqual({ status: 0, stdout: text, stderr: "" })
  })

  test("in place says what was done and who can read, and nothing when it is told to", async () => {
    const home = createHome()
    home.write("a.yaml", YAML)
    home.write("b.yaml", YAML)
    expect(await home.run(["encrypt", "-i", "--age", `${ALICE}, ${BOB}`, "a.yaml"])).toEqual({
      status: 0,
      stdout: "",
      stderr: `encrypted a.yaml\nreaders: ${ALICE}, ${BOB}\n`,
    })
    expect(await home.run(["encrypt", "-iq", ...AGE, "b.yaml"])).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    })
    for (const name of ["a.yaml", "b.yaml"]) expect(home.read(name)).toMatch(/^sops:/m)
    const bob = { env: { SOPS_AGE_KEY_FILE: personFile("bob") } }
    expect((await home.run(["decrypt", "a.yaml"], bob)).stdout).toBe(YAML)
    expect((await home.run(["decrypt", "b.yaml"], bob)).status).toBe(128)
  })

  test("keeps the mode of a file, and the link that leads to it", async () => {
    const home = createHome()
    mkdirSync(join(home.path, "real"))
    home.write("real/a.yaml", YAML)
    chmodSync(join(home.path, "real/a.yaml"), 0o640)
    symlinkSync("real/a.yaml", join(home.path, "link.yaml"))
    expect((await home.run(["encrypt", "-i", ...AGE, "link.yaml"])).status).toBe(0)
    expect(realpathSync(join(home.path, "link.yaml"))).toBe(join(home.path, "real/a.yaml"))
    expect(home.read("real/a.yaml")).toMatch(/^sops:/m)
    expect(statSync(join(home.path, "real/a.yaml")).mode & 0o777).toBe(0o640)
  })

  test("writes to another file, readable as usual, and to - for standard output", async () => {
    const home = createHome()
    home.write("a.yaml", YAML)
    const { stderr, stdout } = await home.run(["encrypt", "-o", "out.yaml", ...AGE, "a.yaml"])
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: `encrypted out.yaml\nreaders: ${ALICE}\n` })
    expect(statSync(join(home.path, "out.yaml")).mode & 0o777).toBe(0o666 & ~process.umask())
    expect((await home.run(["encrypt", "-o", "-", ...AGE, "a.yaml"])).stdout).toMatch(/^sops:/m)
    expect(home.read("a.yaml")).toBe(YAML)
  })

  test("reads standard input, under a name that says its format", async () => {
    const home = createHome()
    const words = ["encrypt", ...AGE, "--filename-override", "secrets/a.json"]
    for (const file of [[], ["-"]]) {
      const { status, stdout } = await home.run([...words, ...file], { input: '{"a": 1}' })
      expect(status).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ a: expect.stringMatching(/^ENC\[/) })
    }
    expect(await home.run(["encrypt", ...AGE, "-"], { input: YAML })).toMatchObject({
      status: 64,
      stdout: "",
    })
  })

  test("takes another format for what it reads, and for what it writes", async () => {
    const home = createHome()
    home.write("settings", YAML)
    home.write("a.json", '{"a": {"b": [1, "x"]}}\n')
    expect((await home.run(["encrypt", ...AGE, "--input-type", "yaml", "settings"])).stdout).toMatch(
      /^a: ENC/m,
    )
    const { stdout } = await home.run(["encrypt", ...AGE, "--output-type", "yaml", "a.json"])
    expect(stdout).toMatch(/^a:\n {4}b:\n {8}- ENC\[.*type:int\]\n {8}- ENC\[/m)
    home.write("a.yaml", stdout)
    expect((await home.run(["decrypt", "--output-type", "json", "a.yaml"])).stdout).toBe(
      '{\n\t"a": {\n\t\t"b": [\n\t\t\t1,\n\t\t\t"x"\n\t\t]\n\t}\n}\n',
    )
    const refused = await home.run(["encrypt", ...AGE, "--output-type", "dotenv", "a.json"])
    expect(refused).toMatchObject({ status: 4, stdout: "" })
    expect(refused.stderr).toMatch(/^error: .*dotenv/)
  })

  test("prints as sops does when it is told to", async () => {
    const home = createHome()
    home.write("a.yaml", "a:   'x'\n\nb: {c: y}\n")
    const { stdout } = await home.run(["encrypt", "--canonical", ...AGE, "a.yaml"])
    expect(stdout).toMatch(/^a: ENC\[.*\]\nb:\n {4}c: ENC\[.*\]\nsops:\n/)
  })

  test("handles bytes that are no text", async () => {
    const home = createHome()
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    home.write("key.bin", bytes)
    const env = { SOPS_AGE_KEY_FILE: personFile("alice") }
    const encrypted = await runProgram(["encrypt", ...AGE, "key.bin"], { cwd: home.path, env })
    home.write("key.bin", encrypted.stdout)
    const decrypted = await runProgram(["decrypt", "key.bin"], { cwd: home.path, env })
    expect(decrypted.stdout.equals(bytes)).toBe(true)
    expect((await home.run(["decrypt", "--in-place", "key.bin"])).status).toBe(0)
    expect(readFileSync(join(home.path, "key.bin")).equals(bytes)).toBe(true)
  })
})

describe("the keys of conclave encrypt", () => {
  const rule = (recipient: string, path = "") =>
    `creation_rules:\n  - age: ${recipient}\n${path === "" ? "" : `    path_regex: ${path}\n`}`
  const readersOf = (text: string) => text.match(/age1[a-z0-9]{50,}/g)

  test("come from the .sops.yaml at the root of the file's repository, wherever one stands", async () => {
    const home = createHome()
    mkdirSync(join(home.path, "repo/.git"), { recursive: true })
    mkdirSync(join(home.path, "repo/deep"))
    home.write("repo/.sops.yaml", rule(BOB, "^deep/a\\.yaml$"))
    home.write("repo/deep/.sops.yaml", rule(recipientOf("carol")))
    home.write(".sops.yaml", rule(ALICE))
    home.write("repo/deep/a.yaml", YAML)
    const found = await home.run(["encrypt", "repo/deep/a.yaml"])
    expect(readersOf(found.stdout)).toEqual([BOB])

    const other = await home.run(["encrypt", "--filename-override", "repo/deep/b.yaml"], { input: YAML })
    expect(other).toMatchObject({ status: 78, stdout: "" })
    expect(other.stderr).toContain("no creation rule of")
  })

  test("come from the nearest .sops.yaml above a file in no repository", async () => {
    const home = createHome()
    mkdirSync(join(home.path, "a/b"), { recursive: true })
    home.write("a/.sops.yaml", rule(BOB))
    home.write(".sops.yaml", rule(ALICE))
    home.write("a/b/c.yaml", YAML)
    expect(readersOf((await home.run(["encrypt", "a/b/c.yaml"])).stdout)).toEqual([BOB])
  })

  test("come from --config, from SOPS_CONFIG, from flags, and from SOPS_AGE_RECIPIENTS", async () => {
    const home = createHome()
    home.write(".sops.yaml", rule(ALICE))
    home.write("other.yaml", rule(BOB))
    home.write("a.yaml", YAML)
    const readers = async (words: string[], env: Record<string, string> = {}) =>
      readersOf((await home.run(["encrypt", ...words, "a.yaml"], { env })).stdout)
    expect(await readers([])).toEqual([ALICE])
    expect(await readers(["--config", "other.yaml"])).toEqual([BOB])
    expect(await readers([], { SOPS_CONFIG: "other.yaml" })).toEqual([BOB])
    expect(await readers(["--age", BOB])).toEqual([BOB])
    expect(await readers([], { SOPS_AGE_RECIPIENTS: BOB })).toEqual([BOB])
    expect(await readers(["--age", ALICE], { SOPS_AGE_RECIPIENTS: BOB })).toEqual([ALICE])
  })

  test("are missing: then nothing is written, and it is said what to do", async () => {
    const home = createHome()
    home.write("a.yaml", YAML)
    const { status, stdout, stderr } = await home.run(["encrypt", "-i", "a.yaml"])
    expect({ status, stdout }).toEqual({ status: 61, stdout: "" })
    expect(stderr).toMatch(/^error: no recipients for a\.yaml.*\nhint: name recipients with --age/)
    expect(home.read("a.yaml")).toBe(YAML)
  })

  test.each([
    ["misspelt", "creation_rules:\n  - agee: x\n", /\.sops\.yaml:2:5: unknown key "agee".*did you mean age/],
    ["of no YAML", "creation_rules: [\n", /error: /],
    [
      "of a recipient that is none",
      "creation_rules:\n  - age: age1nonsense\n",
      /not an age recipient, or misspelt/,
    ],
  ])("are %s in the configuration: then nothing is encrypted", async (_, config, says) => {
    const home = createHome()
    home.write(".sops.yaml", config)
    home.write("a.yaml", YAML)
    const { status, stdout, stderr } = await home.run(["encrypt", "a.yaml"])
    expect(status).toBeGreaterThan(0)
    expect(stdout).toBe("")
    expect(stderr).toMatch(says)
  })

  test("in groups are split, and as many as are needed open the file", async () => {
    const home = createHome()
    const groups = [ALICE, BOB, recipientOf("carol")]
      .map((recipient) => `      - age: [${recipient}]\n`)
      .join("")
    home.write(".sops.yaml", `creation_rules:\n  - key_groups:\n${groups}    shamir_threshold: 2\n`)
    home.write("a.yaml", YAML)
    expect((await home.run(["encrypt", "-i", "a.yaml"])).stderr).toContain(`readers: ${ALICE} | ${BOB} | `)
    const alone = await home.run(["decrypt", "a.yaml"])
    expect(alone).toMatchObject({ status: 128, stdout: "" })
    expect(alone.stderr).toMatch(/group 1 .*opened\n.*group 2 .*not-mine\n.*group 3 .*not-mine\n/)
    expect(alone.stderr).toMatch(/hint: 1 more key groups? (is|are) needed/)
    const key = (person: string) => readFileSync(personFile(person), "utf8")
    const together = { env: { SOPS_AGE_KEY: `${key("carol")}\n${key("alice")}` } }
    expect((await home.run(["decrypt", "a.yaml"], together)).stdout).toBe(YAML)
  })
})

describe("the selection of conclave encrypt", () => {
  const TEXT = "# enc\na: 1\nb_s: 2\n# other\nc: 3\n"
  const encryptedKeys = (text: string) => text.match(/^[a-z_]+(?=: "?ENC\[.*type:int)/gm) ?? []

  test.each([
    [[], ["a", "b_s", "c"]],
    [
      ["--unencrypted-suffix", "_s"],
      ["a", "c"],
    ],
    [["--encrypted-suffix", "_s"], ["b_s"]],
    [
      ["--unencrypted-regex", "^a$"],
      ["b_s", "c"],
    ],
    [
      ["--encrypted-regex", "^(a|c)$"],
      ["a", "c"],
    ],
    [
      ["--unencrypted-comment-regex", "^ enc"],
      ["b_s", "c"],
    ],
    [["--encrypted-comment-regex", "^ enc"], ["a"]],
  ])("by %j encrypts %j, and comes back", async (flags, keys) => {
    const home = createHome()
    home.write("a.yaml", TEXT)
    const { stdout } = await home.run(["encrypt", ...AGE, ...flags, "a.yaml"])
    expect(encryptedKeys(stdout)).toEqual(keys)
    home.write("a.yaml", stdout)
    expect(await home.run(["decrypt", "a.yaml"])).toEqual({ status: 0, stdout: TEXT, stderr: "" })
  })

  test("by a flag takes the place of the configuration's same field, and conflicts with another", async () => {
    const home = createHome()
    home.write(".sops.yaml", `creation_rules:\n  - age: ${ALICE}\n    encrypted_regex: ^a$\n`)
    home.write("a.yaml", TEXT)
    expect(encryptedKeys((await home.run(["encrypt", "a.yaml"])).stdout)).toEqual(["a"])
    const same = await home.run(["encrypt", "--encrypted-regex", "^c$", "a.yaml"])
    expect(encryptedKeys(same.stdout)).toEqual(["c"])
    const other = await home.run(["encrypt", "--encrypted-suffix", "_s", "a.yaml"])
    expect(other).toMatchObject({ status: 78, stdout: "" })
    expect(other.stderr).toContain("only one selection rule may be set")
  })

  test("takes the MAC over encrypted values only, where that is wanted", async () => {
    const home = createHome()
    home.write("a.yaml", "a: 1\nb_unencrypted: 2\n")
    const words = ["encrypt", ...AGE, "--mac-only-encrypted", "a.yaml"]
    const { stdout } = await home.run(words)
    expect(stdout).toMatch(/^ +mac_only_encrypted: true$/m)
    home.write("a.yaml", stdout.replace("b_unencrypted: 2", "b_unencrypted: 3"))
    expect((await home.run(["decrypt", "a.yaml"])).stdout).toBe("a: 1\nb_unencrypted: 3\n")
  })
})

test("a file above --max-size is refused before it is read", async () => {
  const home = createHome()
  home.write("a.yaml", YAML)
  const refused = await home.run(["encrypt", ...AGE, "--max-size", "10", "a.yaml"])
  expect(refused).toMatchObject({ status: 65, stdout: "" })
  expect(refused.stderr).toMatch(/10.*\nhint: raise the limit with --max-size/)
  expect((await home.run(["encrypt", ...AGE, "--max-size", "1000", "a.yaml"])).status).toBe(0)
  expect((await home.run(["encrypt", ...AGE, "--max-size", "1k", "a.yaml"])).status).toBe(64)
})
