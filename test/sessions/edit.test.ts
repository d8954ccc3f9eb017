/** Editing with a scripted editor, through the built program. */

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { scriptedEditor } from "./editor.ts"
import { ALICE, createHome, type Home } from "./home.ts"

const isRoot = process.getuid?.() === 0
const RECIPIENT = /^# recipient: (\S+)/m.exec(ALICE)?.[1] ?? ""
const PLAIN = "# about\ndatabase:\n    host: db.example\n    password: hunter2\nport: 5432\n"

async function edit(home: Home, script: string, words: readonly string[] = ["db.yaml"], env = {}) {
  return home.run(["edit", ...words], { env: { EDITOR: scriptedEditor(home, script), ...env } })
}

async function plain(home: Home, name = "db.yaml"): Promise<string> {
  const { status, stdout, stderr } = await home.run(["decrypt", name])
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/** Encrypted edits that were kept. */
function drafts(home: Home): string[] {
  const folder = join(home.path, ".local/state/conclave/drafts")
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
}

describe("conclave edit", () => {
  test("gives the plaintext to the editor and writes what has changed", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    const before = home.read("db.yaml")
    const result = await edit(home, `save(text.replace("hunter2", "correct horse"))`)
    expect(result).toMatchObject({ status: 0, stdout: "" })
    expect(result.stderr).toBe(`changed  database.password\ndb.yaml: 1 value, read by ${RECIPIENT}\n`)
    expect(await plain(home)).toBe(PLAIN.replace("hunter2", "correct horse"))
    const after = home.read("db.yaml").split("\n")
    const differing = before.split("\n").filter((line, i) => line !== after[i])
    // Within one second the date stays.
    expect(
      differing.map((line) => line.trim().split(":")[0]).filter((key) => key !== "lastmodified"),
    ).toEqual(["password", "mac"])
    expect(drafts(home)).toEqual([])
  })

  test("names what was added and removed, as data too", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    const result = await edit(home, `save(text.replace("port: 5432\\n", "") + "user: app\\n")`, [
      "--json",
      "db.yaml",
    ])
    expect(result.status).toBe(0)
    expect(JSON.parse(result.stdout)).toMatchObject({
      file: "db.yaml",
      written: "db.yaml",
      merged: false,
      changes: [
        { change: "removed", path: "port" },
        { change: "added", path: "user" },
      ],
    })
    expect(result.stdout + result.stderr).not.toContain("app")
  })

  test.each([
    ["leaves the file as it is", ""],
    ["saves the same text", "save(text)"],
    ["saves it under a new inode", `fs.writeFileSync(file + "~", text); fs.renameSync(file + "~", file)`],
  ])("writes nothing and ends with 200 when the editor %s", async (_, script) => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    const before = home.read("db.yaml")
    const stat = statSync(join(home.path, "db.yaml"))
    const result = await edit(home, script)
    expect(result).toEqual({ status: 200, stdout: "", stderr: "db.yaml: unchanged, not written\n" })
    expect(home.read("db.yaml")).toBe(before)
    expect(statSync(join(home.path, "db.yaml")).ino).toBe(stat.ino)
  })

  test("lays the plaintext into memory, for its owner alone, under its own name", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    const told = join(home.path, "told.json")
    const script = `
      const { dirname, basename } = require("node:path")
      const folder = dirname(file)
      fs.writeFileSync(${JSON.stringify(told)}, JSON.stringify({
        name: basename(file),
        mode: (fs.statSync(file).mode & 0o777).toString(8),
        folderMode: (fs.statSync(folder).mode & 0o777).toString(8),
        type: fs.statfsSync(folder).type.toString(16),
        alone: fs.readdirSync(folder).length,
        temporary: process.env.TMPDIR === folder,
        folder,
      }))
      fs.writeFileSync(folder + "/side", text)`
    await edit(home, script)
    const facts = JSON.parse(readFileSync(told, "utf8"))
    expect(facts).toMatchObject({
      name: "db.yaml",
      mode: "600",
      folderMode: "700",
      alone: 1,
      temporary: true,
    })
    if (process.platform === "linux") expect(facts.type).toBe("1021994")
    expect(existsSync(facts.folder)).toBe(false)
  })

  test("keeps an edit encrypted when it does not parse and nobody can be asked", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    const before = home.read("db.yaml")
    const broken = "database: [hunter3\n\tpassword"
    const result = await edit(home, `save(${JSON.stringify(broken)})`)
    expect(result.status).toBe(2)
    expect(result.stderr).toMatch(/^error: line 2, column 1: .*; the edit is kept/)
    expect(home.read("db.yaml")).toBe(before)
    const [draft = ""] = drafts(home)
    expect(result.stderr).toContain(`conclave decrypt ${draft}`)
    expect(statSync(draft).mode & 0o777).toBe(0o600)
    expect(readFileSync(draft, "utf8")).not.toContain("hunter3")
    expect(await plain(home, draft)).toBe(broken)
  })

  test("ends with 201 when the editor fails, and keeps what it has saved", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    const before = home.read("db.yaml")
    const untouched = await edit(home, "process.exit(3)")
    expect(untouched.status).toBe(201)
    expect(untouched.stderr).toContain("it ended with 3")
    expect(drafts(home)).toEqual([])
    const saved = await edit(home, `save(text + "new: 1\\n"); process.exit(1)`)
    expect(saved.status).toBe(201)
    expect(drafts(home)).toHaveLength(1)
    expect(await plain(home, drafts(home)[0])).toBe(`${PLAIN}new: 1\n`)
    expect(home.read("db.yaml")).toBe(before)
  })

  test("ends with 201 when there is no such editor", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    const result = await home.run(["edit", "db.yaml", "--editor", "no-such-editor -x"])
    expect(result.status).toBe(201)
    expect(result.stderr).toContain("no-such-editor")
    const quotes = await home.run(["edit", "db.yaml"], { env: { EDITOR: "vim '" } })
    expect(quotes.status).toBe(201)
  })

  test("takes the first editor that is named: --editor, SOPS_EDITOR, EDITOR, VISUAL", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    const log = join(home.path, "log")
    const editors = Object.fromEntries(
      ["flag", "SOPS_EDITOR", "EDITOR", "VISUAL"].map((name) => [
        name,
        scriptedEditor(
          home,
          `fs.appendFileSync(${JSON.stringify(log)}, "${name}" + process.argv.slice(2, -1).join(",") + "\\n")`,
          name,
        ),
      ]),
    )
    const { flag = "", ...env } = editors
    await home.run(["edit", "db.yaml", "--editor", `${flag} 'two words'`], { env })
    await home.run(["edit", "db.yaml"], { env })
    await home.run(["edit", "db.yaml"], { env: { EDITOR: env["EDITOR"] ?? "", VISUAL: env["VISUAL"] ?? "" } })
    await home.run(["edit", "db.yaml"], { env: { VISUAL: env["VISUAL"] ?? "" } })
    expect(readFileSync(log, "utf8")).toBe("flagtwo words\nSOPS_EDITOR\nEDITOR\nVISUAL\n")
  })

  test.runIf(process.platform === "linux")(
    "lets signals that it gets reach the editor, and cleans up behind it",
    async () => {
      const home = createHome()
      await home.encrypt("db.yaml", PLAIN)
      const ready = join(home.path, "ready")
      const script = `save(text + "half: done\\n"); fs.writeFileSync(${JSON.stringify(ready)}, file); setTimeout(() => {}, 60000)`
      const running = home.start(["edit", "db.yaml"], { env: { EDITOR: scriptedEditor(home, script) } })
      while (!existsSync(ready)) await new Promise((resolve) => setTimeout(resolve, 20))
      const folder = join(readFileSync(ready, "utf8"), "..")
      running.child.kill("SIGTERM")
      const { status, stderr } = await running.ended
      expect(status).toBe(201)
      expect(stderr).toContain("143")
      expect(existsSync(folder)).toBe(false)
      expect(await plain(home, drafts(home)[0])).toBe(`${PLAIN}half: done\n`)
    },
  )

  test("keeps a second person of ours from editing the same file", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    const inner = join(home.path, "inner.json")
    const script = `
      const { spawnSync } = require("node:child_process")
      const { status, stderr } = spawnSync(process.execPath, [${JSON.stringify(programPath())}, "edit", ${JSON.stringify(join(home.path, "db.yaml"))}], { encoding: "utf8" })
      fs.writeFileSync(${JSON.stringify(inner)}, JSON.stringify({ status, stderr }))`
    expect((await edit(home, script)).status).toBe(200)
    const { status, stderr } = JSON.parse(readFileSync(inner, "utf8"))
    expect(status).toBe(75)
    expect(stderr).toMatch(/being changed by another conclave\nhint: .*process \d+/)
  })

  test("works on JSON, dotenv, INI and binary files", async () => {
    const home = createHome()
    const files: Readonly<Record<string, readonly [string, string, string]>> = {
      "a.json": [`{\n  "a": 1,\n  "b": "x"\n}\n`, `"x"`, `"y"`],
      "a.env": ["# note\nA=1\n\nB=x\n", "B=x", "B=y"],
      "a.ini": ["[s]\na = 1\nb = x\n", "b = x", "b = y"],
      "key.pem": ["-----BEGIN-----\nx\n", "x", "y"],
    }
    for (const [name, [text, from, to]] of Object.entries(files)) {
      await home.encrypt(name, text)
      const result = await edit(home, `save(text.replace(${JSON.stringify(from)}, ${JSON.stringify(to)}))`, [
        name,
      ])
      expect(result).toMatchObject({ status: 0 })
      expect(await plain(home, name)).toBe(text.replace(from, to))
    }
  })

  test("refuses a file that is not encrypted", async () => {
    const home = createHome()
    home.write("plain.yaml", PLAIN)
    const result = await edit(home, `save("x: 1\\n")`, ["plain.yaml"])
    expect(result.status).toBe(2)
    expect(result.stderr).toContain("is the file encrypted")
    expect(home.read("plain.yaml")).toBe(PLAIN)
  })
})

