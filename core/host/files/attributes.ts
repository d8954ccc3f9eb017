/**
 * What a file has beside owner and mode: access control lists and extended
 * attributes. Node has no call for either, so the system's own tools copy
 * them, or it is said that they are lost.
 */

import { existsSync } from "node:fs"

/** Not by the search path: what a branch has put into it must not run. */
const COPY = ["/usr/bin/cp", "/bin/cp", "/run/current-system/sw/bin/cp"]

/**
 * Copies them from one file to another, with the mode. To be called before
 * anything is in the new file, and before its owner and mode are set.
 *
 * @returns What could not be kept, in words for a person.
 */
export async function copyAttributes(from: string, to: string): Promise<string[]> {
  if (process.platform === "linux") return copyOnLinux(from, to)
  if (process.platform === "darwin") return warnOnMac(from)
  return []
}

async function copyOnLinux(from: string, to: string): Promise<string[]> {
  const program = COPY.find((path) => existsSync(path))
  if (program === undefined) return []
  const args = ["--attributes-only", "--preserve=mode,xattr", "--", from, to]
  const { status, stderr } = await run(program, args)
  // Another cp than GNU's does not know these options, and nothing has happened.
  if (status === 0 || stderr.includes("unrecognized option")) return []
  return ["its access control list or extended attributes could not be kept"]
}

async function warnOnMac(from: string): Promise<string[]> {
  const { stdout } = await run("/bin/ls", ["-lde", from])
  // "-rw-r--r--+": the mark behind the mode.
  return /^\S{10}\+/.test(stdout) ? ["its access control list is not kept"] : []
}

async function run(program: string, args: readonly string[]) {
  // Loaded only when a file is replaced.
  const { spawnSync } = await import("node:child_process")
  const env = { LC_ALL: "C" }
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    env,
    stdio: ["ignore", "pipe", "pipe"],
  })
  return { status, stdout: stdout ?? "", stderr: stderr ?? "" }
}
