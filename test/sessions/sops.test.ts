/** The words of sops, taken as sops 3.13 takes them: its flags, its output, its exit codes. */

import { mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { PROGRAM, runProgram } from "../support/program.ts"
import { createHome, personFile, recipientOf } from "./home.ts"

const ALICE = recipientOf("alice")
const BOB = recipientOf("bob")
const YAML = "a: 1\nb: two\n"

describe("conclave sops", () => {
  test.each([
    [
      ["-e", "--age", ALICE, "a.yaml"],
      ["-d", "b.yaml"],
    ],
    [
      ["--encrypt", "--age", ALICE, "a.yaml"],
      ["--decrypt", "b.yaml"],
    ],
    [
      ["-encrypt", "-age", ALICE, "a.yaml"],
      ["-decrypt", "b.yaml"],
    ],
    [
      ["-e", "-a", ALICE, "a.yaml"],
      ["-d=true", "b.yaml"],
    ],
    [
      ["--age", ALICE, "-e", "a.yaml"],
      ["--verbose", "-d", "b.yaml"],
    ],
    [
      ["encrypt", "--age", ALICE, "a.yaml"],
      ["decrypt", "b.yaml"],
    ],
    [
      ["encrypt", `-age=${ALICE}`, "a.yaml"],
      ["decrypt", "--", "b.yaml"],
    ],
    [
      ["--disable-version-check", "encrypt", "--age", ALICE, "a.yaml"],
      ["--disable-version-check", "decrypt", "b.yaml"],
    ],
  ])("%j and then %j give the plaintext back", async (encrypt, decrypt) => {
    const home = createHome()
    home.write("a.yaml", YAML)
    const { status, stdout } = await home.run(["sops", ...encrypt])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^a: ENC\[[\s\S]*\nsops:\n {4}age:\n {8}- enc: \|\n/)
    home.write("b.yaml", stdout)
    expect(await home.run(["sops", ...decrypt])).toEqual({ status: 0, stdout: YAML, stderr: "" })
  })

  test.each([
    [["-e", "-i", "--age", ALICE, "a.yaml"]],
    [["--encrypt", "--in-place", "--age", ALICE, "a.yaml"]],
    [["encrypt", "--in-place=true", "--age", ALICE, "a.yaml"]],
    [["encrypt", "-i=1", "--age", ALICE, "a.yaml"]],
    [["encrypt", "-in-place", "--age", ALICE, "a.yaml"]],
  ])("%j writes the file, and says nothing", async (words) => {
    const home = createHome()
    home.write("a.yaml", YAML)
    expect(await home.run(["sops", ...words])).toEqual({ status: 0, stdout: "", stderr: "" })
    expect(home.read("a.yaml")).toMatch(/^sops:$/m)
    expect(await home.run(["sops", "-d", "-i", "a.yaml"])).toEqual({ status: 0, stdout: "", stderr: "" })
    expect(home.read("a.yaml")).toBe(YAML)
  })

  test("--in-place=false writes to standard output", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    const { stdout } = await home.run(["sops", "decrypt", "--in-place=false", "a.yaml"])
    expect(stdout).toBe(YAML)
    expect(home.read("a.yaml")).not.toBe(YAML)
  })

  test("is what a link named sops starts, whatever its folder", async () => {
    const home = createHome()
    mkdirSync(join(home.path, "bin"))
    const link = join(home.path, "bin/sops")
    symlinkSync(PROGRAM, link)
    await home.encrypt("a.yaml", YAML)
    const env = { SOPS_AGE_KEY_FILE: personFile("alice") }
    const outcome = await runProgram(["-d", "a.yaml"], { cwd: home.path, program: link, env })
    expect(outcome).toMatchObject({ status: 0, stderr: "" })
    expect(outcome.stdout.toString()).toBe(YAML)
    const missing = await runProgram(["-d", "nowhere.yaml"], { cwd: home.path, program: link, env })
    expect(missing.status).toBe(100)
  })

  test("tells the version of sops that it stands for, as scripts ask for it", async () => {
    const home = createHome()
    const link = join(home.path, "sops")
    symlinkSync(PROGRAM, link)
    for (const word of ["--version", "-v"]) {
      expect(await home.run(["sops", word])).toEqual({ status: 0, stdout: "sops 3.13.2\n", stderr: "" })
      const linked = await runProgram([word], { cwd: home.path, program: link })
      expect(linked.stdout.toString()).toBe("sops 3.13.2\n")
    }
  })

  test("takes formats in Go's spelling of flags", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    const json = '{\n\t"a": 1,\n\t"b": "two"\n}\n'
    for (const flag of [["-output-type", "json"], ["--output-type=json"], ["-output-type=json"]]) {
      expect((await home.run(["sops", "decrypt", ...flag, "a.yaml"])).stdout).toBe(json)
      expect((await home.run(["sops", "-d", ...flag, "a.yaml"])).stdout).toBe(json)
    }
    home.write("copy", home.read("a.yaml"))
    expect(
      (await home.run(["sops", "-d", "--input-type", "yaml", "--output-type", "yaml", "copy"])).stdout,
    ).toBe(YAML)
    expect((await home.run(["sops", "-d", "--output-type", "dotenv", "a.yaml"])).stdout).toBe("a=1\nb=two\n")
  })

  test("takes out a part", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", "a:\n    b:\n        - x\n        - 2\nt: text\n")
    const part = async (path: string) =>
      (await home.run(["sops", "decrypt", "--extract", path, "a.yaml"])).stdout
    expect(await part('["a"]["b"][0]')).toBe("x")
    expect((await part('["a"]["b"][1]')).trim()).toBe("2")
    expect(await part('["t"]')).toBe("text")
    expect(await part('["a"]')).toBe("b:\n    - x\n    - 2\n")
    expect((await home.run(["sops", "-d", "--extract", '["t"]', "a.yaml"])).stdout).toBe("text")
  })

  test("reads standard input with a name for it", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    const input = home.read("a.yaml")
    expect((await home.run(["sops", "decrypt", "--filename-override", "x.yaml"], { input })).stdout).toBe(
      YAML,
    )
    const words = ["sops", "encrypt", "--filename-override", "x.yaml", "--age", ALICE]
    expect((await home.run(words, { input: YAML })).stdout).toMatch(/^a: ENC/)
  })

  test("writes to a file, plaintext for its owner alone", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", YAML)
    expect(await home.run(["sops", "decrypt", "--output", "plain.yaml", "a.yaml"])).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    })
    expect(home.read("plain.yaml")).toBe(YAML)
    expect(statSync(join(home.path, "plain.yaml")).mode & 0o777).toBe(0o600)
  })

  test("prints canonically, as sops does", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", "a:   'x'\n\nb: {c: y}\n")
    expect((await home.run(["sops", "-d", "a.yaml"])).stdout).toBe('a: x\nb:\n    c: "y"\n')
  })

  test("ignores a MAC that does not fit only when it is told to", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", "a: x\nb_unencrypted: clear\n")
    home.write("a.yaml", home.read("a.yaml").replace("clear", "altered"))
    expect(await home.run(["sops", "-d", "a.yaml"])).toMatchObject({ status: 51, stdout: "" })
    expect((await home.run(["sops", "-d", "--ignore-mac", "a.yaml"])).stdout).toBe(
      "a: x\nb_unencrypted: altered\n",
    )
  })

  test("takes the MAC over encrypted values only by a flag before the command", async () => {
    const home = createHome()
    home.write("a.yaml", YAML)
    const { stdout } = await home.run(["sops", "--mac-only-encrypted", "encrypt", "--age", ALICE, "a.yaml"])
    expect(stdout).toMatch(/^ {4}mac_only_encrypted: true$/m)
  })

  test("takes the recipients of the environment", async () => {
    const home = createHome()
    home.write("a.yaml", YAML)
    const { stdout } = await home.run(["sops", "-e", "a.yaml"], {
      env: { SOPS_AGE_RECIPIENTS: `${ALICE},${BOB}` },
    })
    expect(stdout.match(/recipient: age1[a-z0-9]+/g)).toEqual([`recipient: ${ALICE}`, `recipient: ${BOB}`])
  })
})

