import { describe, expect, test } from "vitest"
import { findUnsafeSwap, type SwapFacts } from "#core/host/ram/swap.ts"

const HEADER = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

/** A machine with these lines of `/proc/swaps`, files below `/sys`, and device numbers. */
function machine(
  lines: readonly string[],
  sys: Readonly<Record<string, string>> = {},
  devices: Readonly<Record<string, string>> = {},
): SwapFacts {
  return {
    swaps: () => HEADER + lines.map((line) => `${line}\n`).join(""),
    sys: (path) => sys[path] ?? null,
    list: (path) => [
      ...new Set(
        Object.keys(sys)
          .filter((name) => name.startsWith(`${path}/`))
          .map((name) => name.slice(path.length + 1).split("/")[0] ?? ""),
      ),
    ],
    device: (path) => devices[path] ?? null,
  }
}

describe("swap", () => {
  test("is safe where there is none", () => {
    expect(findUnsafeSwap(machine([]))).toBeNull()
  })

  test("is unsafe on a partition and in a file", () => {
    const facts = { "/dev/sda2": "8:2", "/swapfile": "8:1" }
    expect(findUnsafeSwap(machine(["/dev/sda2  partition 1 0 -2"], {}, facts))).toBe("/dev/sda2")
    expect(findUnsafeSwap(machine(["/swapfile  file 1 0 -2"], {}, facts))).toBe("/swapfile")
  })

  test("is safe on dm-crypt, also below other mappings", () => {
    const sys = {
      "dev/block/253:1/dm/uuid": "LVM-abc\n",
      "dev/block/253:1/slaves/dm-0/dev": "253:0\n",
      "dev/block/253:0/dm/uuid": "CRYPT-LUKS2-abc-swap\n",
    }
    const devices = { "/dev/dm-0": "253:0", "/dev/dm-1": "253:1" }
    const lines = ["/dev/dm-0 partition 1 0 -2", "/dev/dm-1 partition 1 0 -3"]
    expect(findUnsafeSwap(machine(lines, sys, devices))).toBeNull()
  })

  test("is unsafe on a mapping of which a part is not encrypted", () => {
    const sys = {
      "dev/block/253:1/dm/uuid": "LVM-abc\n",
      "dev/block/253:1/slaves/dm-0/dev": "253:0\n",
      "dev/block/253:1/slaves/sda3/dev": "8:3\n",
      "dev/block/253:0/dm/uuid": "CRYPT-LUKS2-abc-swap\n",
    }
    expect(findUnsafeSwap(machine(["/dev/dm-1 partition 1 0 -2"], sys, { "/dev/dm-1": "253:1" }))).toBe(
      "/dev/dm-1",
    )
  })

  test("is safe in compressed memory, unless that has a disk behind it", () => {
    const lines = ["/dev/zram0 partition 1 0 100"]
    expect(findUnsafeSwap(machine(lines))).toBeNull()
    expect(findUnsafeSwap(machine(lines, { "block/zram0/backing_dev": "none\n" }))).toBeNull()
    expect(findUnsafeSwap(machine(lines, { "block/zram0/backing_dev": "/dev/sda4\n" }))).toBe("/dev/zram0")
  })

  test("names one with blanks in its path as it is", () => {
    expect(findUnsafeSwap(machine(["/my\\040swap file 1 0 -2"]))).toBe("/my swap")
  })

  test("that cannot be looked at counts as unsafe", () => {
    expect(findUnsafeSwap(machine(["/gone file 1 0 -2"]))).toBe("/gone")
  })
})
