/**
 * SSH keys that the real `ssh-keygen` makes, as recipients and identities: what
 * conclave, both versions of sops and age encrypt for them, each of the others
 * opens.
 */

import { execFile } from "node:child_process"
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { age, conclave, createHome, type Outcome, type Program, sops } from "./programs.ts"
import { hasTerminal, inTerminal, programLine } from "./terminal.ts"
import { withWrappedKey, wrappedKeyOf } from "./wrapped-key.ts"

const execute = promisify(execFile)

const PLAIN = "a: one\nb:\n    - 2\n"
const PASSPHRASE = "correct horse battery staple"

const home = createHome()
afterAll(home.remove)

const ours = conclave(home.path)
const oursAsSops: Program = (args, options) => ours(["sops", ...args], options)
const PROGRAMS: readonly (readonly [string, Program])[] = [
  ["conclave", oursAsSops],
  ["sops 3.13.1", sops("3.13.1", home.path)],
  ["sops 3.13.2", sops("3.13.2", home.path)],
]

/** Every kind of key file that age and sops open too. */
const OPEN = [
  ["ed25519", ["-t", "ed25519"]],
  ["rsa-2048", ["-t", "rsa", "-b", "2048"]],
  ["rsa-3072", ["-t", "rsa", "-b", "3072"]],
  ["rsa-4096", ["-t", "rsa", "-b", "4096"]],
  ["rsa-pkcs1", ["-t", "rsa", "-b", "2048", "-m", "PEM"]],
  ["rsa-pkcs8", ["-t", "rsa", "-b", "2048", "-m", "PKCS8"]],
] as const

const LOCKED = [
  ["locked-ed25519", ["-t", "ed25519"]],
  ["locked-ed25519-cbc", ["-t", "ed25519", "-Z", "aes256-cbc"]],
  ["locked-rsa-2048", ["-t", "rsa", "-b", "2048"]],
  ["locked-rsa-3072", ["-t", "rsa", "-b", "3072"]],
  ["locked-rsa-4096", ["-t", "rsa", "-b", "4096"]],
  ["locked-rsa-pkcs1", ["-t", "rsa", "-b", "2048", "-m", "PEM"]],
] as const

const pathOf = (name: string): string => join(home.path, name)
const recipientOf = (name: string): string => readFileSync(`${pathOf(name)}.pub`, "utf8").trim()

