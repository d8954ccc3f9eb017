import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, onTestFinished, test } from "vitest"
import { lockFile } from "#core/host/lock.ts"
import { bundleModule } from "./bundle.ts"
import { temporaryFolder } from "./temporary-folder.ts"

const module = bundleModule("core/host/lock.ts")
afterAll(() => module.remove())

async function place() {
  const folder = await temporaryFolder()
  const env = { XDG_RUNTIME_DIR: join(folder, "run") }
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 })
  const file = join(folder, "db.yaml")
  writeFileSync(file, "")
  return { folder, env, file, locks: join(env.XDG_RUNTIME_DIR, "conclave", "locks") }
}

describe("the lock of a file", () => {
  test("is for one at a time, and free again when it is released", async () => {
    const { env, file } = await place()
    const lock = await lockFile(file, { purpose: "write", env })
    await expect(lockFile(file, { purpose: "write", env })).rejects.toMatchObject({
      code: "locked",
      details: { file, pid: process.pid },
    })
    lock.release()
    const again = await lockFile(file, { purpose: "write", env })
    again.release()
  })

  test("is waited for", async () => {
    const { env, file } = await place()
    const lock = await lockFile(file, { purpose: "write", env })
    setTimeout(() => lock.release(), 60)
    const second = await lockFile(file, { purpose: "write", waitMs: 5000, env })
    second.release()
  })

  test("of an editing person does not keep others from writing", async () => {
    const { env, file } = await place()
    const editing = await lockFile(file, { purpose: "edit", env })
    const writing = await lockFile(file, { purpose: "write", env })
    writing.release()
    editing.release()
  })

  test("is the same through a link, and another one for another file", async () => {
    const { folder, env, file } = await place()
    const link = join(folder, "link.yaml")
    symlinkSync(file, link)
    const lock = await lockFile(link, { purpose: "write", env })
    await expect(lockFile(file, { purpose: "write", env })).rejects.toMatchObject({ code: "locked" })
    const other = await lockFile(join(folder, "not-there-yet.yaml"), { purpose: "write", env })
    other.release()
    lock.release()
  })

  test("of a killed process is taken away, that of a running one is not", async () => {
    const { env, file } = await place()
    const child = startHolder(file, env.XDG_RUNTIME_DIR)
    await once(child.stdout, "data")
    await expect(lockFile(file, { purpose: "write", env })).rejects.toMatchObject({
      code: "locked",
      details: { pid: child.pid },
    })
    child.kill("SIGKILL")
    await once(child, "exit")
    const lock = await lockFile(file, { purpose: "write", env })
    lock.release()
  })

  test("that a killed process has not come to sign is taken away when it is old", async () => {
    const { env, file, locks } = await place()
    const lock = await lockFile(file, { purpose: "write", env })
    const [name = ""] = readdirSync(locks)
    writeFileSync(join(locks, name), "")
    await expect(lockFile(file, { purpose: "write", env })).rejects.toMatchObject({ code: "locked" })
    const old = Date.now() / 1000 - 60
    utimesSync(join(locks, name), old, old)
    const next = await lockFile(file, { purpose: "write", env })
    next.release()
    lock.release()
  })

  test("is held by one only when many processes find the same stale one", async () => {
    const { folder, env, file } = await place()
    const killed = startHolder(file, env.XDG_RUNTIME_DIR)
    await once(killed.stdout, "data")
    killed.kill("SIGKILL")
    await once(killed, "exit")
    const log = join(folder, "log")
    const script = `
      import { lockFile } from ${JSON.stringify(module.file)}
      import { appendFileSync } from "node:fs"
      import { setTimeout } from "node:timers/promises"
      const options = { purpose: "write", waitMs: 20000, env: { XDG_RUNTIME_DIR: ${JSON.stringify(env.XDG_RUNTIME_DIR)} } }
      for (let i = 0; i < 5; i++) {
        const lock = await lockFile(${JSON.stringify(file)}, options)
        appendFileSync(${JSON.stringify(log)}, "in ")
        await setTimeout(1)
        appendFileSync(${JSON.stringify(log)}, "out\\n")
        lock.release()
      }`
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" }),
    )
    for (const [code] of await Promise.all(children.map((child) => once(child, "exit")))) expect(code).toBe(0)
    expect(readFileSync(log, "utf8")).toBe("in out\n".repeat(20))
  })
})

function startHolder(file: string, runtime: string) {
  const script = `
    import { lockFile } from ${JSON.stringify(module.file)}
    await lockFile(${JSON.stringify(file)}, { purpose: "write", env: { XDG_RUNTIME_DIR: ${JSON.stringify(runtime)} } })
    console.log("held")
    setInterval(() => {}, 1000)`
  const args = ["--input-type=module", "-e", script]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  return child
}
