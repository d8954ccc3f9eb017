/**
 * age itself: keys of its making, identity files under a passphrase, hybrid
 * recipients, every place that sops looks for identities, and wrapped data keys
 * that the real `age` opens and makes.
 */

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { identityOf, keyFile, recipientOf } from "./keys.ts"
import {
  age,
  ageKeygen,
  conclave,
  createHome,
  type Outcome,
  type Program,
  SOPS_VERSIONS,
  sops,
} from "./programs.ts"
import { hasTerminal, inTerminal, programLine } from "./terminal.ts"

const PLAIN = "a: one\nb:\n    - 2\n"
const PASSPHRASE = "correct horse battery staple"

const home = createHome()
afterAll(home.remove)

const ours = conclave(home.path)
const oursAsSops: Program = (args, options) => ours(["sops", ...args], options)
const theirs = { "3.13.1": sops("3.13.1", home.path), "3.13.2": sops("3.13.2", home.path) }
const READERS: readonly (readonly [string, Program])[] = [
  ["conclave", oursAsSops],
  ["sops 3.13.1", theirs["3.13.1"]],
  ["sops 3.13.2", theirs["3.13.2"]],
]
const WRITERS = READERS

function file(name: string, content: string | Buffer): string {
  const path = join(home.path, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

const source = file("plain.yaml", PLAIN)

async function encryptedFor(program: Program, recipients: readonly string[], name: string): Promise<string> {
  const outcome = await program(["encrypt", "--age", recipients.join(","), source])
  expect(outcome.status, outcome.stderr).toBe(0)
  return file(name, outcome.stdout)
}

function expectPlain(outcome: Outcome): void {
  expect(outcome.status, outcome.stderr).toBe(0)
  expect(outcome.stdout.toString()).toBe(PLAIN)
}

describe("the places where identities are", () => {
  const command = file("print-key.sh", `#!/bin/sh\ncat '${keyFile("bob")}'\n`)
  chmodSync(command, 0o700)
  const settings = file("config/sops/age/keys.txt", readFileSync(keyFile("bob")))
  const ownHome = dirname(file("other-home/.config/sops/age/keys.txt", readFileSync(keyFile("bob"))))

  it.each([
    ["SOPS_AGE_KEY", { SOPS_AGE_KEY: identityOf("bob") }],
    [
      "SOPS_AGE_KEY with others before it",
      { SOPS_AGE_KEY: `# two\n${identityOf("alice")} ${identityOf("bob")}` },
    ],
    ["SOPS_AGE_KEY_FILE", { SOPS_AGE_KEY_FILE: keyFile("bob") }],
    ["SOPS_AGE_KEY_CMD", { SOPS_AGE_KEY_CMD: command }],
    ["$XDG_CONFIG_HOME/sops/age/keys.txt", { XDG_CONFIG_HOME: join(settings, "../../..") }],
    ["~/.config/sops/age/keys.txt", { HOME: join(ownHome, "../../..") }],
    [
      "the second source, when the first is of someone else",
      {
        SOPS_AGE_KEY: identityOf("alice"),
        SOPS_AGE_KEY_FILE: keyFile("bob"),
      },
    ],
  ] as const)("are the same in conclave and sops: %s", async (_, env) => {
    const encrypted = await encryptedFor(ours, [recipientOf("bob")], "for-bob.yaml")
    for (const [, program] of READERS) expectPlain(await program(["decrypt", encrypted], { env }))
  })

  it("hold nothing for someone else, who gets no byte and exit 128", async () => {
    const encrypted = await encryptedFor(ours, [recipientOf("bob")], "for-bob.yaml")
    for (const [, program] of READERS) {
      const outcome = await program(["decrypt", encrypted], { env: { SOPS_AGE_KEY: identityOf("alice") } })
      expect([outcome.status, outcome.stdout.length]).toEqual([128, 0])
    }
  })
})

describe("recipients", () => {
  it.each(WRITERS)("classic and hybrid together open for each (%s writes)", async (name, program) => {
    const encrypted = await encryptedFor(
      program,
      [recipientOf("alice"), recipientOf("quinn")],
      `${name}.yaml`,
    )
    for (const person of ["alice", "quinn"] as const) {
      for (const [, reader] of READERS) {
        expectPlain(await reader(["decrypt", encrypted], { env: { SOPS_AGE_KEY: identityOf(person) } }))
      }
    }
  })

  it.each([[[]], [["-pq"]]])("made by age-keygen %s work in conclave and sops", async (flags) => {
    const made = await ageKeygen(home.path)(flags)
    const identity = file(`keygen${flags.join("")}.txt`, made.stdout)
    const recipient = /# public key: (\S+)/.exec(made.stdout.toString())?.[1] ?? ""
    const encrypted = await encryptedFor(ours, [recipient], "for-keygen.yaml")
    for (const [, program] of READERS) {
      expectPlain(await program(["decrypt", encrypted], { env: { SOPS_AGE_KEY_FILE: identity } }))
    }
  })

  it.each([[[]], [["--post-quantum"]]])("made by conclave identity new %s work in sops", async (flags) => {
    const identity = join(home.path, `new${flags.join("")}.txt`)
    const made = await ours(["identity", "new", "--no-passphrase", ...flags, "--output", identity])
    expect(made.status, made.stderr).toBe(0)
    const recipient = (await ageKeygen(home.path)(["-y", identity])).stdout.toString().trim()
    for (const version of SOPS_VERSIONS) {
      const encrypted = await encryptedFor(theirs[version], [recipient], "for-new.yaml")
      for (const [, program] of READERS) {
        expectPlain(await program(["decrypt", encrypted], { env: { SOPS_AGE_KEY_FILE: identity } }))
      }
    }
  })
})

describe("a wrapped data key", () => {
  const ARMOR = /^( *)-----BEGIN AGE[\s\S]*?-----END AGE ENCRYPTED FILE-----\n/m

  it.each(["alice", "quinn"] as const)(
    "of conclave opens with age, and one by age in conclave: %s",
    async (person) => {
      const encrypted = await encryptedFor(ours, [recipientOf(person)], "wrapped.yaml")
      const text = readFileSync(encrypted, "utf8")
      const [block = "", indent = ""] = ARMOR.exec(text) ?? []
      const armored = block.replaceAll(indent, "")
      const opened = await age(home.path)(["-d", "-i", keyFile(person)], { input: Buffer.from(armored) })
      expect(opened.status, opened.stderr).toBe(0)
      expect(opened.stdout).toHaveLength(32)

      const again = await age(home.path)(["-a", "-r", recipientOf(person)], { input: opened.stdout })
      const indented = again.stdout.toString().replace(/^(?=.)/gm, indent)
      const replaced = file("rewrapped.yaml", text.replace(block, indented))
      for (const [, program] of READERS) {
        expectPlain(await program(["decrypt", replaced], { env: { SOPS_AGE_KEY: identityOf(person) } }))
      }
    },
  )
})

describe.skipIf(!hasTerminal)("an identity file under a passphrase", () => {
  const decryptLine = (program: string, encrypted: string): string =>
    `${program} decrypt '${encrypted}' > '${encrypted}.out'`

  async function expectOpens(identity: string, recipient: string): Promise<void> {
    const encrypted = await encryptedFor(ours, [recipient], "for-passphrase.yaml")
    for (const program of ["conclave", "3.13.1", "3.13.2"] as const) {
      const line = decryptLine(programLine(program), encrypted)
      const env = { SOPS_AGE_KEY_FILE: identity, HOME: home.path, PATH: process.env["PATH"] ?? "" }
      const { status, screen } = await inTerminal(line, PASSPHRASE, env, home.path)
      expect(status, `${program}: ${screen}`).toBe(0)
      expect(readFileSync(`${encrypted}.out`, "utf8")).toBe(PLAIN)
      // sops shows its question before it hides the answer, and this types fast.
      if (program === "conclave") expect(screen).not.toContain(PASSPHRASE)
    }
  }

  it.each([[[]], [["-a"]]])("made by age %s opens in conclave and sops", async (flags) => {
    const arguments_ = ["-e", ...flags, "-j", "batchpass"]
    const env = { AGE_PASSPHRASE: PASSPHRASE }
    const made = await age(home.path)(arguments_, { env, input: readFileSync(keyFile("carol")) })
    expect(made.status, made.stderr).toBe(0)
    await expectOpens(file(`sealed${flags.join("")}.age`, made.stdout), recipientOf("carol"))
  })

  it("made by conclave identity new opens in age and sops", async () => {
    const identity = join(home.path, "sealed-by-conclave.age")
    const line = `${programLine("conclave").replace(/ 'sops'$/, "")} identity new --output '${identity}'`
    const env = { HOME: home.path, PATH: process.env["PATH"] ?? "" }
    const { status, screen } = await inTerminal(line, PASSPHRASE, env, home.path)
    expect(status, screen).toBe(0)
    const opened = await age(home.path)(["-d", "-j", "batchpass", identity], {
      env: { AGE_PASSPHRASE: PASSPHRASE },
    })
    expect(opened.status, opened.stderr).toBe(0)
    const plainIdentity = file("opened.txt", opened.stdout)
    const recipient = (await ageKeygen(home.path)(["-y", plainIdentity])).stdout.toString().trim()
    await expectOpens(identity, recipient)
  })
})
