/**
 * Plugins of age, with the real programs on the other side: what conclave,
 * both versions of sops and age wrap through a plugin, each of the others opens
 * through it. One plugin is our tests', one is age's own.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { performance } from "node:perf_hooks"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createAgePlugins } from "#core/host/age-plugin.ts"
import { createPluginFolder, OTHER_PAIR, PLUGIN_PAIR } from "../plugins/test-plugin.ts"
import { identityOf, recipientOf } from "./keys.ts"
import { age, conclave, createHome, type Outcome, type Program, requirePeers, sops } from "./programs.ts"
import { hasTerminal, inTerminal, programLine } from "./terminal.ts"
import { withWrappedKey, wrappedKeyOf } from "./wrapped-key.ts"

const PLAIN = "a: one\nb:\n    - 2\n"

const home = createHome()
const folder = createPluginFolder()
afterAll(() => {
  home.remove()
  folder.remove()
})

const PATH = [folder.path, dirname(requirePeers().age), process.env["PATH"] ?? ""].join(delimiter)
const ours = conclave(home.path)
const oursAsSops: Program = (args, options) => ours(["sops", ...args], options)
const THEIRS = [
  ["sops 3.13.1", sops("3.13.1", home.path)],
  ["sops 3.13.2", sops("3.13.2", home.path)],
] as const
const READERS: readonly (readonly [string, Program])[] = [["conclave", oursAsSops], ...THEIRS]

/** How conclave asks whether a plugin may be run. */
const CONSENT = /age-plugin-test[^\n]*\[y\/N\] /g
/** What the test plugin asks, as conclave shows it. */
const QUESTIONS = /Serial number: |\(1: Yes, 2: No\) |\(press enter for "Fine"\) |PIN: /g

/** age's own plugin for passphrases: no data, the passphrase comes from the environment. */
const BATCHPASS = "AGE-PLUGIN-BATCHPASS-1JCS0Q9"