function file(name: string, content: string | Buffer): string {
  const path = pathOf(name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

beforeAll(async () => {
  const generate = (name: string, flags: readonly string[], passphrase: string) =>
    execute("ssh-keygen", [...flags, "-q", "-N", passphrase, "-C", `${name}@test`, "-f", pathOf(name)])
  await Promise.all(OPEN.map(([name, flags]) => generate(name, flags, "")))
  await Promise.all(LOCKED.map(([name, flags]) => generate(name, flags, PASSPHRASE)))
  // Large primes take their time.
}, 300_000)

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

describe.each(OPEN)("a key of ssh-keygen: %s", (name) => {
  const env = { SOPS_AGE_SSH_PRIVATE_KEY_FILE: pathOf(name) }

  it.each(PROGRAMS)("opens everywhere what %s encrypts for it", async (writer, program) => {
    const encrypted = await encryptedFor(program, [recipientOf(name)], `${name}-by-${writer}.yaml`)
    expect(readFileSync(encrypted, "utf8")).toContain(recipientOf(name))
    for (const [, reader] of PROGRAMS) expectPlain(await reader(["decrypt", encrypted], { env }))
  })

  it("opens in age what conclave wraps, and in conclave what age wraps", async () => {
    const text = readFileSync(await encryptedFor(oursAsSops, [recipientOf(name)], `${name}.yaml`), "utf8")
    const opened = await age(home.path)(["-d", "-i", pathOf(name)], { input: wrappedKeyOf(text) })
    expect(opened.status, opened.stderr).toBe(0)
    expect(opened.stdout).toHaveLength(32)

    const again = await age(home.path)(["-a", "-R", `${pathOf(name)}.pub`], { input: opened.stdout })
    const rewrapped = file(`${name}-by-age.yaml`, withWrappedKey(text, again.stdout))
    for (const [, reader] of PROGRAMS) expectPlain(await reader(["decrypt", rewrapped], { env }))
  })
})

describe("the places where SSH keys are", () => {
  it("are the same in conclave and sops", async () => {
    for (const [place, name] of [
      ["id_ed25519", "ed25519"],
      ["id_rsa", "rsa-3072"],
    ] as const) {
      const key = file(`home-of-${name}/.ssh/${place}`, "")
      copyFileSync(pathOf(name), key)
      const command = file(
        `print-${name}.sh`,
        `#!/bin/sh\ntest -n "$SOPS_AGE_RECIPIENT" && cat '${pathOf(name)}'\n`,
      )
      chmodSync(command, 0o700)
      const encrypted = await encryptedFor(oursAsSops, [recipientOf(name)], `${place}.yaml`)
      for (const [, reader] of PROGRAMS) {
        expectPlain(await reader(["decrypt", encrypted], { env: { HOME: dirname(dirname(key)) } }))
        expectPlain(await reader(["decrypt", encrypted], { env: { SOPS_AGE_SSH_PRIVATE_KEY_CMD: command } }))
      }
    }
  })

  it("hold nothing for someone else", async () => {
    const encrypted = await encryptedFor(oursAsSops, [recipientOf("ed25519")], "for-ed25519.yaml")
    for (const [, reader] of PROGRAMS) {
      const env = { SOPS_AGE_SSH_PRIVATE_KEY_FILE: pathOf("rsa-2048") }
      const { status, stdout } = await reader(["decrypt", encrypted], { env })
      expect([status, stdout.length]).toEqual([128, 0])
    }
  })

  it("name a key behind a passphrase when nobody can be asked, and the other keys are tried", async () => {
    const both = [recipientOf("locked-ed25519"), recipientOf("rsa-2048")]
    const encrypted = await encryptedFor(oursAsSops, both, "for-both.yaml")
    const locked = { SOPS_AGE_SSH_PRIVATE_KEY_FILE: pathOf("locked-ed25519") }
    const outcome = await oursAsSops(["decrypt", encrypted], { env: locked })
    expect(outcome.status).toBe(128)
    expect(outcome.stderr).toContain(`${pathOf("locked-ed25519")} is behind a passphrase`)
    const key = file("home-of-both/.ssh/id_rsa", "")
    copyFileSync(pathOf("rsa-2048"), key)
    expectPlain(await oursAsSops(["decrypt", encrypted], { env: { ...locked, HOME: dirname(dirname(key)) } }))
  })
})

describe.skipIf(!hasTerminal).each(LOCKED)("a key of ssh-keygen behind a passphrase: %s", (name) => {
  const env = {
    SOPS_AGE_SSH_PRIVATE_KEY_FILE: pathOf(name),
    HOME: home.path,
    PATH: process.env["PATH"] ?? "",
  }

  it.each(PROGRAMS)("opens everywhere what %s encrypts for it", async (writer, program) => {
    const encrypted = await encryptedFor(program, [recipientOf(name)], `${name}-by-${writer}.yaml`)
    for (const reader of ["conclave", "3.13.1", "3.13.2"] as const) {
      const line = `${programLine(reader)} decrypt '${encrypted}' > '${encrypted}.out'`
      const { status, screen } = await inTerminal(line, PASSPHRASE, env, home.path)
      expect(status, `${reader}: ${screen}`).toBe(0)
      expect(readFileSync(`${encrypted}.out`, "utf8")).toBe(PLAIN)
      // sops shows its question before it hides the answer, and this types fast.
      if (reader === "conclave") expect(screen).not.toContain(PASSPHRASE)
    }
  })

  it("is asked for in vain by a wrong one", async () => {
    const encrypted = await encryptedFor(oursAsSops, [recipientOf(name)], `${name}.yaml`)
    const line = `${programLine("conclave")} decrypt '${encrypted}'`
    const { status, screen } = await inTerminal(line, "wrong", env, home.path)
    expect(status).toBe(128)
    expect(screen).toContain(`the passphrase does not open ${pathOf(name)}`)
  })
})
