/**
 * A RAM disk of macOS: attached without mounting, given a file system, mounted
 * for its owner alone, and proved before use. What does not fit into memory
 * goes to swap there as everywhere, so swap must be encrypted, as it is unless
 * someone has turned that off. (hdiutil(1), newfs_hfs(8), mount_hfs(8))
 */

import { spawnSync } from "node:child_process"
import { statSync } from "node:fs"

/** Runs a program of the system to its end. */
export type Run = (
  program: string,
  args: readonly string[],
) => { readonly ok: boolean; readonly stdout: string }

export type RamDisk = {
  /** `/dev/disk4` */
  readonly device: string
  /** @throws Error if it is still mounted then. */
  detach(): void
}

/** In sectors of 512 bytes: 64 MiB, more than the largest text that is edited, twice. */
const SECTORS = 131_072
const VOLUME = "conclave"

/**
 * @param mountPoint - An empty folder of ours, 0700.
 * @throws Error with a reason in words; nothing is attached then.
 */
export function attachRamDisk(
  mountPoint: string,
  run: Run = runProgram,
  isMounted = isDeviceMounted,
): RamDisk {
  const swap = run("/usr/sbin/sysctl", ["-n", "vm.swapusage"])
  if (!swap.ok || !swap.stdout.includes("(encrypted)"))
    throw new Error("the swap of this Mac is not encrypted")
  const attached = run("/usr/bin/hdiutil", ["attach", "-nomount", "-nobrowse", `ram://${SECTORS}`])
  const device = /^\/dev\/disk\d+/.exec(attached.stdout.trim())?.[0]
  if (!attached.ok || device === undefined) throw new Error("hdiutil attached no RAM disk")
  const detach = () => {
    if (!run("/usr/bin/hdiutil", ["detach", device, "-force"]).ok)
      throw new Error(`${device} cannot be detached`)
  }
  try {
    const raw = device.replace("/dev/", "/dev/r")
    if (!run("/sbin/newfs_hfs", ["-M", "700", "-v", VOLUME, raw]).ok) throw new Error("newfs_hfs failed")
    const options = "nobrowse,nodev,nosuid,noexec"
    if (!run("/sbin/mount", ["-t", "hfs", "-o", options, device, mountPoint]).ok)
      throw new Error("mount failed")
    proveRamDisk(device, mountPoint, run, isMounted)
    return { device, detach }
  } catch (error) {
    detach()
    throw error
  }
}

/** The device that is mounted there is the one we attached, and its image is memory. */
function proveRamDisk(device: string, mountPoint: string, run: Run, isMounted: typeof isDeviceMounted): void {
  if (!isMounted(device, mountPoint)) throw new Error(`${device} is not what is mounted`)
  const info = run("/usr/bin/hdiutil", ["info"])
  const images = info.stdout.split(/^=+$/m)
  const image = images.find((text) => text.split("\n").some((line) => line.split("\t")[0]?.trim() === device))
  if (image === undefined || !/^image-path\s*:\s*ram:\/\//m.test(image))
    throw new Error(`${device} is no RAM disk`)
}

function isDeviceMounted(device: string, mountPoint: string): boolean {
  return statSync(device).rdev === statSync(mountPoint).dev
}

/** Whatever is mounted on a folder that a killed process has left. */
export function detachLeftover(mountPoint: string, run: Run = runProgram): void {
  run("/usr/bin/hdiutil", ["detach", mountPoint, "-force"])
}

function runProgram(program: string, args: readonly string[]): { ok: boolean; stdout: string } {
  const { status, stdout } = spawnSync(program, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  })
  return { ok: status === 0, stdout: stdout ?? "" }
}
