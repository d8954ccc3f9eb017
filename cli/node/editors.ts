/** The editing port on Node. */

import { readdirSync, realpathSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { readInput } from "#core/host/files.ts"
import { lockFile } from "#core/host/lock.ts"
import { findProgram, runProcess } from "#core/host/process.ts"
import { openRamFolder } from "#core/host/ram.ts"
import type { Editors, Guarded, LaidOut } from "../editors.ts"

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const
/** Nano's name for what it could save when it was told to go. */
const RESCUED = ".save"
const LAST_MOMENT_MS = 300

export const nodeEditors: Editors = {
  find(program) {
    const path = findProgram(program, process.env["PATH"] ?? "")
    try {
      return path === null ? null : realpathSync(path)
    } catch {
      return null
    }
  },
  layOut,
  guarded,
  lock: (path) => lockFile(path, { purpose: "edit" }),
}

async function layOut(name: string, content: Uint8Array, allowDisk: boolean): Promise<LaidOut> {
  const { path: folder, kind, close } = await openRamFolder({ name: "edit", allowDisk })
  const file = join(folder, name)
  await writeFile(file, content, { mode: 0o600, flag: "wx" })
  return {
    file,
    folder,
    inMemory: kind === "tmpfs" || kind === "ramfs" || kind === "ram-disk",
    read: (limit) => readInput(file, limit),
    readRescued(limit) {
      const isRescued = readdirSync(folder).includes(`${basename(file)}${RESCUED}`)
      return readInput(isRescued ? `${file}${RESCUED}` : file, limit)
    },
    close,
  }
}

/** While an editor runs, `runProcess` takes the signals and hands them on. */
async function guarded<T>(work: (guarded: Guarded) => Promise<T>): Promise<T> {
  let tell: (() => void) | null = null
  let isTold = false
  const interrupted = new Promise<void>((resolve) => {
    tell = resolve
  })
  const listener = () => {
    isTold = true
    tell?.()
  }
  const taken = SIGNALS.map((signal) => {
    const before = process.rawListeners(signal) as NodeJS.SignalsListener[]
    process.removeAllListeners(signal)
    process.on(signal, listener)
    return { signal, before }
  })
  try {
    return await work({ run: runProcess, interrupted })
  } finally {
    for (const { signal, before } of taken) {
      process.off(signal, listener)
      for (const one of before) process.on(signal, one)
    }
    // A question that nobody has answered would keep us for ever; all else has been done by now.
    if (isTold) setTimeout(() => process.exit(), LAST_MOMENT_MS).unref()
  }
}
