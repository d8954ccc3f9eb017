import { execFileSync } from "node:child_process"
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { ageIdentitySources, type IdentityOptions } from "../../../core/host/identities.ts"
import { sealIdentityFile } from "../../../core/keys/age/identity-file.ts"
import { parseAgeRecipient } from "../../../core/keys/age/recipient.ts"
import type { AgeEntry } from "../../../core/keys/key-entry.ts"
import { unwrapDataKey } from "../../../core/keys/unwrap.ts"
import { identityText, keyFile, type Person, recipientText } from "../keys/vectors.ts"
import { temporaryFolder } from "./temporary-folder.ts"

const dataKey = new Uint8Array(32).fill(3)

async function entryFor(person: Person): Promise<AgeEntry> {
  return {
    kind: "age",
    recipient: recipientText(person),
    enc: await parseAgeRecipient(recipientText(person)).wrap(dataKey),
  }
}

const forAlice = await entryFor("alice")
const forBob = await entryFor("bob")
const forCarol = await entryFor("carol")

/** Sources of a user whose home is empty, unless the environment says otherwise. */
function sourcesOf(env: Record<string, string>, rest: Partial<IdentityOptions> = {}) {
  const asked: [string, boolean][] = []
  const sources = ageIdentitySources({
    env: { HOME: "/nonexistent", ...env },
    platform: "linux",
    askPassphrase: async (source, again) => {
      asked.push([source, again])
      return null
    },
    ...rest,
  })
  const states = () => Object.fromEntries(sources.reports().map(({ source, state }) => [source, state]))
  return { ...sources, states, asked }
}

async function opens(sources: ReturnType<typeof sourcesOf>, ...entries: AgeEntry[]): Promise<boolean> {
  try {
    const result = await unwrapDataKey([entries], 0, sources.identities)
    expect(result.dataKey).toEqual(dataKey)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: "no-identity" })
    return false
  }
}

async function fileOf(text: string, name = "keys.txt", mode = 0o600): Promise<string> {
  const path = join(await temporaryFolder(), name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { mode })
  await chmod(path, mode)
  return path
}

/** A command that prints the identity of a person, and notes each of its runs in a file. */
async function commandFor(person: Person): Promise<{ command: string; runs: () => Promise<string[]> }> {
  const script = await fileOf(
    `require("fs").appendFileSync(__filename + ".log", process.env.SOPS_AGE_RECIPIENT + "\\n"); console.log(${JSON.stringify(identityText(person))})`,
    "a key.cjs",
  )
  const runs = async () => (await readFile(`${script}.log`, "utf8").catch(() => "")).split("\n").slice(0, -1)
  return { command: `'${process.execPath}' "${script}"`, runs }
}

test("without anything set, nothing opens, and every place is reported", async () => {
  const sources = sourcesOf({})
  expect(await opens(sources, forAlice)).toBe(false)
  expect(sources.states()).toEqual({
    SOPS_AGE_SSH_PRIVATE_KEY_FILE: "absent",
    SOPS_AGE_SSH_PRIVATE_KEY_CMD: "absent",
    "/nonexistent/.ssh/id_ed25519": "absent",
    "/nonexistent/.ssh/id_rsa": "absent",
    SOPS_AGE_KEY: "absent",
    SOPS_AGE_KEY_FILE: "absent",
    SOPS_AGE_KEY_CMD: "absent",
    "/nonexistent/.config/sops/age/keys.txt": "absent",
  })
})

test("nothing is looked at before an identity is asked for", () => {
  expect(sourcesOf({ SOPS_AGE_KEY: "broken" }).reports()).toEqual([])
})

describe("SOPS_AGE_KEY", () => {
  test("holds identities with blanks or line ends between, and comments", async () => {
    const key = `# mine\n${identityText("carol")} ${identityText("bob")}\n${identityText("alice")}`
    expect(await opens(sourcesOf({ SOPS_AGE_KEY: key }), forAlice)).toBe(true)
    expect(await opens(sourcesOf({ SOPS_AGE_KEY: key }), forBob)).toBe(true)
  })

  test("is reported as empty when it is", async () => {
    const sources = sourcesOf({ SOPS_AGE_KEY: "" })
    expect(await opens(sources, forAlice)).toBe(false)
    expect(sources.states()).toMatchObject({ SOPS_AGE_KEY: "empty" })
  })

  test("with one bad word yields nothing, and the later places still do", async () => {
    const path = await fileOf(keyFile("bob"))
    const key = `${identityText("alice")} hunter2`
    const sources = sourcesOf({ SOPS_AGE_KEY: key, SOPS_AGE_KEY_FILE: path })
    expect(await opens(sources, forAlice)).toBe(false)
    expect(await opens(sources, forBob)).toBe(true)
    const report = sources.reports().find(({ source }) => source === "SOPS_AGE_KEY")
    expect(report).toMatchObject({ state: "failed", reason: "line 1 of SOPS_AGE_KEY is not an age identity" })
    expect(JSON.stringify(sources.reports())).not.toMatch(/hunter2|AGE-SECRET/)
  })
})

