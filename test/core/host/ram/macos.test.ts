/** The calls, and what is made of their answers; no Mac is needed, and none of this was seen on one. */

import { describe, expect, test } from "vitest"
import { attachRamDisk, type Run } from "#core/host/ram/macos.ts"

const INFO = `framework       : 671.140.2
================================================
image-path      : ram://131072
image-alias     : ram://131072
/dev/disk4\t\t/private/var/tmp/x
================================================
image-path      : /Users/a/disk.dmg
/dev/disk40\t\t
`

const ANSWERS: Readonly<Record<string, string>> = {
  sysctl: "vm.swapusage: total = 0.00M  used = 0.00M  free = 0.00M  (encrypted)\n",
  "hdiutil attach": "/dev/disk4          \t         \t\n",
  "hdiutil info": INFO,
}

/** Answers as the system would; `failing` names calls that fail. */
function system(answers: Readonly<Record<string, string>> = {}, failing: readonly string[] = []) {
  const calls: string[] = []
  const run: Run = (program, args) => {
    const name = program.split("/").at(-1) ?? ""
    const key = name === "hdiutil" ? `${name} ${args[0]}` : name
    calls.push([program, ...args].join(" "))
    return { ok: !failing.includes(key), stdout: { ...ANSWERS, ...answers }[key] ?? "" }
  }
  return { run, calls }
}

const mounted = () => true

describe("a RAM disk of macOS", () => {
  test("is attached, formatted, mounted out of sight, proved, and detached at the end", () => {
    const { run, calls } = system()
    const disk = attachRamDisk("/tmp/c", run, mounted)
    expect(disk.device).toBe("/dev/disk4")
    disk.detach()
    expect(calls).toEqual([
      "/usr/sbin/sysctl -n vm.swapusage",
      "/usr/bin/hdiutil attach -nomount -nobrowse ram://131072",
      "/sbin/newfs_hfs -M 700 -v conclave /dev/rdisk4",
      "/sbin/mount -t hfs -o nobrowse,nodev,nosuid,noexec /dev/disk4 /tmp/c",
      "/usr/bin/hdiutil info",
      "/usr/bin/hdiutil detach /dev/disk4 -force",
    ])
  })

  test("is not made where swap is not encrypted", () => {
    const { run, calls } = system({ sysctl: "vm.swapusage: total = 0.00M  used = 0.00M  free = 0.00M\n" })
    expect(() => attachRamDisk("/tmp/c", run, mounted)).toThrow("swap")
    expect(calls).toHaveLength(1)
  })

  test.each([["newfs_hfs"], ["mount"]])("is detached again when %s fails", (program) => {
    const { run, calls } = system({}, [program])
    expect(() => attachRamDisk("/tmp/c", run, mounted)).toThrow(program)
    expect(calls.at(-1)).toBe("/usr/bin/hdiutil detach /dev/disk4 -force")
  })

  test("is refused when something else is mounted, or its image is a file", () => {
    expect(() => attachRamDisk("/tmp/c", system().run, () => false)).toThrow("not what is mounted")
    const { run } = system({ "hdiutil attach": "/dev/disk40\n" })
    expect(() => attachRamDisk("/tmp/c", run, mounted)).toThrow("no RAM disk")
  })
})
