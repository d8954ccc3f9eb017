/** `conclave unlock` without its terminal: the answers that a person would type are given by the test. */

import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { startAgentProcess } from "#core/host/agent/start.ts"
import { sealIdentityFile } from "#core/keys/age/identity-file.ts"
import { PASSPHRASE, sshKeyPath, sshRecipientText } from "../core/keys/ssh-vectors.ts"
import { ALICE, createHome, type Home, isRunning, PROGRAM } from "./home.ts"

type Locked = Home & {
  readonly env: Readonly<Record<string, string>>
  readonly socket: string
  /** Starts the agent. @returns what it asked for. */
  unlock(options?: {
    forMs?: number
    confirm?: boolean
    answers?: (string | null)[]
    env?: object
  }): Promise<string[]>
  agentPid(): number
}

/** A home whose one identity is alice's, behind the passphrase `open sesame`, and a file for her. */
async function createLockedHome(): Promise<Locked> {
  const home = createHome()
  await home.encrypt("app.yaml", "a: 1\n")
  mkdirSync(join(home.path, ".config/sops/age"), { recursive: true })
  mkdirSync(join(home.path, "run"), { mode: 0o700 })
  writeFileSync(
    join(home.path, ".config/sops/age/keys.txt"),
    await sealIdentityFile(ALICE, "open sesame", 10),
  )
  const env = { SOPS_AGE_KEY_FILE: "", XDG_RUNTIME_DIR: join(home.path, "run") }
  const socket = join(home.path, "run/conclave/agent.sock")
  onTestFinished(async () => void (await home.run(["lock"], { env })))
  return {
    ...home,
    env,
    socket,
    async unlock({ forMs = 60_000, confirm = false, answers = ["open sesame"], env: more = {} } = {}) {
      const asked: string[] = []
      await startAgentProcess({
        program: [process.execPath, PROGRAM, "agent"],
        env: {
          PATH: process.env["PATH"] ?? "",
          HOME: home.path,
          XDG_RUNTIME_DIR: env.XDG_RUNTIME_DIR,
          ...more,
        },
        forMs,
        confirm,
        askPassphrase: async (source) => {
          asked.push(source)
          return answers[asked.length - 1] ?? null
        },
      })
      return asked
    },
    agentPid() {
      return pidsOf("agent").find((pid) => environOf(pid).includes(`HOME=${home.path}\0`)) ?? 0
    },
  }
}

function pidsOf(word: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const words = fileOf(`/proc/${pid}/cmdline`).split("\0")
      return words.includes(PROGRAM) && words.includes(word)
    })
}

