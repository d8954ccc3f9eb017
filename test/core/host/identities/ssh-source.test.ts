import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { ageIdentitySources, type IdentityOptions } from "../../../../core/host/identities.ts"
import { parseAgeRecipient } from "../../../../core/keys/age/recipient.ts"
import type { AgeEntry } from "../../../../core/keys/key-entry.ts"
import { unwrapDataKey } from "../../../../core/keys/unwrap.ts"
import { PASSPHRASE, SECRET, sshEntry, sshKeyPath } from "../../keys/ssh-vectors.ts"
import { recipientText } from "../../keys/vectors.ts"
import { temporaryFolder } from "../temporary-folder.ts"

/** Sources of a user who types `answers`, one for each question, and then nothing. */
function sourcesOf(env: Record<string, string>, answers: readonly string[] = []) {
  const asked: string[] = []
  const options: IdentityOptions = {
    env: { HOME: "/nonexistent", ...env },
    platform: "linux",
    askPassphrase: async (source) => {
      asked.push(source)
      return answers[asked.length - 1] ?? null
    },
  }
  const { identities, reports } = ageIdentitySources(options)
  const reportOn = (name: string) => reports().find(({ source }) => source === name)
  return { identities, reportOn, asked }
}

type Sources = ReturnType<typeof sourcesOf>

/** What became of the last entry; opened, or why not. */
async function tryToOpen(sources: Sources, ...entries: AgeEntry[]): Promise<string> {
  try {
    const { dataKey } = await unwrapDataKey([entries], 0, sources.identities)
    expect(dataKey).toEqual(SECRET)
    return "opened"
  } catch (error) {
    const { attempts } = (error as { details: { attempts: { outcome: string; reason?: string }[] } }).details
    const last = attempts.at(-1)
    return last?.reason ?? last?.outcome ?? ""
  }
}

/** A copy of a test key in a new folder, with its mode. */
async function copyOf(name: string, target = name, mode = 0o600): Promise<string> {
  const path = join(await temporaryFolder(), target)
  await mkdir(dirname(path), { recursive: true })
  await copyFile(sshKeyPath(name), path)
  await chmod(path, mode)
  return path
}

const FILE = "SOPS_AGE_SSH_PRIVATE_KEY_FILE"
const COMMAND = "SOPS_AGE_SSH_PRIVATE_KEY_CMD"

describe("an SSH key file", () => {
  test.each(["ed25519", "rsa-2048", "rsa-pkcs1", "rsa-pkcs8"])("with %s opens its entry", async (name) => {
    const sources = sourcesOf({ [FILE]: await copyOf(name) }, [])
    expect(await tryToOpen(sources, sshEntry(name))).toBe("opened")
    expect(sources.reportOn(FILE)).toEqual({ source: FILE, state: "loaded", warnings: [] })
  })

  test.each([
    [".ssh/id_ed25519", "ed25519"],
    [".ssh/id_rsa", "rsa-2048"],
  ])("is found as ~/%s", async (place, name) => {
    const path = await copyOf(name, place)
    const sources = sourcesOf({ HOME: dirname(dirname(path)) })
    expect(await tryToOpen(sources, sshEntry(name))).toBe("opened")
    expect(sources.reportOn(path)).toMatchObject({ state: "loaded" })
  })

  test("is found at home also when the variables name others", async () => {
    const path = await copyOf("rsa-2048", ".ssh/id_rsa")
    const sources = sourcesOf({ HOME: dirname(dirname(path)), [FILE]: await copyOf("ed25519") })
    expect(await tryToOpen(sources, sshEntry("rsa-2048"))).toBe("opened")
  })

  test("that is open to others is used, with a warning", async () => {
    const path = await copyOf("ed25519", "ed25519", 0o644)
    const sources = sourcesOf({ [FILE]: path })
    expect(await tryToOpen(sources, sshEntry("ed25519"))).toBe("opened")
    expect(sources.reportOn(FILE)?.warnings).toEqual([`${path} is open to other users (mode 0644)`])
  })

  test("is not even read for a document that has no SSH recipient", async () => {
    const sources = sourcesOf({ [FILE]: "/nonexistent/key", SOPS_AGE_KEY: "" })
    const enc = await parseAgeRecipient(recipientText("alice")).wrap(SECRET)
    expect(await tryToOpen(sources, { kind: "age", recipient: recipientText("alice"), enc })).not.toBe(
      "opened",
    )
    expect(sources.reportOn(FILE)).toMatchObject({ state: "loaded" })
  })

  test.each<[string, () => Promise<string>, RegExp]>([
    ["is missing", async () => "/nonexistent/key", /^cannot read \/nonexistent\/key: ENOENT$/],
    ["is a folder", temporaryFolder, /is not a regular file$/],
    [
      "holds a key that age cannot use",
      () => copyOf("ecdsa"),
      /ecdsa-sha2-nistp256 cannot be used with age$/,
    ],
    ["holds something else", () => copyOf("README.md"), /holds no private key/],
  ])("that %s is reported, and stands in nobody's way", async (_, make, reason) => {
    const path = await copyOf("ed25519", ".ssh/id_ed25519")
    const sources = sourcesOf({ HOME: dirname(dirname(path)), [FILE]: await make() })
    expect(await tryToOpen(sources, sshEntry("ed25519"))).toBe("opened")
    expect(sources.reportOn(FILE)).toMatchObject({ state: "failed", reason: expect.stringMatching(reason) })
  })
})

