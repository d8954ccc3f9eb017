import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { chmod, stat } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, describe, expect, onTestFinished, test } from "vitest"
import { faultOfBase } from "#core/host/ram/bases.ts"
import { makeMarkedFolder } from "#core/host/ram/leftovers.ts"
import { proveMemory } from "#core/host/ram/memory.ts"
import { openRamFolder } from "#core/host/ram.ts"
import { bundleModule } from "./bundle.ts"
import { temporaryFolder } from "./temporary-folder.ts"

/** `/dev/shm` proves to be memory here: not on macOS or Windows, and not with a swap in clear. */
const hasMemory =
  process.platform === "linux" && existsSync("/dev/shm") && proveMemory("/dev/shm").kind !== null
const isRoot = process.getuid?.() === 0
/** A mount namespace, in which a disk lies over `/dev/shm`. */
const canHideMemory =
  isRoot && spawnSync("unshare", ["-m", "mount", "--bind", "/mnt", "/dev/shm"]).status === 0

const ram = bundleModule("core/host/ram.ts")
afterAll(() => ram.remove())

/** A folder of its own in memory, to stand for `XDG_RUNTIME_DIR`. */
function runtimeFolder(): string {
  const path = join("/dev/shm", `conclave-test-${process.pid}-${Math.random().toString(36).slice(2)}`)
  mkdirSync(path, { mode: 0o700 })
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

describe.runIf(hasMemory)("a folder in memory", () => {
  test("is ours alone, empty, proved, and gone when it is closed", async () => {
    const runtime = runtimeFolder()
    const folder = await openRamFolder({ name: "test", env: { XDG_RUNTIME_DIR: runtime } })
    expect(folder.kind).toBe("tmpfs")
    expect(folder.path.startsWith(`${runtime}/conclave-test-`)).toBe(true)
    expect((await stat(folder.path)).mode & 0o777).toBe(0o700)
    writeFileSync(join(folder.path, "plain"), "x")
    await folder.close()
    await folder.close()
    expect(readdirSync(runtime)).toEqual([])
  })

  test("is taken from /dev/shm where XDG_RUNTIME_DIR is a disk, a link, or not there", async () => {
    const disk = await temporaryFolder()
    const link = join(disk, "link")
    symlinkSync("/dev/shm", link)
    for (const runtime of [disk, link, join(disk, "missing"), "relative", ""]) {
      const folder = await openRamFolder({ name: "test", env: { XDG_RUNTIME_DIR: runtime } })
      expect(folder.path.startsWith("/dev/shm/conclave-test-")).toBe(true)
      await folder.close()
    }
  })

  test.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ] as const)("is removed when %s ends the process", async (signal, code) => {
    const runtime = runtimeFolder()
    const child = startHolder(runtime)
    await once(child.stdout, "data")
    expect(readdirSync(runtime)).toHaveLength(1)
    child.kill(signal)
    expect((await once(child, "exit"))[0]).toBe(code)
    expect(readdirSync(runtime)).toEqual([])
  })

  test("is removed at the next start when the process was killed, and only then", async () => {
    const runtime = runtimeFolder()
    const alive = startHolder(runtime)
    const killed = startHolder(runtime)
    await Promise.all([once(alive.stdout, "data"), once(killed.stdout, "data")])
    killed.kill("SIGKILL")
    await once(killed, "exit")
    expect(readdirSync(runtime)).toHaveLength(2)
    const folder = await openRamFolder({ name: "test", env: { XDG_RUNTIME_DIR: runtime } })
    const names = readdirSync(runtime)
    expect(names).toHaveLength(2)
    expect(names.some((name) => name.includes(`-${alive.pid}-`))).toBe(true)
    await folder.close()
    alive.kill()
    await once(alive, "exit")
  })

  test.runIf(isRoot)("leaves alone what belongs to somebody else (root: chown)", async () => {
    const runtime = runtimeFolder()
    const foreign = makeMarkedFolder(runtime, "test").replace(/-\d+(-\d+-\d+-\w+)$/, "-2147483646$1")
    mkdirSync(foreign)
    expect(spawnSync("chown", ["65534", foreign]).status).toBe(0)
    const folder = await openRamFolder({ name: "test", env: { XDG_RUNTIME_DIR: runtime } })
    await folder.close()
    expect(existsSync(foreign)).toBe(true)
  })
})

