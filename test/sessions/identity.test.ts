import { chmodSync, mkdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { runProgram } from "../support/program.ts"
import { createHome, type Home, personFile, recipientOf } from "./home.ts"
import { hasTerminal, inTerminal } from "./terminal.ts"

const X25519 = /^age1[a-z0-9]{58}\n$/
const NO_TERMINAL = "and there is no terminal to ask on"

/** Where sops looks for a user's identities. */
function keysFile(home: Home): string {
  return join(home.path, ".config/sops/age/keys.txt")
}

describe("conclave identity new", () => {
  test("without a passphrase writes sops' own file for its owner alone, and prints the recipient", async () => {
    const home = createHome()
    const env = { SOPS_AGE_KEY_FILE: "", XDG_CONFIG_HOME: join(home.path, ".config") }
    const made = await home.run(["identity", "new", "--no-passphrase"], { env })
    expect(made.status).toBe(0)
    expect(made.stdout).toMatch(X25519)
    expect(made.stderr).toBe(
      `wrote ${keysFile(home)} (not protected by a passphrase)\ngive others this recipient:\n`,
    )
    expect(statSync(keysFile(home)).mode & 0o777).toBe(0o600)
    expect(statSync(join(home.path, ".config/sops/age")).mode & 0o777).toBe(0o700)
    const text = readFileSync(keysFile(home), "utf8")
    expect(text).toMatch(/^# created: .*Z\n# public key: age1.*\nAGE-SECRET-KEY-1.*\n$/)
    expect(made.stdout + made.stderr).not.toContain("AGE-SECRET-KEY")

    home.write("a.yaml", "a: x\n")
    expect((await home.run(["encrypt", "-i", "--age", made.stdout.trim(), "a.yaml"], { env })).status).toBe(0)
    expect((await home.run(["decrypt", "a.yaml"], { env })).stdout).toBe("a: x\n")
  })

  test("never writes over a file that is there", async () => {
    const home = createHome()
    home.write("id.txt", "mine\n")
    const refused = await home.run(["identity", "new", "--no-passphrase", "--output", "id.txt"])
    expect(refused).toMatchObject({ status: 64, stdout: "" })
    expect(refused.stderr).toMatch(/id\.txt exists already/)
    expect(home.read("id.txt")).toBe("mine\n")
  })

  test("makes a hybrid key that opens what was encrypted to it", async () => {
    const home = createHome()
    const words = ["identity", "new", "--no-passphrase", "--post-quantum", "-o", "pq.txt", "--json"]
    const { stdout, stderr } = await home.run(words)
    expect(stderr).toBe("")
    const { recipient, file, encrypted } = JSON.parse(stdout)
    expect({ file, encrypted }).toEqual({ file: "pq.txt", encrypted: false })
    expect(recipient).toMatch(/^age1pq1[a-z0-9]{1900,}$/)
    home.write("a.yaml", "a: x\n")
    await home.run(["encrypt", "-i", "--age", recipient, "a.yaml"])
    const env = { SOPS_AGE_KEY_FILE: "pq.txt" }
    expect((await home.run(["decrypt", "a.yaml"], { env })).stdout).toBe("a: x\n")
  })

  test("needs a terminal for its passphrase, and writes nothing without one", async () => {
    const home = createHome()
    const { status, stdout, stderr } = await runProgram(["identity", "new", "-o", "id.txt"], {
      cwd: home.path,
    })
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 77, stdout: "" })
    expect(stderr).toContain(NO_TERMINAL)
    expect(() => home.read("id.txt")).toThrow("ENOENT")
  })
})

describe("conclave identity show", () => {
  test("prints the recipients of a file, never an identity", async () => {
    const home = createHome()
    home.write("two.txt", `${readFileSync(personFile("alice"))}\n${readFileSync(personFile("bob"))}`)
    const { status, stdout, stderr } = await home.run(["identity", "show", "two.txt"])
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
    expect(stdout).toBe(`${recipientOf("alice")}\n${recipientOf("bob")}\n`)
    expect(JSON.parse((await home.run(["identity", "show", "--json", "two.txt"])).stdout)).toEqual({
      file: "two.txt",
      encrypted: false,
      recipients: [recipientOf("alice"), recipientOf("bob")],
    })
  })

  test.each([
    ["that is not there", "nowhere.txt", 2],
    ["that is a folder", "folder", 2],
  ])("of a file %s says so", async (_, file, status) => {
    const home = createHome()
    mkdirSync(join(home.path, "folder"))
    const refused = await home.run(["identity", "show", file])
    expect(refused).toMatchObject({ status, stdout: "" })
    expect(refused.stderr).toContain(file)
  })

  test("of a file that is none names the line, and does not repeat it", async () => {
    const home = createHome()
    home.write("id.txt", `# x\n${"AGE-SECRET-KEY-1".padEnd(74, "Q")}\n`)
    const refused = await home.run(["identity", "show", "id.txt"])
    expect(refused).toMatchObject({ status: 78, stdout: "" })
    expect(refused.stderr).toMatch(/line 2/)
    expect(refused.stderr).not.toContain("QQQQ")
  })
})