describe("an SSH key file behind a passphrase", () => {
  test.each(["ed25519-passphrase", "ed25519-cbc", "rsa-3072-passphrase"])(
    "asks for it once, whatever the number of documents (%s)",
    async (name) => {
      const path = await copyOf(name)
      const sources = sourcesOf({ [FILE]: path }, [PASSPHRASE])
      expect(await tryToOpen(sources, sshEntry("rsa-2048"), sshEntry(name))).toBe("opened")
      expect(await tryToOpen(sources, sshEntry(name))).toBe("opened")
      expect(sources.asked).toEqual([path])
    },
  )

  test("does not ask when no entry is for this very key", async () => {
    const sources = sourcesOf({ [FILE]: await copyOf("ed25519-passphrase") }, [PASSPHRASE])
    expect(await tryToOpen(sources, sshEntry("ed25519-cbc"), sshEntry("ed25519"))).toBe("not-mine")
    expect(sources.asked).toEqual([])
  })

  test.each(["rsa-pkcs1-passphrase", "rsa-pkcs8-passphrase"])(
    "and in a format that hides the public key too needs the .pub file (%s)",
    async (name) => {
      const path = await copyOf(name)
      const without = sourcesOf({ [FILE]: path }, [PASSPHRASE])
      expect(await tryToOpen(without, sshEntry(name))).toBe("not-mine")
      expect(without.asked).toEqual([])
      expect(without.reportOn(FILE)).toMatchObject({
        state: "failed",
        reason: `${path} is behind a passphrase, and whose key it is cannot be seen: cannot read ${path}.pub: ENOENT`,
      })

      await copyFile(`${sshKeyPath(name)}.pub`, `${path}.pub`)
      const beside = sourcesOf({ [FILE]: path }, [PASSPHRASE])
      expect(await tryToOpen(beside, sshEntry(name))).toBe("opened")
      expect(beside.asked).toEqual([path])
    },
  )

  test("beside the .pub file of another key is refused once it is open", async () => {
    const path = await copyOf("rsa-pkcs1-passphrase")
    await copyFile(sshKeyPath("rsa-2048.pub"), `${path}.pub`)
    const sources = sourcesOf({ [FILE]: path }, [PASSPHRASE])
    expect(await tryToOpen(sources, sshEntry("rsa-2048"))).toBe(
      `${path} and ${path}.pub are not halves of one key`,
    )
  })

  test("beside a .pub file that is none says so", async () => {
    const path = await copyOf("rsa-pkcs1-passphrase")
    await writeFile(`${path}.pub`, "nothing")
    const sources = sourcesOf({ [FILE]: path }, [PASSPHRASE])
    expect(await tryToOpen(sources, sshEntry("rsa-2048"))).toBe("not-mine")
    expect(sources.reportOn(FILE)?.reason).toContain(`${path}.pub: an SSH key is not one line`)
  })

  test("lets a person mistype, and names the file when it stays locked", async () => {
    const path = await copyOf("ed25519-passphrase")
    const twice = sourcesOf({ [FILE]: path }, ["corect horse", "", PASSPHRASE])
    expect(await tryToOpen(twice, sshEntry("ed25519-passphrase"))).toBe("opened")

    const never = sourcesOf({ [FILE]: path }, ["a", "b", "c", PASSPHRASE])
    expect(await tryToOpen(never, sshEntry("ed25519-passphrase"))).toBe(
      `the passphrase does not open ${path}`,
    )
    expect(never.asked).toHaveLength(3)
    expect(never.reportOn(FILE)).toMatchObject({ state: "failed" })
  })

  test("fails only its own entry when nobody can be asked, and other keys still count", async () => {
    const path = await copyOf("ed25519-passphrase")
    const home = dirname(dirname(await copyOf("rsa-2048", ".ssh/id_rsa")))
    const sources = sourcesOf({ [FILE]: path, HOME: home })
    const reason = `${path} is behind a passphrase, and there is nobody to ask`
    expect(await tryToOpen(sources, sshEntry("ed25519-passphrase"))).toBe(reason)
    expect(sources.reportOn(FILE)).toMatchObject({ state: "passphrase-needed", reason })
    expect(await tryToOpen(sources, sshEntry("ed25519-passphrase"), sshEntry("rsa-2048"))).toBe("opened")
  })
})