describe.runIf(process.platform === "linux")("a folder that is no memory", () => {
  test("gives no proof, and neither does a link to one that is", async () => {
    expect(proveMemory("/proc")).toEqual({ kind: null, reason: "is on a disk" })
    const link = join(await temporaryFolder(), "link")
    symlinkSync("/dev/shm", link)
    expect(() => proveMemory(link)).toThrow()
  })
})

describe.runIf(canHideMemory)("without memory in /dev/shm (root: unshare)", () => {
  test("there is an error with a reason for each place, unless a disk is allowed", async () => {
    const output = await withoutMemory(
      ":",
      `const options = { name: "test", env: { XDG_RUNTIME_DIR: "/proc" } }
      try { await openRamFolder(options) } catch (error) { console.log(error.code, error.details.reasons) }
      const folder = await openRamFolder({ ...options, allowDisk: true })
      console.log(folder.kind, folder.path)
      await folder.close()`,
    )
    expect(output).toMatch(
      /^no-ram-folder \[\n? *'XDG_RUNTIME_DIR [^\n]*',\n? *'\/dev\/shm is on a disk'\n?\s*\]\ndisk .*\/conclave-test-/,
    )
  })

  test.each([
    ["tmpfs", "RUNTIME_DIRECTORY"],
    ["ramfs", "XDG_RUNTIME_DIR"],
  ])("%s in %s is taken", async (kind, variable) => {
    const output = await withoutMemory(
      `mount -t ${kind} none "$1" && chmod 700 "$1"`,
      `const folder = await openRamFolder({ name: "test", env: { ${variable}: "/missing:" + process.argv[1] } })
      console.log(folder.kind)
      await folder.close()`.replace('XDG_RUNTIME_DIR: "/missing:" +', "XDG_RUNTIME_DIR:"),
    )
    expect(output).toBe(`${kind}\n`)
  })
})

describe.runIf(process.platform !== "win32")("a base", () => {
  test("must be a folder, absolute, no link, and not open to others", async () => {
    const folder = await temporaryFolder()
    expect(faultOfBase(folder)).toBeNull()
    expect(faultOfBase("run")).toContain("absolute")
    expect(faultOfBase(join(folder, "missing"))).toContain("not there")
    writeFileSync(join(folder, "file"), "")
    expect(faultOfBase(join(folder, "file"))).toContain("not a folder")
    symlinkSync(folder, join(folder, "link"))
    expect(faultOfBase(join(folder, "link"))).toContain("link")
    await chmod(folder, 0o777)
    expect(faultOfBase(folder)).toContain("others")
    chmodSync(folder, 0o1777)
    expect(faultOfBase(folder)).toBeNull()
  })

  test.runIf(isRoot)("must not be another user's (root: chown)", async () => {
    const folder = await temporaryFolder()
    expect(spawnSync("chown", ["65534", folder]).status).toBe(0)
    expect(faultOfBase(folder)).toContain("somebody else")
  })
})

test("Windows gets a folder of the user's profile, and is told so by its kind", async () => {
  const profile = await temporaryFolder()
  const folder = await openRamFolder({ name: "test", platform: "win32", env: { LOCALAPPDATA: profile } })
  expect(folder.kind).toBe("user-folder")
  expect(folder.path.startsWith(join(profile, "conclave", "plain"))).toBe(true)
  await folder.close()
  expect(existsSync(folder.path)).toBe(false)
})

/** A process that holds a folder until it is ended. */
function startHolder(runtime: string) {
  const script = `
    import { openRamFolder } from ${JSON.stringify(ram.file)}
    await openRamFolder({ name: "test", env: { XDG_RUNTIME_DIR: ${JSON.stringify(runtime)} } })
    console.log("held")
    setInterval(() => {}, 1000)`
  const args = ["--input-type=module", "-e", script]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  return child
}

/** Runs a script in a mount namespace where a disk lies over `/dev/shm`, behind a command with a folder as `$1`. */
async function withoutMemory(prepare: string, script: string): Promise<string> {
  const module = `import { openRamFolder } from ${JSON.stringify(ram.file)}\n${script}`
  const command = `mount --bind /mnt /dev/shm && ${prepare} && exec "$0" --input-type=module -e "$2" "$1"`
  const args = ["-m", "sh", "-c", command, process.execPath, await temporaryFolder(), module]
  const { stdout, stderr } = spawnSync("unshare", args, { encoding: "utf8" })
  expect(stderr).toBe("")
  return stdout
}