describe("a file that changes while it is edited", () => {
  const elsewhere = (home: Home, ...words: string[]) => `
    const { spawnSync } = require("node:child_process")
    const done = spawnSync(process.execPath, [${JSON.stringify(programPath())}, ...${JSON.stringify(words)}], { cwd: ${JSON.stringify(home.path)}, input: "theirs", encoding: "utf8" })
    if (done.status !== 0) { console.error(done.stderr); process.exit(9) }`

  test("gets the edit merged into it", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    const script = `${elsewhere(home, "set", "db.yaml", "database.host", "--stdin")}; save(text.replace("hunter2", "ours"))`
    const result = await edit(home, script)
    expect(result.stderr).toContain("merged")
    expect(result.stderr).toContain("changed  database.password\n")
    expect(result.status).toBe(0)
    expect(await plain(home)).toBe(PLAIN.replace("hunter2", "ours").replace("db.example", "theirs"))
    expect(drafts(home)).toEqual([])
  })

  test("gets it merged under a new data key", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    const script = `${elsewhere(home, "rekey", "db.yaml")}; save(text.replace("hunter2", "ours"))`
    const result = await edit(home, script)
    expect(result.stderr).toContain("merged")
    expect(await plain(home)).toBe(PLAIN.replace("hunter2", "ours"))
  })

  test("stays as the other one left it where both changed one value, and the edit is kept", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    const script = `${elsewhere(home, "set", "db.yaml", "database.password", "--stdin")}; save(text.replace("hunter2", "ours"))`
    const result = await edit(home, script)
    expect(result.status).toBe(75)
    expect(result.stderr).toContain("database.password")
    expect(result.stderr).not.toContain("ours")
    expect(await plain(home)).toBe(PLAIN.replace("hunter2", "theirs"))
    expect(await plain(home, drafts(home)[0])).toBe(PLAIN.replace("hunter2", "ours"))
  })

  test.each([
    ["removed", `fs.unlinkSync`, undefined],
    ["replaced by something else", `((path) => fs.writeFileSync(path, "no: sops\\n"))`, "no: sops\n"],
  ])("is not written when it was %s, and the edit is kept", async (_, change, left) => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    const path = JSON.stringify(join(home.path, "db.yaml"))
    const result = await edit(home, `${change}(${path}); save(text.replace("hunter2", "ours"))`)
    expect(result.status).not.toBe(0)
    expect(existsSync(join(home.path, "db.yaml")) ? home.read("db.yaml") : undefined).toBe(left)
    expect(await plain(home, drafts(home)[0])).toBe(PLAIN.replace("hunter2", "ours"))
  })
})