describe("a command that prints an SSH key", () => {
  async function commandFor(name: string): Promise<{ command: string; log: string }> {
    const folder = await temporaryFolder()
    const script = join(folder, "key.cjs")
    const log = join(folder, "log")
    await writeFile(
      script,
      `const fs = require("fs"); fs.appendFileSync(${JSON.stringify(log)}, process.env.SOPS_AGE_RECIPIENT + "\\n"); process.stdout.write(fs.readFileSync(${JSON.stringify(sshKeyPath(name))}))`,
    )
    return { command: `'${process.execPath}' '${script}'`, log }
  }

  test("opens its entry, and is told the recipient", async () => {
    const { command, log } = await commandFor("rsa-pkcs1")
    const sources = sourcesOf({ [COMMAND]: command })
    const entry = { ...sshEntry("rsa-pkcs1"), recipient: "ssh-rsa AAAA me" }
    expect(await tryToOpen(sources, entry)).toBe("opened")
    expect(await readFile(log, "utf8")).toBe("ssh-rsa AAAA me\n")
  })

  test.each([
    [
      "prints a key behind a passphrase",
      "ed25519-passphrase",
      `the key that ${COMMAND} prints is behind a passphrase`,
    ],
    [
      "prints something else",
      "README.md",
      `${COMMAND} holds no private key that age can use (RSA or Ed25519)`,
    ],
  ])("and %s is reported", async (_, name, reason) => {
    const { command } = await commandFor(name)
    const sources = sourcesOf({ [COMMAND]: command }, [PASSPHRASE])
    expect(await tryToOpen(sources, sshEntry("ed25519-passphrase"))).toBe("not-mine")
    expect(sources.reportOn(COMMAND)).toMatchObject({ state: "failed", reason })
    expect(sources.asked).toEqual([])
  })

  test("that does not exist is reported", async () => {
    const sources = sourcesOf({ [COMMAND]: "/nonexistent/command" })
    expect(await tryToOpen(sources, sshEntry("ed25519"))).toBe("not-mine")
    expect(sources.reportOn(COMMAND)).toMatchObject({
      state: "failed",
      reason: "the command cannot be run: ENOENT",
    })
  })
})
