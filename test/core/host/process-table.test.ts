import { spawn } from "node:child_process"
import { expect, test } from "vitest"
import { descendantsOf, isInForeground, parseStat, processTable } from "../../../core/host/process-table.ts"

const row = (pid: number, parent: number, group = 1, foreground = 0) => ({ pid, parent, group, foreground })

test("descendants are found through their parents, within the group", () => {
  const table = [row(1, 0), row(2, 1), row(3, 2), row(4, 2, 4), row(5, 4), row(9, 8)]
  expect(descendantsOf(1, table).sort()).toEqual([2, 3])
  expect(descendantsOf(7, table)).toEqual([])
})

test("a table that goes in circles ends", () => {
  expect(descendantsOf(1, [row(1, 2), row(2, 1)])).toEqual([2])
})

test("a process is in the foreground when its group has the terminal", () => {
  expect(isInForeground(2, [row(2, 1, 2, 2)])).toBe(true)
  expect(isInForeground(2, [row(2, 1, 2, 5)])).toBe(false)
  expect(isInForeground(2, [row(2, 1, 0, 0)])).toBe(false)
  expect(isInForeground(2, [row(2, 1, 2, -1)])).toBe(false)
  expect(isInForeground(3, [])).toBe(false)
})

test("a name with brackets and blanks does not shift the numbers", () => {
  expect(parseStat(7, "7 (a) 1 (b) S 3 4 5 34816 6 4194560 0")).toEqual([row(7, 3, 4, 6)])
  expect(parseStat(7, "")).toEqual([])
})

test("the table knows this process and its children", async () => {
  const child = spawn("sleep", ["10"])
  const table = processTable()
  expect(descendantsOf(process.pid, table)).toContain(child.pid)
  child.kill()
})
