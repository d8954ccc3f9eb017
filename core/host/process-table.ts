/** Who is whose child, and which process group owns the terminal: from `/proc`, or from `ps` where there is none. */

import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"

export type ProcessRow = {
  readonly pid: number
  readonly parent: number
  readonly group: number
  /** The group in the foreground of its terminal; 0 or less without a terminal. */
  readonly foreground: number
}

/** Every process that can be seen; empty where the system does not tell. */
export function processTable(): readonly ProcessRow[] {
  return process.platform === "linux" ? fromProc() : fromPs()
}

/** A process's descendants in its own process group: those that a job of their own has left are not among them. */
export function descendantsOf(pid: number, table: readonly ProcessRow[]): number[] {
  const group = table.find((row) => row.pid === pid)?.group
  const children = new Map<number, number[]>()
  for (const row of table) {
    if (row.group !== group) continue
    const siblings = children.get(row.parent)
    if (siblings === undefined) children.set(row.parent, [row.pid])
    else siblings.push(row.pid)
  }
  const found: number[] = []
  const seen = new Set([pid])
  const queue = [pid]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const child of children.get(next) ?? []) {
      if (seen.has(child)) continue
      seen.add(child)
      found.push(child)
      queue.push(child)
    }
  }
  return found
}

/** Whether the terminal's keys (Ctrl-C) reach the process and its children by themselves. */
export function isInForeground(pid: number, table: readonly ProcessRow[]): boolean {
  const row = table.find((candidate) => candidate.pid === pid)
  return row !== undefined && row.foreground > 0 && row.foreground === row.group
}

function fromProc(): ProcessRow[] {
  let names: string[]
  try {
    names = readdirSync("/proc")
  } catch {
    // Not mounted.
    return []
  }
  return names.filter((name) => /^[0-9]+$/.test(name)).flatMap((name) => procRow(Number(name)))
}

function procRow(pid: number): ProcessRow[] {
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, "latin1"))
  } catch {
    // It has ended meanwhile.
    return []
  }
}

/** proc(5): pid, (name), state, parent, group, session, terminal, foreground. The name may hold anything, also `)`. */
export function parseStat(pid: number, stat: string): ProcessRow[] {
  const [, parent, group, , , foreground] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number)
  if (parent === undefined || group === undefined || foreground === undefined) return []
  return [{ pid, parent, group, foreground }]
}

function fromPs(): ProcessRow[] {
  try {
    const text = execFileSync("ps", ["-axo", "pid=,ppid=,pgid=,tpgid="], {
      encoding: "latin1",
      stdio: ["ignore", "pipe", "ignore"],
    })
    return text.split("\n").flatMap(parsePsLine)
  } catch {
    return []
  }
}

function parsePsLine(line: string): ProcessRow[] {
  const [pid, parent, group, foreground = 0] = line.trim().split(/\s+/).map(Number)
  if (pid === undefined || parent === undefined || group === undefined) return []
  return [{ pid, parent, group, foreground }]
}
