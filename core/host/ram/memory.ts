/**
 * Proves that a folder lies in memory (Linux): by the kind of its file system,
 * asked of the opened folder itself, and, for tmpfs, by where the machine
 * swaps to. A page of tmpfs may go to swap; one of ramfs never does.
 */

import { closeSync, constants, fstatSync, openSync, readFileSync, statfsSync } from "node:fs"
import { deviceNumber } from "./device-number.ts"
import { findUnsafeSwap } from "./swap.ts"

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants

/** `statfs(2)`: TMPFS_MAGIC and RAMFS_MAGIC. */
const FILE_SYSTEMS: ReadonlyMap<number, "tmpfs" | "ramfs"> = new Map([
  [0x01021994, "tmpfs"],
  [0x858458f6, "ramfs"],
])

export type Proof =
  | { readonly kind: "tmpfs" | "ramfs" }
  /** Why it is none, in words that follow the folder's name. */
  | { readonly kind: null; readonly reason: string }

/** @throws a system error for a link, or for what cannot be opened. */
export function proveMemory(folder: string): Proof {
  const descriptor = openSync(folder, O_RDONLY | (O_DIRECTORY ?? 0) | (O_NOFOLLOW ?? 0))
  try {
    const kind = FILE_SYSTEMS.get(statfsSync(`/proc/self/fd/${descriptor}`).type >>> 0)
    if (kind === undefined) return { kind: null, reason: "is on a disk" }
    if (kind === "ramfs" || isMountedWithoutSwap(fstatSync(descriptor).dev)) return { kind }
    const swap = findUnsafeSwap()
    if (swap === null) return { kind }
    return { kind: null, reason: `is in memory that may be swapped out to ${swap}, which is not encrypted` }
  } finally {
    closeSync(descriptor)
  }
}

/** Whether the file system with this device number has the option `noswap` (Linux 6.4). */
function isMountedWithoutSwap(device: number): boolean {
  const number = deviceNumber(device)
  // "36 35 0:27 /root /point rw,noatime - tmpfs tmpfs rw,noswap": options of the file system come last.
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .some((words) => words[2] === number && (words.at(-1) ?? "").split(",").includes("noswap"))
}