/** TCP sockets of a process that listen: Node's debugger would. */
function listeningPorts(pid: number): string[] {
  const held = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`)))
  const lines = `${fileOf("/proc/net/tcp")}${fileOf("/proc/net/tcp6")}`
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
  return lines
    .filter(([, , , state]) => state === "0A")
    .flatMap(([, local = "", , , , , , , , inode]) => (held.has(`socket:[${inode}]`) ? [local] : []))
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ""
  }
}

function environOf(pid: number): string {
  return fileOf(`/proc/${pid}/environ`)
}

function fileOf(path: string): string {
  try {
    return readFileSync(path, "latin1")
  } catch {
    return ""
  }
}

test("without a passphrase nothing opens, and the way out is named", async () => {
  const home = await createLockedHome()
  const { status, stderr } = await home.run(["decrypt", "app.yaml"], { env: home.env })
  expect(status).toBe(128)
  expect(stderr).toMatch(/hint: conclave unlock asks for the passphrase/)
  expect(await home.run(["unlock"], { env: home.env })).toMatchObject({ status: 69 })
})

test("unlocked, every command opens files without asking", async () => {
  const home = await createLockedHome()
  expect(await home.unlock()).toHaveLength(1)
  for (let i = 0; i < 5; i++) {
    expect(await home.run(["decrypt", "app.yaml"], { env: home.env })).toMatchObject({
      status: 0,
      stdout: "a: 1\n",
    })
  }
  expect((await home.run(["sops", "-d", "app.yaml"], { env: home.env })).stdout).toBe("a: 1\n")
  expect((await home.run(["exec-env", "app.yaml", "echo $a"], { env: home.env })).stdout).toBe("1\n")
})

test("the state is told, as text and as data", async () => {
  const home = await createLockedHome()
  const status = (...words: string[]) => home.run(["unlock", "--status", ...words], { env: home.env })
  expect(await status()).toMatchObject({ status: 1, stdout: "locked\n" })
  await home.unlock({ forMs: 3_600_000 })
  expect(await status()).toMatchObject({
    status: 0,
    stdout: `unlocked for 1 h: ${home.path}/.config/sops/age/keys.txt\n`,
  })
  const facts = JSON.parse((await status("--json")).stdout)
  expect(facts).toMatchObject({ unlocked: true, confirm: "no", uses: 0 })
})

test("lock ends it, and nothing is left", async () => {
  const home = await createLockedHome()
  await home.unlock()
  const pid = home.agentPid()
  expect(isRunning(pid)).toBe(true)
  expect(await home.run(["lock"], { env: home.env })).toMatchObject({ status: 0, stderr: "locked\n" })
  await expect.poll(() => isRunning(pid)).toBe(false)
  expect(existsSync(home.socket)).toBe(false)
  expect((await home.run(["decrypt", "app.yaml"], { env: home.env })).status).toBe(128)
  expect(await home.run(["lock"], { env: home.env })).toMatchObject({
    status: 0,
    stderr: "nothing was unlocked\n",
  })
})

test.each(["SIGTERM", "SIGHUP", "SIGINT"] as const)("%s ends it, and nothing is left", async (signal) => {
  const home = await createLockedHome()
  await home.unlock()
  const pid = home.agentPid()
  process.kill(pid, signal)
  await expect.poll(() => isRunning(pid)).toBe(false)
  expect(existsSync(home.socket)).toBe(false)
})

test("it ends by itself", async () => {
  const home = await createLockedHome()
  await home.unlock({ forMs: 700 })
  const pid = home.agentPid()
  await expect.poll(() => isRunning(pid), { timeout: 3000 }).toBe(false)
  expect(existsSync(home.socket)).toBe(false)
})

test("one that was killed leaves a socket that stands in nobody's way", async () => {
  const home = await createLockedHome()
  await home.unlock()
  process.kill(home.agentPid(), "SIGKILL")
  await expect.poll(() => home.agentPid()).toBe(0)
  expect(existsSync(home.socket)).toBe(true)
  expect((await home.run(["decrypt", "app.yaml"], { env: home.env })).status).toBe(128)
  await home.unlock()
  expect((await home.run(["decrypt", "app.yaml"], { env: home.env })).stdout).toBe("a: 1\n")
})

test("unlocking again ends the first", async () => {
  const home = await createLockedHome()
  await home.unlock()
  const first = home.agentPid()
  await home.unlock()
  await expect.poll(() => isRunning(first)).toBe(false)
  expect((await home.run(["decrypt", "app.yaml"], { env: home.env })).stdout).toBe("a: 1\n")
})

test("a passphrase may be mistyped, and a wrong one starts nothing", async () => {
  const home = await createLockedHome()
  expect(await home.unlock({ answers: ["no", "open sesame"] })).toHaveLength(2)
  await home.run(["lock"], { env: home.env })
  await expect(home.unlock({ answers: ["no", "nor this", "never"] })).rejects.toThrow(
    /passphrase does not open/,
  )
  await expect(home.unlock({ answers: [null] })).rejects.toThrow(/nobody to ask/)
  await expect.poll(() => home.agentPid()).toBe(0)
  await expect(home.unlock({ env: { HOME: "/nonexistent" } })).rejects.toThrow(/nothing to unlock/)
})

test("it has no core dumps, no terminal, no debugger, and keeps no folder busy", async () => {
  const home = await createLockedHome()
  await home.unlock({ env: { NODE_OPTIONS: "--no-warnings" } })
  const pid = home.agentPid()
  expect(fileOf(`/proc/${pid}/limits`)).toMatch(/Max core file size +0 +0 /)
  expect(environOf(pid)).not.toContain("NODE_OPTIONS")
  expect(fileOf(`/proc/${pid}/stat`).split(") ")[1]?.split(" ")[4]).toBe("0")
  expect(readlinkSync(`/proc/${pid}/cwd`)).toBe("/")
  process.kill(pid, "SIGUSR1")
  // An answer shows that the signal has been dealt with.
  expect((await home.run(["unlock", "--status"], { env: home.env })).status).toBe(0)
  expect(listeningPorts(pid)).toEqual([])
  expect(isRunning(pid)).toBe(true)
})

test("nothing secret is on its command line, in its environment, or comes from it to others", async () => {
  const home = await createLockedHome()
  await home.unlock()
  const pid = home.agentPid()
  expect(fileOf(`/proc/${pid}/cmdline`) + environOf(pid)).not.toMatch(/sesame|AGE-SECRET/)
})

test("with --confirm and no terminal to ask on, nothing is opened", async () => {
  const home = await createLockedHome()
  await home.unlock({ confirm: true })
  const { status, stderr } = await home.run(["decrypt", "app.yaml"], { env: home.env })
  expect(status).toBe(128)
  expect(stderr).toMatch(/each use must be confirmed, and there is no terminal to ask on/)
  expect((await home.run(["unlock", "--status"], { env: home.env })).stdout).toMatch(/asking before each use/)
})

test("with --confirm the program that SSH_ASKPASS names is asked", async () => {
  const home = await createLockedHome()
  const program = join(home.path, "askpass")
  writeFileSync(program, `#!/bin/sh\necho "$1" >> ${home.path}/asked\ntest -e ${home.path}/yes\n`, {
    mode: 0o700,
  })
  await home.unlock({ confirm: true, env: { SSH_ASKPASS: program } })
  expect((await home.run(["decrypt", "app.yaml"], { env: home.env })).status).toBe(128)
  home.write("yes", "")
  expect((await home.run(["decrypt", "app.yaml"], { env: home.env })).stdout).toBe("a: 1\n")
  expect(home.read("asked")).toMatch(/^(conclave: use the identity of \S+keys.txt for age1\S+\?\n){2}$/)
})

