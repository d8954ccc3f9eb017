import { spawn } from "node:child_process"
import { once } from "node:events"
import { describe, expect, test } from "vitest"
import { isGone, pidOf, processMark } from "#core/host/process-mark.ts"

describe("the mark of a process", () => {
  test("holds while the process runs, and its number can be read from it", () => {
    expect(isGone(processMark())).toBe(false)
    expect(pidOf(processMark())).toBe(process.pid)
  })

  test("tells that a process has ended", async () => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"])
    await once(child, "spawn")
    const mark = processMark(child.pid)
    expect(isGone(mark)).toBe(false)
    child.kill("SIGKILL")
    await once(child, "exit")
    expect(isGone(mark)).toBe(true)
  })

  test.runIf(process.platform === "linux")("tells another process with the same number", () => {
    const [pid, , namespace] = processMark().split("-")
    expect(isGone(`${pid}-1-${namespace}`)).toBe(true)
  })

  test.runIf(process.platform === "linux")("does not judge a process of another namespace", () => {
    expect(isGone("2147483647-1-1")).toBe(false)
  })

  test("takes what is no mark for something that is still there", () => {
    expect(isGone("notes")).toBe(false)
    expect(pidOf("notes")).toBe(0)
  })
})