describe("a write that fails", () => {
  test.skipIf(isRoot)("in a read-only folder keeps the edit (not as root)", async () => {
    const home = createHome()
    mkdirSync(join(home.path, "sub"))
    await home.encrypt("sub/db.yaml", PLAIN)
    chmodSync(join(home.path, "sub"), 0o555)
    const result = await edit(home, `save(text.replace("hunter2", "ours"))`, ["sub/db.yaml"])
    chmodSync(join(home.path, "sub"), 0o755)
    expect(result.status).toBe(3)
    expect(await plain(home, "sub/db.yaml")).toBe(PLAIN)
    expect(await plain(home, drafts(home)[0])).toBe(PLAIN.replace("hunter2", "ours"))
  })

  test("in a folder that is gone keeps the edit, also where the usual place takes none", async () => {
    const home = createHome()
    mkdirSync(join(home.path, "sub"))
    await home.encrypt("sub/db.yaml", PLAIN)
    writeFileSync(join(home.path, "no-folder"), "")
    const script = `fs.rmSync(${JSON.stringify(join(home.path, "sub"))}, { recursive: true }); save(text.replace("hunter2", "ours"))`
    const env = { XDG_STATE_HOME: join(home.path, "no-folder"), XDG_RUNTIME_DIR: join(home.path, "run") }
    mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 })
    const result = await edit(home, script, ["sub/db.yaml"], env)
    expect(result.status).not.toBe(0)
    const [, place = ""] = /conclave decrypt (\S+)/.exec(result.stderr) ?? []
    expect(place.startsWith(env.XDG_RUNTIME_DIR)).toBe(true)
    expect(await plain(home, place)).toBe(PLAIN.replace("hunter2", "ours"))
  })
})

