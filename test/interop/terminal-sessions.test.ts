/** What needs a terminal: one question for two hundred files, consent for each, and commands that own the terminal. */

import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { sealIdentityFile } from "#core/keys/age/identity-file.ts"
import { keyFile, recipientOf } from "./keys.ts"
import { conclave, conclaveCommand, createHome, inParallel } from "./programs.ts"
import { hasTerminal, inTerminal } from "./terminal.ts"

const COUNT = 200
const PASSPHRASE = "open sesame"

const home = createHome()
const program = conclave(home.path)
const line = conclaveCommand()
  .map((word) => `'${word}'`)
  .join(" ")
const env = {
  PATH: process.env["PATH"] ?? "",
  HOME: home.path,
  TMPDIR: home.path,
  XDG_RUNTIME_DIR: join(home.path, "run"),
  TERM: "dumb",
}
const asAlice = { ...env, SOPS_AGE_KEY_FILE: keyFile("alice") }

beforeAll(async () => {
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 })
  mkdirSync(join(home.path, ".config/sops/age"), { recursive: true })
  const sealed = await sealIdentityFile(readFileSync(keyFile("alice"), "utf8"), PASSPHRASE, 12)
  writeFileSync(join(home.path, ".config/sops/age/keys.txt"), sealed, { mode: 0o600 })
  const { status, stdout } = await program(
    ["encrypt", "--age", recipientOf("alice"), "--filename-override", "f.env"],
    { input: Buffer.from("A=1\n") },
  )
  expect(status).toBe(0)
  for (let i = 0; i < COUNT; i++) writeFileSync(join(home.path, `f${i}.env`), stdout)
})

afterAll(async () => {
  await program(["lock"], { env })
  home.remove()
})

describe.skipIf(!hasTerminal).sequential("conclave unlock at a terminal", () => {
  it(`asks once for ${COUNT} files`, async () => {
    const asked = await inTerminal(`${line} unlock --for 5m`, PASSPHRASE, env, home.path)
    expect(asked).toMatchObject({
      status: 0,
      screen: expect.stringMatching(/unlocked for 5 min: \S+keys\.txt/),
    })
    expect(asked.screen.match(/passphrase for/gi)).toHaveLength(1)
    const files = Array.from({ length: COUNT }, (_, i) => `f${i}.env`)
    await inParallel(files, async (file) => {
      expect(await program(["decrypt", file], { env })).toMatchObject({
        status: 0,
        stdout: Buffer.from("A=1\n"),
      })
    })
    const state = JSON.parse((await program(["unlock", "--status", "--json"], { env })).stdout.toString())
    expect(state).toMatchObject({ unlocked: true, uses: COUNT })
    expect((await program(["lock"], { env })).status).toBe(0)
  })

  it(`asks once for ${COUNT} files that git shows through its textconv`, async () => {
    const git = (...words: string[]): string =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...words], {
        cwd: home.path,
        env: { ...env, GIT_CONFIG_NOSYSTEM: "1" },
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      })
    git("init", "-q")
    git("config", "diff.conclave.textconv", `${line} decrypt`)
    writeFileSync(join(home.path, ".gitattributes"), "*.env diff=conclave\n")
    git("add", "--", ".gitattributes", ...Array.from({ length: COUNT }, (_, i) => `f${i}.env`))
    git("commit", "-qm", "secrets")
    const asked = await inTerminal(`${line} unlock --for 5m`, PASSPHRASE, env, home.path)
    expect(asked.screen.match(/passphrase for/gi)).toHaveLength(1)

    const shown = git("show", "--textconv", "HEAD")

    expect(shown.match(/^\+A=1$/gm)).toHaveLength(COUNT)
    expect(shown).not.toContain("ENC[")
    const state = JSON.parse((await program(["unlock", "--status", "--json"], { env })).stdout.toString())
    expect(state).toMatchObject({ unlocked: true, uses: COUNT })
    expect((await program(["lock"], { env })).status).toBe(0)
  })

  it("with --confirm asks at the terminal of each command, and takes no for an answer", async () => {
    await inTerminal(`${line} unlock --confirm`, PASSPHRASE, env, home.path)
    const asking = /use the identity[^\n]*\[y\/N\]/g
    const agreed = await inTerminal(`${line} decrypt f1.env > out`, "y", env, home.path, asking)
    expect(agreed).toMatchObject({ status: 0, screen: expect.stringMatching(asking) })
    expect(readFileSync(join(home.path, "out"), "utf8")).toBe("A=1\n")
    const declined = await inTerminal(`${line} decrypt f1.env`, "n", env, home.path, asking)
    expect(declined.status).toBe(128)
    expect(declined.screen).toMatch(/its use was not confirmed/)
    expect(declined.screen).not.toMatch(/passphrase for/i)
    expect((await program(["lock"], { env })).status).toBe(0)
  })

  it("may be given up, and then nothing is held", async () => {
    const given = await inTerminal(`${line} unlock`, "", env, home.path)
    expect(given.status).toBe(69)
    expect((await program(["unlock", "--status"], { env })).stdout.toString()).toBe("locked\n")
  })
})

describe.skipIf(!hasTerminal)("a command of exec-env at a terminal", () => {
  it("owns the terminal", async () => {
    const command = `${line} exec-env f0.env 'test -t 0 && test -t 1 && echo is a tty; echo ready; read x < /dev/tty; echo "got $x"'`
    const { status, screen } = await inTerminal(command, "word", asAlice, home.path, /ready/g)
    expect(status).toBe(0)
    expect(screen).toMatch(/is a tty/)
    expect(screen).toMatch(/got word/)
  })

  it("gets Ctrl-C once, and its exit code is ours", async () => {
    const script =
      "n=0; trap 'n=$((n+1))' INT; echo ready; while [ $n -eq 0 ]; do sleep 0.1; done; sleep 0.5; echo total $n; exit 5"
    // The shell in between would end by the key, too.
    const command = `exec ${line} exec-env f0.env "${script.replaceAll("$", "\\$")}"`
    const { status, screen } = await inTerminal(command, "\u0003", asAlice, home.path, /ready/g)
    expect(screen).toMatch(/total 1\r?\n/)
    expect(status).toBe(5)
  })

  it("goes with all that it has started when we are told to go", async () => {
    const script = "sleep 60 & echo \\$! > children; (sleep 61; true) & echo \\$! >> children; wait; wait"
    const command = [
      `${line} exec-env f0.env "${script}" & us=$!`,
      "while [ $(cat children 2>/dev/null | wc -l) -lt 2 ]; do sleep 0.05; done",
      "kill -TERM $us; wait $us; echo ended $?; sleep 0.3",
      // One that has ended may stand in the table until it is asked for.
      'for pid in $(cat children); do case "$(cut -d" " -f3 /proc/$pid/stat 2>/dev/null)" in ""|Z) ;; *) echo left $pid;; esac; done',
    ].join("\n")
    const { screen } = await inTerminal(command, "", asAlice, home.path, /never asked/g)
    expect(screen).toMatch(/ended 143/)
    expect(screen).not.toMatch(/left/)
  })
})
