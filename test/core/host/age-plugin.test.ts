import { chmod, mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { afterAll, describe, expect, test } from "vitest"
import { findPlugin } from "../../../core/host/age-plugin/program.ts"
import { type AgePluginOptions, createAgePlugins } from "../../../core/host/age-plugin.ts"
import { parseAgeFile } from "../../../core/keys/age/age-file.ts"
import { decodeArmor } from "../../../core/keys/age/armor.ts"
import { parseAgeIdentities } from "../../../core/keys/age/identity.ts"
import { parsePluginIdentity } from "../../../core/keys/age/plugin-key.ts"
import { parseAgeRecipient } from "../../../core/keys/age/recipient.ts"
import type { Identity } from "../../../core/keys/identity.ts"
import type { AgeEntry } from "../../../core/keys/key-entry.ts"
import { unwrapDataKey } from "../../../core/keys/unwrap.ts"
import { createPluginFolder, OTHER_PAIR, PLUGIN_PAIR } from "../../plugins/test-plugin.ts"
import { identityText, recipientText } from "../keys/vectors.ts"
import { temporaryFolder } from "./temporary-folder.ts"

const SECRET = new Uint8Array(32).fill(5)
const folder = createPluginFolder()
afterAll(folder.remove)

type Setting = {
  readonly behaviour?: string
  readonly env?: Record<string, string>
} & Partial<AgePluginOptions>

/** Plugins of a user who agrees to everything and knows the PIN; what happened is noted. */
function pluginsOf(setting: Setting = {}) {
  const { behaviour = "", env = {}, ...rest } = setting
  const events: string[] = []
  const failures: string[] = []
  const plugins = createAgePlugins({
    env: { PATH: folder.path, AGE_PLUGIN_TEST: behaviour, ...env },
    platform: "linux",
    silenceMs: 5000,
    waiting: (plugin) => events.push(`waiting for ${plugin}`),
    stderr: () => undefined,
    failed: (_, stderr) => failures.push(stderr),
    async mayRun(plugin) {
      events.push(`may ${plugin} run`)
      return true
    },
    interaction: {
      async message(plugin, text) {
        events.push(`${plugin}: ${text}`)
        return true
      },
      async request(plugin, prompt, secret) {
        events.push(`${plugin} asks ${secret ? "unseen" : "openly"}: ${prompt}`)
        return secret ? "1234" : "42"
      },
      async confirm(plugin, prompt, yes, no) {
        events.push(`${plugin} asks: ${prompt} ${yes}/${no}`)
        return no === null
      },
    },
    ...rest,
  })
  return { plugins, events, failures }
}

function identityOf(setting: Setting = {}, text = PLUGIN_PAIR.identity): Identity {
  const key = parsePluginIdentity(text)
  if (key === null) throw new Error("not an identity of a plugin")
  return pluginsOf(setting).plugins.identity(key, "keys.txt")
}

async function entryFor(recipient: string, setting: Setting = {}): Promise<AgeEntry> {
  return { kind: "age", recipient, enc: await pluginsOf(setting).plugins.recipient(recipient).wrap(SECRET) }
}

const entry = await entryFor(PLUGIN_PAIR.recipient)

describe("a plugin", () => {
  test("wraps for its recipient and unwraps with its identity", async () => {
    expect(await identityOf().unwrap(entry)).toEqual(SECRET)
    expect(await identityOf({}, OTHER_PAIR.identity).unwrap(entry)).toBeNull()
    const [stanza] = parseAgeFile(decodeArmor(entry.enc)).stanzas
    expect(stanza?.type).toBe("conclave.example/test")
  })

  test("may set labels, which one recipient alone cannot contradict", async () => {
    expect(await identityOf().unwrap(await entryFor(PLUGIN_PAIR.recipient, { behaviour: "labels" }))).toEqual(
      SECRET,
    )
  })

  test("is told that a command it makes up is not supported", async () => {
    const log = join(await temporaryFolder(), "log")
    await identityOf({ behaviour: "unknown", env: { AGE_PLUGIN_TEST_LOG: log } }).unwrap(entry)
    expect(await readFile(log, "utf8")).toBe("play-music: unsupported\nfile-key: ok\n")
  })

  test("speaks with the person, and goes on with the answers", async () => {
    const log = join(await temporaryFolder(), "log")
    const { plugins, events } = pluginsOf({ behaviour: "ask", env: { AGE_PLUGIN_TEST_LOG: log } })
    await plugins.recipient(PLUGIN_PAIR.recipient).wrap(SECRET)
    expect(events).toEqual([
      "may test run",
      "test: touch it\x1b[2J",
      "test asks openly: Serial number:",
      "test asks: Go on? Yes/No",
      "test asks: It will blink Fine/null",
      "test asks unseen: PIN:",
    ])
    expect(await readFile(log, "utf8")).toBe(
      "msg: ok\nrequest-public: ok 42\nconfirm: ok no\nconfirm: ok yes\nrequest-secret: ok 1234\nrecipient-stanza: ok\n",
    )
  })

  test("is told that there is nobody to ask", async () => {
    const nobody = { message: async () => false, request: async () => null, confirm: async () => null }
    await expect(identityOf({ behaviour: "ask", interaction: nobody }).unwrap(entry)).rejects.toMatchObject({
      code: "plugin-failed",
      message: "age-plugin-test says: the PIN is wrong",
    })
  })

  test("that does not end by itself is ended", async () => {
    const start = performance.now()
    expect(await identityOf({ behaviour: "deaf" }).unwrap(entry)).toEqual(SECRET)
    expect(performance.now() - start).toBeLessThan(4000)
  })

  test("is run alone, though several recipients are wrapped for at once", async () => {
    let running = 0
    const { plugins } = pluginsOf({
      behaviour: "ask",
      interaction: {
        async message() {
          running++
          return running === 1
        },
        async request(_plugin, _prompt, secret) {
          if (secret) running--
          return "1234"
        },
        confirm: async () => true,
      },
    })
    const recipients = [PLUGIN_PAIR, OTHER_PAIR, PLUGIN_PAIR].map((pair) => plugins.recipient(pair.recipient))
    await Promise.all(recipients.map((recipient) => recipient.wrap(SECRET)))
    expect(running).toBe(0)
  })
})

describe("a plugin that a document names", () => {
  test("is not run without consent", async () => {
    const log = join(await temporaryFolder(), "log")
    const setting = { mayRun: async () => false, env: { AGE_PLUGIN_TEST_LOG: log } }
    await expect(entryFor(PLUGIN_PAIR.recipient, setting)).rejects.toMatchObject({
      code: "plugin-untrusted",
      details: { plugin: "test" },
    })
    await expect(readFile(log)).rejects.toMatchObject({ code: "ENOENT" })
  })

  test("is asked about once", async () => {
    const { plugins, events } = pluginsOf()
    for (const { recipient } of [PLUGIN_PAIR, OTHER_PAIR]) await plugins.recipient(recipient).wrap(SECRET)
    expect(events).toEqual(["may test run"])
  })

  test("is not asked about when it is not there", async () => {
    const { plugins, events } = pluginsOf({ env: { PATH: "/nonexistent" } })
    await expect(plugins.recipient(PLUGIN_PAIR.recipient).wrap(SECRET)).rejects.toMatchObject({
      code: "wrap-failed",
    })
    expect(events).toEqual([])
  })

  test("needs no consent for the user's own identity", async () => {
    expect(await identityOf({ mayRun: async () => false }).unwrap(entry)).toEqual(SECRET)
  })

  test("is refused as a recipient if it is misspelt", () => {
    expect(() => pluginsOf().plugins.recipient("age1test1qqqqqqqq")).toThrow(
      expect.objectContaining({ code: "recipient-invalid" }),
    )
  })
})

describe("a plugin that fails names itself and the cause", () => {
  const both: readonly (readonly [string, string])[] = [
    ["error", "says: no card in the \x1b[31mreader"],
    ["crash", "ended with 3 before it was done"],
    ["flood", "wrote more than 524288 bytes"],
    ["chatter", "was not done after 1000 commands"],
    ["garbage", "wrote no sound stanza"],
    ["binary", "wrote no sound stanza"],
    ["cut-stanza", "ended with 0 before it was done"],
    ["odd-question", "asked a malformed question"],
  ]

  test.each([
    ...both,
    ["nothing", "was done without a stanza"],
    ["wrong-index", "sent a malformed recipient stanza"],
    ["bare-stanza", "sent a malformed recipient stanza"],
    ["two-labels", "sent its labels twice"],
  ] as const)("when it wraps: %s", async (behaviour, cause) => {
    await expect(entryFor(PLUGIN_PAIR.recipient, { behaviour })).rejects.toMatchObject({
      code: "wrap-failed",
      message: `cannot wrap for ${PLUGIN_PAIR.recipient}: age-plugin-test ${cause}`,
    })
  })

  test.each([
    ...both,
    ["short-key", "sent a malformed file key"],
    ["two-keys", "sent the file key twice"],
  ] as const)("when it unwraps: %s", async (behaviour, cause) => {
    await expect(identityOf({ behaviour }).unwrap(entry)).rejects.toMatchObject({
      code: "plugin-failed",
      message: `age-plugin-test ${cause}`,
      details: { plugin: "test" },
    })
  })

  test("when it is not there", async () => {
    await expect(identityOf({ env: { PATH: "/nonexistent" } }).unwrap(entry)).rejects.toMatchObject({
      code: "plugin-failed",
      message: "age-plugin-test is not on PATH",
    })
  })

  test("when it cannot be run", async () => {
    const path = await temporaryFolder()
    await writeFile(join(path, "age-plugin-test"), "#!/nonexistent/interpreter\n", { mode: 0o755 })
    await expect(identityOf({ env: { PATH: path } }).unwrap(entry)).rejects.toMatchObject({
      code: "plugin-failed",
      message: "age-plugin-test cannot be run: ENOENT",
    })
  })

  test("with the end of its standard error", async () => {
    const { plugins, failures } = pluginsOf({ behaviour: "crash" })
    await expect(plugins.recipient(PLUGIN_PAIR.recipient).wrap(SECRET)).rejects.toThrow("ended with 3")
    expect(failures).toEqual(["a trace on stderr\n"])
  })

  test("when it hangs, once for all further entries", async () => {
    const identity = identityOf({ behaviour: "hang", silenceMs: 400 })
    const message = "age-plugin-test said nothing for 0.4 seconds"
    await expect(identity.unwrap(entry)).rejects.toMatchObject({ code: "plugin-failed", message })
    const start = performance.now()
    await expect(identity.unwrap(entry)).rejects.toMatchObject({ message })
    expect(performance.now() - start).toBeLessThan(100)
  })

  test.each(["crash", "hang", "flood", "garbage"])(
    "and leaves the other keys of the group (%s)",
    async (behaviour) => {
      const enc = await parseAgeRecipient(recipientText("alice")).wrap(SECRET)
      const group = [entry, { kind: "age", recipient: recipientText("alice"), enc } as const]
      const identities = [
        identityOf({ behaviour, silenceMs: 400 }),
        ...parseAgeIdentities(identityText("alice"), "alice"),
      ]
      const { attempts, dataKey } = await unwrapDataKey([group], 0, identities)
      expect(dataKey).toEqual(SECRET)
      expect(attempts.map(({ outcome }) => outcome)).toEqual(["failed", "opened"])
    },
  )
})

describe("the program of a plugin", () => {
  test("is looked up in absolute folders of PATH only, and must be executable", async () => {
    const path = await temporaryFolder()
    await mkdir(join(path, "folder/age-plugin-x"), { recursive: true })
    await mkdir(join(path, "text"))
    await writeFile(join(path, "text/age-plugin-x"), "")
    await mkdir(join(path, "good"))
    await writeFile(join(path, "good/age-plugin-x"), "")
    await chmod(join(path, "good/age-plugin-x"), 0o755)
    const find = (...folders: string[]) => findPlugin("x", { PATH: folders.join(":") }, "linux")

    expect(find(`${path}/folder`, `${path}/text`, `${path}/good`)).toBe(`${path}/good/age-plugin-x`)
    expect(find(`${path}/text`)).toBeNull()
    expect(find()).toBeNull()
    const before = process.cwd()
    process.chdir(`${path}/good`)
    try {
      expect(find("", ".", "../good")).toBeNull()
    } finally {
      process.chdir(before)
    }
  })
})