describe("a file that edit creates", () => {
  test("begins as sops' example and is encrypted to the keys of the configuration", async () => {
    const home = createHome()
    home.write(".sops.yaml", `creation_rules:\n  - age: ${RECIPIENT}\n`)
    const result = await edit(home, `save("token: " + text.split(" ")[1] + "\\n")`, ["new.yaml"])
    expect(result).toMatchObject({ status: 0, stderr: `created  new.yaml\nreaders: ${RECIPIENT}\n` })
    expect(await plain(home, "new.yaml")).toBe("token: Welcome\n")
  })

  test("is not made when the example is left alone, or nobody could read it", async () => {
    const home = createHome()
    expect((await edit(home, "", ["new.yaml", "--age", RECIPIENT])).status).toBe(200)
    const nobody = await edit(home, `fs.writeFileSync("asked", "")`, ["new.yaml"])
    expect(nobody.status).toBe(61)
    expect(readdirSync(home.path)).not.toContain("asked")
    expect(readdirSync(home.path)).not.toContain("new.yaml")
  })

  test("is kept aside when somebody else made one meanwhile", async () => {
    const home = createHome()
    const path = join(home.path, "new.yaml")
    const script = `fs.writeFileSync(${JSON.stringify(path)}, "theirs: 1\\n"); save("ours: 1\\n")`
    const result = await edit(home, script, ["new.yaml", "--age", RECIPIENT])
    expect(result.status).toBe(75)
    expect(home.read("new.yaml")).toBe("theirs: 1\n")
    expect(await plain(home, drafts(home)[0])).toBe("ours: 1\n")
  })
})

describe("the user's own settings", () => {
  test("are read strictly", async () => {
    const home = createHome()
    await home.encrypt("db.yaml", PLAIN)
    mkdirSync(join(home.path, ".config/conclave"), { recursive: true })
    home.write(".config/conclave/config.yaml", "edit:\n  alow_disk: true\n")
    const result = await edit(home, "")
    expect(result.status).toBe(78)
    expect(result.stderr).toContain("did you mean allow_disk?")
    home.write(".config/conclave/config.yaml", "edit:\n  allow_disk: true\n")
    expect((await edit(home, "")).status).toBe(200)
  })
})

function programPath(): string {
  return process.env["CONCLAVE_PROGRAM"] ?? join(import.meta.dirname, "../../dist/conclave.cjs")
}