describe("SOPS_AGE_KEY_FILE", () => {
  test("holds one identity a line", async () => {
    const sources = sourcesOf({ SOPS_AGE_KEY_FILE: await fileOf(`${keyFile("bob")}${keyFile("alice")}`) })
    expect(await opens(sources, forAlice)).toBe(true)
    expect(sources.reports().at(-1)).toEqual({ source: "SOPS_AGE_KEY_FILE", state: "loaded", warnings: [] })
  })

  test("that is open to others is used, with a warning", async () => {
    const path = await fileOf(keyFile("alice"), "keys.txt", 0o644)
    const sources = sourcesOf({ SOPS_AGE_KEY_FILE: path })
    expect(await opens(sources, forAlice)).toBe(true)
    expect(sources.reports().at(-1)?.warnings).toEqual([`${path} is open to other users (mode 0644)`])
  })

  test("that is missing is a failure, since somebody named it", async () => {
    const sources = sourcesOf({ SOPS_AGE_KEY_FILE: "/nonexistent/keys.txt" })
    expect(await opens(sources, forAlice)).toBe(false)
    expect(sources.reports()).toContainEqual({
      source: "SOPS_AGE_KEY_FILE",
      state: "failed",
      reason: "cannot read /nonexistent/keys.txt: ENOENT",
      warnings: [],
    })
  })

  test("may be a pipe", async () => {
    const path = join(await temporaryFolder(), "pipe")
    execFileSync("mkfifo", [path])
    const writing = writeFile(path, keyFile("alice"))
    expect(await opens(sourcesOf({ SOPS_AGE_KEY_FILE: path }), forAlice)).toBe(true)
    await writing
  })

  test("that never ends is not read to its end", async () => {
    const sources = sourcesOf({ SOPS_AGE_KEY_FILE: "/dev/zero" })
    expect(await opens(sources, forAlice)).toBe(false)
    expect(sources.states()).toMatchObject({ SOPS_AGE_KEY_FILE: "failed" })
  })

  test("that is a folder is a failure", async () => {
    const sources = sourcesOf({ SOPS_AGE_KEY_FILE: await temporaryFolder() })
    expect(await opens(sources, forAlice)).toBe(false)
    expect(sources.states()).toMatchObject({ SOPS_AGE_KEY_FILE: "failed" })
  })
})

describe("SOPS_AGE_KEY_CMD", () => {
  test("prints an identity for each recipient, which it is told, and runs once for each", async () => {
    const { command, runs } = await commandFor("bob")
    const sources = sourcesOf({ SOPS_AGE_KEY_CMD: command })
    expect(await opens(sources, forAlice, forBob)).toBe(true)
    expect(await opens(sources, forBob)).toBe(true)
    expect(await runs()).toEqual([recipientText("alice"), recipientText("bob")])
  })

  test("is not run when an earlier place suffices", async () => {
    const { command, runs } = await commandFor("bob")
    const sources = sourcesOf({ SOPS_AGE_KEY: identityText("alice"), SOPS_AGE_KEY_CMD: command })
    expect(await opens(sources, forBob, forAlice)).toBe(true)
    expect(await runs()).toEqual([])
    expect(sources.states()).not.toHaveProperty("SOPS_AGE_KEY_CMD")
  })

  test("is not run for entries of another kind", async () => {
    const { command, runs } = await commandFor("bob")
    const sources = sourcesOf({ SOPS_AGE_KEY_CMD: command })
    expect(await opens(sources, { ...forBob, recipient: "ssh-ed25519 AAAA" })).toBe(false)
    expect(await runs()).toEqual([])
  })

  test.each([
    [
      "fails",
      `'${process.execPath}' -e 'console.log("AGE-SECRET-KEY-1"); process.exit(3)'`,
      "the command ended with 3",
    ],
    [
      "is killed",
      `'${process.execPath}' -e 'process.kill(process.pid, "SIGKILL")'`,
      "the command ended with SIGKILL",
    ],
    ["does not exist", "/nonexistent/command", "the command cannot be run: ENOENT"],
    ["has an open quote", "echo 'x", "the command has an open quote or ends in a backslash"],
    ["is empty", " # nothing", "the command is empty"],
    ["prints something else", "echo hello", "line 1 of SOPS_AGE_KEY_CMD is not an age identity"],
    ["prints without end", "cat /dev/zero", "the command printed more than 16777216 bytes"],
    ["waits for input, of which there is none", "cat", undefined],
  ])("that %s opens nothing and is reported", async (_, command, reason) => {
    const sources = sourcesOf({ SOPS_AGE_KEY_CMD: command, PATH: process.env["PATH"] ?? "" })
    expect(await opens(sources, forAlice)).toBe(false)
    const report = sources.reports().find(({ source }) => source === "SOPS_AGE_KEY_CMD")
    expect(report?.reason).toBe(reason)
    expect(report?.state).toBe(reason === undefined ? "empty" : "failed")
  })
})