describe("the configuration of conclave sops", () => {
  const rule = (recipient: string) => `creation_rules:\n  - age: ${recipient}\n`

  test("is looked for from the working folder upwards, not at the file's repository", async () => {
    const home = createHome()
    mkdirSync(join(home.path, "repo/.git"), { recursive: true })
    home.write("repo/.sops.yaml", rule(BOB))
    home.write(".sops.yaml", rule(ALICE))
    home.write("repo/a.yaml", YAML)
    const readers = async (words: string[]) => (await home.run(words)).stdout.match(/age1[a-z0-9]{50,}/g)
    expect(await readers(["sops", "-e", "repo/a.yaml"])).toEqual([ALICE])
    expect(await readers(["encrypt", "repo/a.yaml"])).toEqual([BOB])
    expect(await readers(["sops", "--config", "repo/.sops.yaml", "-e", "repo/a.yaml"])).toEqual([BOB])
    const inside = await runProgram(["sops", "-e", "a.yaml"], { cwd: join(home.path, "repo") })
    expect(inside.stdout.toString()).toContain(BOB)
  })
})

describe("the exit codes of sops", () => {
  const env = { SOPS_AGE_KEY: readFileSync(personFile("bob"), "utf8"), SOPS_AGE_KEY_FILE: "" }

  test.each<[string, string[], number, Record<string, string>?]>([
    ["a MAC that does not fit", ["-d", "altered.yaml"], 51],
    ["no MAC", ["-d", "without-mac.yaml"], 51],
    ["no configuration and no keys", ["-e", "plain.yaml"], 61],
    ["the same in the newer words", ["encrypt", "plain.yaml"], 61],
    ["a path that leads nowhere", ["-d", "--extract", '["x"]', "a.yaml"], 91],
    ["an empty file", ["-e", "--age", ALICE, "empty.yaml"], 92],
    ["a file that is not there", ["-d", "nowhere.yaml"], 100],
    ["a file that is not there, to encrypt", ["encrypt", "--age", ALICE, "nowhere.yaml"], 100],
    ["no file", ["filestatus"], 100],
    ["nobody's key", ["-d", "a.yaml"], 128, env],
    ["a file that is encrypted already", ["-e", "--age", ALICE, "a.yaml"], 203],
    [
      "two selection rules",
      ["-e", "--age", ALICE, "--encrypted-regex=a", "--encrypted-suffix=b", "plain.yaml"],
      8,
    ],
    ["two places for the result", ["-d", "-i", "--output", "x", "a.yaml"], 8],
    ["standard input without a name", ["encrypt", "--age", ALICE], 8],
    ["a kind of key that is named twice", ["-d", "--decryption-order", "age,age", "a.yaml"], 112],
    ["a result that cannot be written", ["-d", "--output", "nowhere/x", "a.yaml"], 3],
    ["a flag that is none", ["decrypt", "--no-such-flag", "a.yaml"], 1],
    ["a flag without its value", ["decrypt", "a.yaml", "--extract"], 1],
  ])("for %s: sops %j ends with %3$i", async (_, words, status, more = {}) => {
    const home = createHome()
    await home.encrypt("a.yaml", "a: x\nb_unencrypted: clear\n")
    home.write("altered.yaml", home.read("a.yaml").replace("clear", "altered"))
    home.write("without-mac.yaml", home.read("a.yaml").replace(/^ +mac: .*\n/m, ""))
    home.write("plain.yaml", YAML)
    home.write("empty.yaml", "")
    const outcome = await home.run(["sops", ...words], { env: more })
    expect({ status: outcome.status, stdout: outcome.stdout }).toEqual({ status, stdout: "" })
    expect(outcome.stderr).not.toBe("")
  })
})