describe("conclave identity list", () => {
  test("says where identities are looked for, and what is there", async () => {
    const home = createHome()
    const { status, stdout, stderr } = await home.run(["identity", "list"])
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
    expect(stdout).toMatch(/^SOPS_AGE_KEY_FILE +loaded$/m)
    expect(stdout).toMatch(/^SOPS_AGE_KEY +absent$/m)
    expect(stdout).toContain("keys.txt")
    expect(stdout).not.toContain("AGE-SECRET-KEY")
    const { sources } = JSON.parse((await home.run(["identity", "list", "--json"])).stdout)
    expect(sources).toContainEqual(expect.objectContaining({ source: "SOPS_AGE_KEY_FILE", state: "loaded" }))
  })

  test("says what is wrong with a place", async () => {
    const home = createHome()
    home.write("bad.txt", "hello\n")
    const bad = await home.run(["identity", "list"], { env: { SOPS_AGE_KEY_FILE: "bad.txt" } })
    expect(bad.stdout).toMatch(/^SOPS_AGE_KEY_FILE +failed: .*line 1/m)
    expect(bad.stdout).not.toContain("hello")
    home.write("open.txt", readFileSync(personFile("alice")))
    chmodSync(join(home.path, "open.txt"), 0o644)
    const open = JSON.parse(
      (await home.run(["identity", "list", "--json"], { env: { SOPS_AGE_KEY_FILE: "open.txt" } })).stdout,
    )
    const { warnings } = open.sources.find(({ source }: { source: string }) => source === "SOPS_AGE_KEY_FILE")
    expect(warnings).toHaveLength(1)
  })
})

describe.skipIf(!hasTerminal)("behind a passphrase, on a terminal (needs util-linux' script)", () => {
  const TYPED = "correct horse"

  test("a new identity is written, shown, listed and used", { timeout: 120_000 }, async () => {
    const home = createHome()
    const made = await inTerminal(
      home,
      ["identity", "new", "-o", "id.txt"],
      [
        [/New passphrase for id\.txt: /, TYPED],
        [/The same again: /, TYPED],
      ],
    )
    expect(made.status).toBe(0)
    expect(made.screen).not.toContain(TYPED)
    expect(made.screen).toMatch(/wrote id\.txt\r\ngive others this recipient:\r\n/)
    const recipient = /age1[a-z0-9]{58}/.exec(made.screen)?.[0] ?? ""
    expect(home.read("id.txt")).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/)
    expect(statSync(join(home.path, "id.txt")).mode & 0o777).toBe(0o600)

    const shown = await inTerminal(
      home,
      ["identity", "show", "id.txt"],
      [[/Passphrase for id\.txt: /, TYPED]],
    )
    expect(shown).toMatchObject({ status: 0 })
    expect(shown.screen).toContain(recipient)

    home.write("a.yaml", "a: x\n")
    await home.run(["encrypt", "-i", "--age", recipient, "a.yaml"])
    const env = { SOPS_AGE_KEY_FILE: "id.txt" }
    const read = await inTerminal(home, ["decrypt", "a.yaml"], [[/Passphrase for .*: /, TYPED]], env)
    expect(read.screen).toMatch(/a: x\r\n$/)
    // The same answer twice ends the asking.
    const wrong = await inTerminal(
      home,
      ["decrypt", "a.yaml"],
      [
        [/Passphrase for .*: /, "wrong"],
        [/(Passphrase for [\s\S]*){2}: /, "wrong"],
      ],
      env,
    )
    expect(wrong.status).toBe(128)
    expect(wrong.screen).not.toContain("a: x")

    const alone = { cwd: home.path, env }
    expect((await runProgram(["decrypt", "a.yaml"], alone)).status).toBe(128)
    expect((await runProgram(["identity", "show", "id.txt"], alone)).stderr).toContain(NO_TERMINAL)
  })

  test("two that differ, or none, write nothing", { timeout: 60_000 }, async () => {
    const home = createHome()
    const differ = await inTerminal(
      home,
      ["identity", "new", "-o", "id.txt"],
      [
        [/New passphrase for id\.txt: /, TYPED],
        [/The same again: /, "another"],
      ],
    )
    expect(differ.status).toBe(64)
    expect(differ.screen).toContain("the two differ; nothing was written")
    const none = await inTerminal(home, ["identity", "new", "-o", "id.txt"], [[/New passphrase/, ""]])
    expect(none.status).toBe(64)
    expect(none.screen).toContain("--no-passphrase says that this is meant")
    expect(() => home.read("id.txt")).toThrow("ENOENT")
  })
})