describe("the user's own file", () => {
  test("is found by its place, and comes last", async () => {
    const path = await fileOf(keyFile("alice"), "sops/age/keys.txt")
    const XDG_CONFIG_HOME = dirname(dirname(dirname(path)))
    const sources = sourcesOf({ XDG_CONFIG_HOME, SOPS_AGE_KEY: identityText("bob") })
    expect(await opens(sources, forBob)).toBe(true)
    expect(sources.states()).not.toHaveProperty(path)
    expect(await opens(sources, forAlice)).toBe(true)
    expect(sources.states()).toMatchObject({ [path]: "loaded" })
  })
})

describe("a source behind a passphrase", async () => {
  const sealed = await sealIdentityFile(keyFile("alice"), "secret", 4)

  test("asks once, whatever the number of documents", async () => {
    const path = await fileOf(sealed)
    const asked: string[] = []
    const askPassphrase = async (source: string) => {
      asked.push(source)
      return "secret"
    }
    const sources = sourcesOf({ SOPS_AGE_KEY_FILE: path }, { askPassphrase })
    expect(await opens(sources, forBob, forAlice)).toBe(true)
    expect(await opens(sources, forAlice)).toBe(true)
    expect(asked).toEqual([path])
  })

  test("does not ask when an earlier place suffices", async () => {
    const sources = sourcesOf({
      SOPS_AGE_KEY: identityText("alice"),
      SOPS_AGE_KEY_FILE: await fileOf(sealed),
    })
    expect(await opens(sources, forAlice)).toBe(true)
    expect(sources.asked).toEqual([])
  })

  test("does not ask for a document that no age key opens", async () => {
    const sources = sourcesOf({ SOPS_AGE_KEY_FILE: await fileOf(sealed) })
    const pgp = { kind: "pgp", fp: "AB", createdAt: "2024-01-01T00:00:00Z", enc: "" } as const
    await expect(unwrapDataKey([[pgp]], 0, sources.identities)).rejects.toMatchObject({ code: "no-identity" })
    expect(sources.asked).toEqual([])
  })

  test("asks before a later place is looked at", async () => {
    const { command, runs } = await commandFor("alice")
    const sources = sourcesOf(
      { SOPS_AGE_KEY: sealed, SOPS_AGE_KEY_CMD: command },
      { askPassphrase: async () => "secret" },
    )
    expect(await opens(sources, forAlice)).toBe(true)
    expect(await runs()).toEqual([])
  })

  test("is noted when nobody can be asked, and the later places still count", async () => {
    const { command } = await commandFor("carol")
    const path = await fileOf(sealed)
    const sources = sourcesOf({ SOPS_AGE_KEY_FILE: path, SOPS_AGE_KEY_CMD: command })
    expect(await opens(sources, forCarol)).toBe(true)
    expect(sources.asked).toEqual([[path, false]])
    expect(sources.states()).toMatchObject({ SOPS_AGE_KEY_FILE: "passphrase-needed" })
  })

  test("lets a person mistype twice", async () => {
    const answers = ["secrte", "sercet", "secret"]
    const asked: boolean[] = []
    const askPassphrase = async (_: string, again: boolean) => {
      asked.push(again)
      return answers.shift() ?? null
    }
    expect(await opens(sourcesOf({ SOPS_AGE_KEY: sealed }, { askPassphrase }), forAlice)).toBe(true)
    expect(asked).toEqual([false, true, true])
  })

  test("gives up after three tries, or when the answer stays the same", async () => {
    for (const [answers, tries] of [
      [["a", "b", "c", "secret"], 3],
      [["a", "a", "secret"], 2],
      [["a", null, "secret"], 2],
    ] as const) {
      const left = [...answers]
      const sources = sourcesOf({ SOPS_AGE_KEY: sealed }, { askPassphrase: async () => left.shift() ?? null })
      expect(await opens(sources, forAlice)).toBe(false)
      expect(answers.length - left.length).toBe(tries)
      const report = sources.reports().find(({ source }) => source === "SOPS_AGE_KEY")
      expect(report).toMatchObject({ state: "failed", reason: "the passphrase does not open SOPS_AGE_KEY" })
    }
  })
})
