/** Where this machine swaps to (Linux), and whether what goes there can be read without the running kernel. */

import { readdirSync, readFileSync, statSync } from "node:fs"
import { basename } from "node:path"
import { deviceNumber } from "./device-number.ts"

/** What the machine tells of itself; a stand-in in tests. */
export interface SwapFacts {
  /** The text of `/proc/swaps`. */
  swaps(): string
  /** A file below `/sys`; `null` where there is none. */
  sys(path: string): string | null
  /** Names in a folder below `/sys`; none where there is none. */
  list(path: string): readonly string[]
  /** `major:minor` of a block device, or of that on which a swap file lies; `null` if it cannot be told. */
  device(path: string, isFile: boolean): string | null
}

/** A chain of mapped devices is followed so far down. */
const MAX_LAYERS = 8

/** The first swap that is neither compressed memory nor encrypted; `null` if there is none such. */
export function findUnsafeSwap(facts: SwapFacts = machine): string | null {
  const [, ...lines] = facts.swaps().split("\n")
  for (const line of lines) {
    const [name = "", type] = line.split(/\s+/)
    if (name === "") continue
    const path = name.replace(/\\([0-7]{3})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    )
    if (isCompressedMemory(path, facts)) continue
    const number = facts.device(path, type === "file")
    if (number === null || !isEncrypted(number, facts, 0)) return path
  }
  return null
}

/** zram, unless it was given a disk to write to when it is full. */
function isCompressedMemory(path: string, facts: SwapFacts): boolean {
  if (!/^\/dev\/zram\d+$/.test(path)) return false
  const backing = facts.sys(`block/${basename(path)}/backing_dev`)
  return backing === null || backing.trim() === "none"
}

/** By the kernel's own name for a dm-crypt device, itself or all that lies below. */
function isEncrypted(number: string, facts: SwapFacts, layer: number): boolean {
  if (layer > MAX_LAYERS) return false
  const folder = `dev/block/${number}`
  if (facts.sys(`${folder}/dm/uuid`)?.startsWith("CRYPT-")) return true
  const below = facts.list(`${folder}/slaves`)
  if (below.length === 0) return false
  return below.every((name) => {
    const lower = facts.sys(`${folder}/slaves/${name}/dev`)
    return lower !== null && isEncrypted(lower.trim(), facts, layer + 1)
  })
}

function orNull<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

const machine: SwapFacts = {
  swaps: () => readFileSync("/proc/swaps", "utf8"),
  sys: (path) => orNull(() => readFileSync(`/sys/${path}`, "utf8")),
  list: (path) => orNull(() => readdirSync(`/sys/${path}`)) ?? [],
  device(path, isFile) {
    const stat = orNull(() => statSync(path))
    return stat === null ? null : deviceNumber(isFile ? stat.dev : stat.rdev)
  },
}