test("a time that is none, or too long, is refused", async () => {
  const home = await createLockedHome()
  for (const time of ["2 days", "25h", "0m", "-1m", ""]) {
    expect((await home.run(["unlock", "--for", time], { env: home.env })).status).toBe(64)
  }
})

test("an SSH key behind a passphrase is held, too", async () => {
  const home = await createLockedHome()
  const key = join(home.path, "id_ed25519")
  copyFileSync(sshKeyPath("ed25519-passphrase"), key)
  chmodSync(key, 0o600)
  const recipient = sshRecipientText("ed25519-passphrase").split(" ").slice(0, 2).join(" ")
  home.write("ssh.yaml", "a: 1\n")
  expect((await home.run(["encrypt", "-i", "--age", recipient, "ssh.yaml"])).status).toBe(0)
  const env = { ...home.env, SOPS_AGE_SSH_PRIVATE_KEY_FILE: key }
  expect((await home.run(["decrypt", "ssh.yaml"], { env })).status).toBe(128)
  const asked = await home.unlock({
    env: { SOPS_AGE_SSH_PRIVATE_KEY_FILE: key },
    answers: [PASSPHRASE, null],
  })
  expect(asked).toEqual([key, expect.stringContaining("keys.txt")])
  expect((await home.run(["decrypt", "ssh.yaml"], { env })).stdout).toBe("a: 1\n")
  // Not asked for: the other identity was left locked.
  expect((await home.run(["decrypt", "app.yaml"], { env })).status).toBe(128)
})
