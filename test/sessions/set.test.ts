import { execFileSync } from "node:child_process"
import { describe, expect, test } from "vitest"
import { createHome, type Home } from "./home.ts"
import { hasTerminal, inTerminal } from "./terminal.ts"

const YAML = `# head
database:
  host: db.example # where
  password: 'old'
  ports: [5432, 5433]

empty:
note_unencrypted: seen
`

/** Lines that `git diff` shows as added or removed. */
function changedLines(home: Home): string[] {
  const text = git(home, "diff", "-U0")
  return text.split("\n").filter((line) => /^[+-](?![+-]{2} )/.test(line))
}

function git(home: Home, ...words: string[]): string {
  return execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example", ...words], {
    cwd: home.path,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  })
}

function commit(home: Home): void {
  git(home, "init", "-q")
  git(home, "add", "-A")
  git(home, "commit", "-q", "-m", "x")
}

async function valueAt(home: Home, file: string, path: string): Promise<string> {
  const { status, stdout, stderr } = await home.run(["get", file, path])
  expect(stderr).toBe("")
  expect(status).toBe(0)
  return stdout
}

describe("conclave set", () => {
  test("takes a value from standard input, without its line end, and says what changed", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", YAML)
    const done = await home.run(["set", "db.yaml", "database.password", "--stdin"], { input: "new\r\n" })
    expect(done).toMatchObject({ status: 0, stdout: "" })
    expect(done.stderr).toMatch(/^changed {2}database\.password\ndb\.yaml: 1 value, read by age1\w+\n$/)
    expect(await valueAt(home, "db.yaml", "database.password")).toBe("new")
  })

  test("keeps the layout of all that it does not set", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", YAML)
    await home.run(["set", "db.yaml", "database.password", "-"], { input: "new" })
    const { stdout } = await home.run(["decrypt", "db.yaml"])
    expect(stdout).toBe(YAML.replace("'old'", "'new'"))
  })

  test.each([
    ["yaml", leaves(1000, (i) => `key${i}: value${i} # note\n\n`), "key500"],
    ["json", `{\n${leaves(1000, (i) => `   "key${i}": "value${i}"${i < 999 ? "," : ""}\n`)}}\n`, "key500"],
    ["env", leaves(1000, (i) => `# note\nkey${i}=value${i}\n\n`), "key500"],
    ["ini", leaves(1000, (i) => `[s${i}]\n; note\nkey = value${i}\n\n`), "s500.key"],
  ])(
    "changes three lines of a %s file with 1,000 values, and none where it says the same",
    async (format, plain, path) => {
      const home = createHome()
      const file = `f.${format}`
      await home.encrypt(file, plain)
      // Written in another second than it was encrypted in: the date is one of the three.
      home.write(file, home.read(file).replace(/\r/g, ""))
      await nextSecond()
      commit(home)
      await home.run(["set", file, path, "--stdin"], { input: "new" })
      const lines = changedLines(home)
      expect(lines.filter((line) => line.startsWith("+"))).toHaveLength(3)
      expect(lines.filter((line) => line.startsWith("-"))).toHaveLength(3)
      commit(home)
      await nextSecond()
      const again = await home.run(["set", file, path, "--stdin", "--idempotent"], { input: "new" })
      expect(again).toMatchObject({ status: 0, stderr: `unchanged  ${path}\n${file}: not written\n` })
      expect(changedLines(home)).toEqual([])
    },
  )

  test("takes a value from a file, byte for byte where it has several lines", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", YAML)
    home.write("key.pem", "-----BEGIN\nabc\n-----END\n")
    home.write("line", "one line\n")
    await home.run(["set", "db.yaml", "tls['server.key']", "--value-file", "key.pem"])
    await home.run(["set", "db.yaml", "tls.line", "--value-file", "line"])
    expect(await valueAt(home, "db.yaml", '["tls"]["server.key"]')).toBe("-----BEGIN\nabc\n-----END\n")
    expect(await valueAt(home, "db.yaml", "tls.line")).toBe("one line")
  })

  test("sets texts, and what JSON says with --json-value", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", YAML)
    await home.run(["set", "db.yaml", "database.ports[0]", "--stdin"], { input: "80" })
    await home.run(["set", "db.yaml", "database.ports[1]", "--stdin", "--json-value"], { input: "80" })
    await home.run(["set", "db.yaml", "empty", "--stdin", "--json-value"], {
      input: '{"a": [true, null, 1.5]}',
    })
    const { stdout } = await home.run(["get", "--json", "db.yaml", "database.ports", "empty"])
    expect(JSON.parse(stdout).values.map((each: { value: unknown }) => each.value)).toEqual([
      ["80", 80],
      { a: [true, null, 1.5] },
    ])
  })

  test.each([
    ["24", /^[A-Za-z0-9]{24}\n$/],
    ["hex", /^[0-9a-f]{64}\n$/],
    ["hex:8", /^[0-9a-f]{16}\n$/],
    ["base64:9", /^[A-Za-z0-9+/]{12}\n$/],
    ["uuid", /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n$/],
  ])("generates %s, and prints it only with --show", async (kind, spelling) => {
    const home = createHome()
    await home.encrypt("db.yaml", YAML)
    const shown = await home.run(["set", "--show", "--generate", kind, "db.yaml", "token"])
    expect(shown.stdout).toMatch(spelling)
    expect(`${await valueAt(home, "db.yaml", "token")}\n`).toBe(shown.stdout)
    const hidden = await home.run(["set", "--generate", kind, "db.yaml", "token"])
    expect(hidden.stdout).toBe("")
    expect(hidden.stderr).not.toContain(await valueAt(home, "db.yaml", "token"))
    expect(await valueAt(home, "db.yaml", "token")).not.toBe(shown.stdout.trim())
  })

  test("refuses a value in the arguments, and tells the reason and not the value", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", YAML)
    const before = home.read("db.yaml")
    const done = await home.run(["set", "db.yaml", "database.password", "hunter2"])
    expect(done.status).toBe(64)
    expect(done.stderr).toMatch(/process lists/)
    expect(done.stderr).not.toContain("hunter2")
    expect(home.read("db.yaml")).toBe(before)
  })

  test.each([
    ["no terminal and no other source", ["f.yaml", "a"], 64, /no terminal/],
    ["two sources", ["f.yaml", "a", "--stdin", "--generate", "uuid"], 64, /exclude each other/],
    ["a length that can be guessed", ["f.yaml", "a", "--generate", "4"], 64, /--generate takes/],
    ["nothing on standard input", ["f.yaml", "a", "--stdin"], 64, /empty/],
    ["--show without --generate", ["f.yaml", "a", "--stdin", "--show"], 64, /--show/],
    [
      "a path through a value",
      ["f.yaml", "database.host.x", "--generate", "uuid"],
      91,
      /database.host is a single value/,
    ],
    [
      "a key where a list is",
      ["f.yaml", "database.ports.x", "--generate", "uuid"],
      91,
      /is a list: give an index/,
    ],
    [
      "a place beyond the end of a list",
      ["f.yaml", "database.ports[7]", "--generate", "uuid"],
      91,
      /which has 2 items/,
    ],
    ["a negative index", ["f.yaml", "database.ports[-1]", "--generate", "uuid"], 91, /not a path/],
    ["an empty path", ["f.yaml", "", "--generate", "uuid"], 91, /not a path/],
    ["the metadata's name", ["f.yaml", "sops", "--generate", "uuid"], 203, /kept for SOPS' metadata/],
    ["a file that is not there", ["gone.yaml", "a", "--generate", "uuid"], 2, /does not exist/],
    ["standard input for a file", ["-", "a", "--generate", "uuid"], 64, /name a FILE/],
  ])("refuses %s", async (_, words, status, says) => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const before = home.read("f.yaml")
    const done = await home.run(["set", ...words])
    expect(done.stderr).toMatch(says)
    expect(done.status).toBe(status)
    expect(home.read("f.yaml")).toBe(before)
  })

  test("makes missing parents, also of a key with nothing behind it", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", YAML)
    const done = await home.run(["set", "db.yaml", "empty.deep[0].z", "-"], { input: "x" })
    expect(done.stderr).toMatch(/^added {4}empty\.deep\[0\]\.z\n/)
    expect(await valueAt(home, "db.yaml", '["empty"]["deep"][0]["z"]')).toBe("x")
  })

  test("warns of a value that the file's rule leaves in clear", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", YAML)
    const done = await home.run(["set", "db.yaml", "note_unencrypted", "--stdin"], { input: "clear" })
    expect(done.stderr).toMatch(/^warning: note_unencrypted stands in clear in db\.yaml/)
    const json = await home.run(["set", "--json", "db.yaml", "note_unencrypted", "-"], { input: "other" })
    expect(JSON.parse(json.stdout)).toEqual({
      file: "db.yaml",
      path: "note_unencrypted",
      change: "changed",
      encrypted: false,
    })
  })

  test("refuses a file whose rule is not the configuration's, unless it is accepted", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", YAML, "--encrypted-regex", "^password$")
    home.write(".sops.yaml", `creation_rules:\n  - age: ${home.read("db.yaml").match(/age1\w+/)?.[0]}\n`)
    const before = home.read("db.yaml")
    const refused = await home.run(["set", "db.yaml", "token", "--stdin"], { input: "canary" })
    expect(refused.status).toBe(78)
    expect(refused.stderr).toMatch(/encrypted_regex "\^password\$", the configuration unencrypted_suffix/)
    expect(home.read("db.yaml")).toBe(before)
    const accepted = await home.run(["set", "--accept-rule", "db.yaml", "token", "--stdin"], {
      input: "canary",
    })
    expect(accepted.stderr).toMatch(/^warning: token stands in clear in db\.yaml, by the file's own rule\n/)
    expect(home.read("db.yaml")).toContain("canary")
  })

  test("refuses to write by a configuration that is misspelt, before it asks for the value", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", YAML)
    home.write(".sops.yaml", "creation_rules:\n  - agee: x\n")
    const done = await home.run(["set", "db.yaml", "a", "--generate", "uuid"])
    expect(done).toMatchObject({ status: 78 })
    expect(done.stderr).toMatch(/did you mean age\?/)
  })

  test.skipIf(!hasTerminal)("asks on a terminal, and does not show the answer", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", YAML)
    const { status, screen } = await inTerminal(
      home,
      ["set", "db.yaml", "database.password"],
      [[/Value for database\.password in db\.yaml: $/, "canary"]],
    )
    expect(status).toBe(0)
    expect(screen).toMatch(/changed {2}database\.password/)
    expect(screen).not.toContain("canary")
    expect(await valueAt(home, "db.yaml", "database.password")).toBe("canary")
    const nothing = await inTerminal(home, ["set", "db.yaml", "database.password"], [[/: $/, ""]])
    expect(nothing.screen).toMatch(/the value is empty, nothing was written/)
  })

  test("sets both of two values that are set at the same time", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", YAML)
    const names = ["a", "b", "c", "d"]
    const all = await Promise.all(
      names.map((name) => home.run(["set", "db.yaml", name, "-"], { input: name })),
    )
    expect(all.map(({ status }) => status)).toEqual([0, 0, 0, 0])
    for (const name of names) expect(await valueAt(home, "db.yaml", name)).toBe(name)
  })
})

function leaves(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join("")
}

function nextSecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 - (Date.now() % 1000) + 5))
}
