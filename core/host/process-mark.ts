/**
 * Names a process so that what a killed one has left can be told from what is
 * still in use: its number, when it started (numbers are given out again) and
 * its namespace (another container has numbers of its own). Fit for file names.
 */

import { readFileSync, readlinkSync } from "node:fs"

const MARK = /^(\d{1,10})-(\d{1,20})-(\d{1,20})$/
/** What a mark looks like within a longer name. */
export const MARK_PATTERN = "\\d{1,10}-\\d{1,20}-\\d{1,20}"

/** Of a process that runs: this one, or another of this user. */
export function processMark(pid = process.pid): string {
  return `${pid}-${startOf(pid) ?? 0}-${namespace()}`
}

/** Whether the process is known to be gone. One of another namespace is not ours to judge: `false`. */
export function isGone(mark: string): boolean {
  const [, pid, start, home] = MARK.exec(mark) ?? []
  if (pid === undefined || home !== String(namespace())) return false
  if (!answers(Number(pid))) return true
  const now = startOf(Number(pid))
  return now !== null && start !== "0" && String(now) !== start
}

/** The process's number in a mark. */
export function pidOf(mark: string): number {
  return Number(MARK.exec(mark)?.[1] ?? 0)
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"
  }
}

/** In ticks since the machine's start; `null` where the system does not tell. */
function startOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
    // The program's name stands in brackets and may hold anything; the 22nd field is the 20th behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return Number(fields[19])
  } catch {
    // No /proc (macOS, Windows), or the process has just ended.
    return null
  }
}

function namespace(): number {
  try {
    return Number(/\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? 0)
  } catch {
    return 0
  }
}