function file(name: string, content: string | Buffer): string {
  const path = join(home.path, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

const source = file("plain.yaml", PLAIN)
const identityFile = file("identity.txt", `${PLUGIN_PAIR.identity}\n`)

function expectPlain(outcome: Outcome): void {
  expect(outcome.status, outcome.stderr).toBe(0)
  expect(outcome.stdout.toString()).toBe(PLAIN)
}

async function expectOpensEverywhere(document: string, key: string, more: Record<string, string> = {}) {
  const encrypted = file("encrypted.yaml", document)
  for (const [, reader] of READERS) {
    expectPlain(await reader(["decrypt", encrypted], { env: { PATH, SOPS_AGE_KEY: key, ...more } }))
  }
}

/** Encrypted for alice; its data key, in the hands of age. */
let forAlice = ""
let dataKey: Buffer = Buffer.alloc(0)

beforeAll(async () => {
  const encrypted = await oursAsSops(["encrypt", "--age", recipientOf("alice"), source])
  expect(encrypted.status, encrypted.stderr).toBe(0)
  forAlice = encrypted.stdout.toString()
  const identity = file("alice.txt", `${identityOf("alice")}\n`)
  const opened = await age(home.path)(["-d", "-i", identity], { input: wrappedKeyOf(forAlice) })
  expect(opened.status, opened.stderr).toBe(0)
  dataKey = opened.stdout
})

describe("a plugin of our tests", () => {
  const plugins = createAgePlugins({
    env: { PATH },
    platform: process.platform,
    silenceMs: 10_000,
    waiting: () => undefined,
    stderr: () => undefined,
    failed: () => undefined,
    mayRun: async () => true,
    interaction: { message: async () => true, request: async () => null, confirm: async () => null },
  })

  it("opens in age what it wraps for conclave", async () => {
    const armored = Buffer.from(await plugins.recipient(PLUGIN_PAIR.recipient).wrap(dataKey))
    const opened = await age(home.path)(["-d", "-i", identityFile], { env: { PATH }, input: armored })
    expect(opened.status, opened.stderr).toBe(0)
    expect(opened.stdout).toEqual(dataKey)
  })

  it("opens everywhere what it wraps for conclave, and for age", async () => {
    const byUs = Buffer.from(await plugins.recipient(PLUGIN_PAIR.recipient).wrap(dataKey))
    const byAge = await age(home.path)(["-a", "-r", PLUGIN_PAIR.recipient], { env: { PATH }, input: dataKey })
    expect(byAge.status, byAge.stderr).toBe(0)
    for (const armored of [byUs, byAge.stdout]) {
      const document = withWrappedKey(forAlice, armored).replace(recipientOf("alice"), PLUGIN_PAIR.recipient)
      await expectOpensEverywhere(document, PLUGIN_PAIR.identity)
      await expectOpensEverywhere(document, `${OTHER_PAIR.identity} ${PLUGIN_PAIR.identity}`)
    }
  })

  it.each(THEIRS)("opens everywhere what %s encrypts through it", async (_, program) => {
    const recipients = [PLUGIN_PAIR.recipient, recipientOf("alice")].join(",")
    const encrypted = await program(["encrypt", "--age", recipients, source], { env: { PATH } })
    expect(encrypted.status, encrypted.stderr).toBe(0)
    await expectOpensEverywhere(encrypted.stdout.toString(), PLUGIN_PAIR.identity)
    await expectOpensEverywhere(encrypted.stdout.toString(), identityOf("alice"))
  })
})

describe("the command line", () => {
  // The name is the configuration's, and not the user's own word.
  const plain = file("configured/plain.yaml", PLAIN)
  const cwd = dirname(plain)
  file("configured/.sops.yaml", `creation_rules:\n    - age: ${PLUGIN_PAIR.recipient}\n`)

  it("does not run a plugin that a recipient names where nobody can be asked", async () => {
    const log = join(home.path, "log")
    const env = { PATH, AGE_PLUGIN_TEST_LOG: log }
    const { status, stdout, stderr } = await oursAsSops(["encrypt", plain], { cwd, env })
    expect([status, stdout.length]).toEqual([77, 0])
    expect(stderr).toContain("age-plugin-test is named by a document or a configuration")
    expect(() => readFileSync(log)).toThrow("ENOENT")
  })

  it.skipIf(!hasTerminal)("runs it when the person agrees, and what it wraps opens everywhere", async () => {
    const line = `${programLine("conclave")} encrypt '${plain}' > '${home.path}/agreed.yaml'`
    const env = { PATH, HOME: home.path }
    const refused = await inTerminal(line, "n", env, cwd, CONSENT)
    expect(refused.status, refused.screen).toBe(77)
    const { status, screen } = await inTerminal(line, "y", env, cwd, CONSENT)
    expect(status, screen).toBe(0)
    await expectOpensEverywhere(readFileSync(join(home.path, "agreed.yaml"), "utf8"), PLUGIN_PAIR.identity)
  })

  it.skipIf(!hasTerminal)(
    "passes a plugin's questions to the terminal, with control characters spelled out",
    async () => {
      const encrypted = await THEIRS[1][1](["encrypt", plain], { cwd, env: { PATH } })
      const path = file("asks.yaml", encrypted.stdout)
      const env = { PATH, HOME: home.path, SOPS_AGE_KEY: PLUGIN_PAIR.identity, AGE_PLUGIN_TEST: "ask" }
      const line = `${programLine("conclave")} decrypt '${path}' > '${path}.out'`
      const answers = ["42", "1", "", "1234"]
      let asked = 0
      const { status, screen } = await inTerminal(
        line,
        () => answers[asked++] ?? "",
        env,
        home.path,
        QUESTIONS,
      )
      expect(status, screen).toBe(0)
      expect(readFileSync(`${path}.out`, "utf8")).toBe(PLAIN)
      expect(screen).toContain("age-plugin-test: touch it\\u{1b}[2J")
      expect(screen).not.toContain("1234")
    },
  )
})

describe("a plugin that fails", () => {
  it.each(["crash", "hang", "flood", "garbage", "error", "short-key"])(
    "(%s) is named with its cause within 15 seconds, and the other keys are tried",
    async (behaviour) => {
      const recipients = [PLUGIN_PAIR.recipient, recipientOf("alice")].join(",")
      const encrypted = await THEIRS[1][1](["encrypt", "--age", recipients, source], { env: { PATH } })
      const path = file(`${behaviour}.yaml`, encrypted.stdout)
      const env = { PATH, AGE_PLUGIN_TEST: behaviour, SOPS_AGE_KEY: PLUGIN_PAIR.identity }

      const start = performance.now()
      const alone = await oursAsSops(["decrypt", path], { env })
      expect(performance.now() - start).toBeLessThan(15_000)
      expect([alone.status, alone.stdout.length]).toEqual([128, 0])
      expect(alone.stderr).toMatch(/age-plugin-test (ended|said|wrote|says|sent)/)

      const other = { SOPS_AGE_KEY_FILE: file("alice.txt", `${identityOf("alice")}\n`) }
      expectPlain(await oursAsSops(["decrypt", path], { env: { ...env, ...other } }))
    },
  )

  it("is named when it is not there", async () => {
    const encrypted = await THEIRS[1][1](["encrypt", "--age", PLUGIN_PAIR.recipient, source], {
      env: { PATH },
    })
    const path = file("missing.yaml", encrypted.stdout)
    const { status, stderr } = await oursAsSops(["decrypt", path], {
      env: { SOPS_AGE_KEY: PLUGIN_PAIR.identity },
    })
    expect(status).toBe(128)
    expect(stderr).toContain("age-plugin-test is not on PATH")
  })
})

describe("age's own plugin for passphrases", () => {
  it("opens in conclave, as in sops, what age has wrapped through it", async () => {
    const secret = { AGE_PASSPHRASE: "correct horse", AGE_PASSPHRASE_WORK_FACTOR: "10" }
    const wrapped = await age(home.path)(["-a", "-e", "-j", "batchpass"], {
      env: { PATH, ...secret },
      input: dataKey,
    })
    expect(wrapped.status, wrapped.stderr).toBe(0)
    await expectOpensEverywhere(withWrappedKey(forAlice, wrapped.stdout), BATCHPASS, secret)
  })

  it("says why it does not open", async () => {
    const secret = { AGE_PASSPHRASE: "correct horse", AGE_PASSPHRASE_WORK_FACTOR: "10" }
    const wrapped = await age(home.path)(["-a", "-e", "-j", "batchpass"], {
      env: { PATH, ...secret },
      input: dataKey,
    })
    const path = file("batchpass.yaml", withWrappedKey(forAlice, wrapped.stdout))
    const { status, stderr } = await oursAsSops(["decrypt", path], {
      env: { PATH, SOPS_AGE_KEY: BATCHPASS, AGE_PASSPHRASE: "wrong" },
    })
    expect(status).toBe(128)
    expect(stderr).toMatch(/age-plugin-batchpass says: .*passphrase/)
  })
})
