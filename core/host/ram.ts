/**
 * A private folder for plaintext, on nothing but memory, and proved to be so:
 * tmpfs or ramfs on Linux, a RAM disk on macOS. Windows has neither: there it
 * is a folder of the user's profile. It goes when it is closed, when the
 * process ends or a signal ends it, and, after a kill, at the next start.
 */

import { chmodSync, mkdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ConclaveError } from "../errors.ts"
import type { Environment } from "./identities/locations.ts"
import { atExit } from "./ram/at-exit.ts"
import { faultOfBase, memoryBases } from "./ram/bases.ts"
import { makeMarkedFolder, removeFolder, removeLeftovers } from "./ram/leftovers.ts"
import { attachRamDisk, detachLeftover } from "./ram/macos.ts"
import { proveMemory } from "./ram/memory.ts"

export type RamFolder = {
  /** Absolute; 0700, ours, and empty. */
  readonly path: string
  /** `user-folder` (Windows) and `disk` (only when allowed) are no memory: that must be said. */
  readonly kind: "tmpfs" | "ramfs" | "ram-disk" | "user-folder" | "disk"
  /** Removes the folder with all that is in it. */
  close(): Promise<void>
}

export type RamOptions = {
  /** What it is for: small letters and hyphens; part of its name. */
  readonly name: string
  /** Take a temporary folder on a disk where there is no memory. */
  readonly allowDisk?: boolean
  readonly env?: Environment
  readonly platform?: NodeJS.Platform
}

/** @throws {@link ConclaveError} `no-ram-folder`, with a reason for each place that was tried. */
export async function openRamFolder(options: RamOptions): Promise<RamFolder> {
  const { name, allowDisk = false, env = process.env, platform = process.platform } = options
  if (platform === "win32") return openUserFolder(name, env)
  const tried = platform === "darwin" ? openRamDisk(name) : openMemory(name, env)
  if (tried.folder !== null) return tried.folder
  if (allowDisk) return openOn(tmpdir(), name, "disk")
  const reasons = tried.reasons.join("; ")
  throw new ConclaveError("no-ram-folder", `there is no folder in memory for the plaintext: ${reasons}`, {
    reasons: tried.reasons,
  })
}

type Tried = { readonly folder: RamFolder | null; readonly reasons: readonly string[] }

function openMemory(name: string, env: Environment): Tried {
  const bases = memoryBases(env)
  for (const { path } of [...bases, { path: tmpdir() }]) if (faultOfBase(path) === null) removeLeftovers(path)
  const reasons: string[] = []
  for (const base of bases) {
    const fault = faultOfBase(base.path)
    const folder = fault === null ? openProved(base.path, name) : fault
    if (typeof folder !== "string") return { folder, reasons }
    reasons.push(`${base.name} ${folder}`)
  }
  return { folder: null, reasons }
}

/** @returns The folder, or why there is none. */
function openProved(base: string, name: string): RamFolder | string {
  try {
    const path = makeFolder(base, name)
    try {
      const proof = proveMemory(path)
      if (proof.kind !== null) return opened(path, proof.kind, () => removeFolder(path))
      removeFolder(path)
      return proof.reason
    } catch (error) {
      removeFolder(path)
      throw error
    }
  } catch (error) {
    return `cannot be used: ${systemCode(error)}`
  }
}

function openRamDisk(name: string): Tried {
  const base = tmpdir()
  removeLeftovers(base, (folder) => {
    detachLeftover(folder)
    removeFolder(folder)
  })
  const path = makeFolder(base, name)
  try {
    const disk = attachRamDisk(path)
    const remove = () => {
      disk.detach()
      removeFolder(path)
    }
    return { folder: opened(path, "ram-disk", remove), reasons: [] }
  } catch (error) {
    removeFolder(path)
    if (!(error instanceof Error)) throw error
    return { folder: null, reasons: [`no RAM disk can be made: ${error.message}`] }
  }
}

function openUserFolder(name: string, env: Environment): RamFolder {
  const profile = env["LOCALAPPDATA"]
  const base = profile === undefined || profile === "" ? tmpdir() : join(profile, "conclave", "plain")
  mkdirSync(base, { recursive: true })
  return openOn(base, name, "user-folder")
}

function openOn(base: string, name: string, kind: RamFolder["kind"]): RamFolder {
  removeLeftovers(base)
  const path = makeFolder(base, name)
  return opened(path, kind, () => removeFolder(path))
}

function makeFolder(base: string, name: string): string {
  const path = makeMarkedFolder(base, name)
  chmodSync(path, 0o700)
  return path
}

function opened(path: string, kind: RamFolder["kind"], remove: () => void): RamFolder {
  const takeBack = atExit(remove)
  let isOpen = true
  return {
    path,
    kind,
    async close() {
      if (!isOpen) return
      isOpen = false
      // Only now: a signal during the removal still finds the task.
      remove()
      takeBack()
    },
  }
}

function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error)
}
