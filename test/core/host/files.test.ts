import { execFileSync } from "node:child_process"
import {
  chmod,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { readInput, replaceFile } from "../../../core/host/files.ts"
import { temporaryFolder } from "./temporary-folder.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o7777).toString(8)
}

const isRoot = process.getuid?.() === 0

function python(script: string): string {
  return execFileSync("python3", ["-c", script], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
}

/** Needs a way to set them, and a file system that has them. */
const canSetAttributes = (() => {
  const script = `import os, tempfile
with tempfile.NamedTemporaryFile() as f: os.setxattr(f.name, "user.note", b"")`
  try {
    return process.platform === "linux" && python(script) === ""
  } catch {
    return false
  }
})()

describe("reading", () => {
  test("gives the bytes of a file, up to the limit", async () => {
    const file = join(await temporaryFolder(), "a")
    for (const size of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
      const content = new Uint8Array(size).fill(size)
      await writeFile(file, content)
      const read = await readInput(file, size)
      expect(Buffer.compare(read, content)).toBe(0)
      expect(Buffer.isBuffer(read)).toBe(false)
      if (size > 0)
        await expect(readInput(file, size - 1)).rejects.toMatchObject({
          code: "too-large",
          details: { size, limit: size - 1 },
        })
    }
  })

  test("follows a link to a file", async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, "a"), "hello")
    await symlink("a", join(folder, "b"))
    expect(await readInput(join(folder, "b"), 10)).toEqual(bytes("hello"))
  })

  test("gives the system's code for what cannot be read", async () => {
    const file = join(await temporaryFolder(), "a")
    await expect(readInput(file, 10)).rejects.toMatchObject({
      code: "read-failed",
      details: { file, reason: "ENOENT" },
    })
  })

  test("refuses folders, devices and pipes without waiting for them", async () => {
    const folder = await temporaryFolder()
    execFileSync("mkfifo", [join(folder, "pipe")])
    for (const path of [folder, "/dev/null", join(folder, "pipe")]) {
      await expect(readInput(path, 10)).rejects.toMatchObject({ code: "not-a-file", details: { file: path } })
    }
  })

  test("takes pipes and devices where that is asked for, up to the limit", async () => {
    const pipe = join(await temporaryFolder(), "pipe")
    execFileSync("mkfifo", [pipe])
    const content = new Uint8Array(300_000).fill(7)
    const [read] = await Promise.all([readInput(pipe, 300_000, { streams: true }), writeFile(pipe, content)])
    expect(Buffer.compare(read, content)).toBe(0)
    expect(await readInput("/dev/null", 10, { streams: true })).toEqual(new Uint8Array(0))
    await expect(readInput("/dev/zero", 100_000, { streams: true })).rejects.toMatchObject({
      code: "too-large",
    })
  })
})

describe("replacing", () => {
  test("creates a file with the mode that is given, and 0600 without one", async () => {
    const folder = await temporaryFolder()
    const umask = process.umask()
    await replaceFile(join(folder, "a"), bytes("x"))
    await replaceFile(join(folder, "b"), bytes("y"), { mode: 0o666, expected: null })
    expect(await modeOf(join(folder, "a"))).toBe("600")
    expect(await modeOf(join(folder, "b"))).toBe((0o666 & ~umask).toString(8))
    expect(await readFile(join(folder, "b"), "utf8")).toBe("y")
    expect((await readdir(folder)).sort()).toEqual(["a", "b"])
  })

  test.each([0o600, 0o640, 0o644, 0o660, 0o777])("keeps the mode %o of an existing file", async (mode) => {
    const file = join(await temporaryFolder(), "a")
    await writeFile(file, "old")
    await chmod(file, mode)
    expect(await replaceFile(file, bytes("new"), { mode: 0o600, expected: bytes("old") })).toEqual({
      file,
      warnings: [],
    })
    expect(await modeOf(file)).toBe(mode.toString(8))
    expect(await readFile(file, "utf8")).toBe("new")
  })

  test.runIf(isRoot)("keeps the owner and the group of an existing file", async () => {
    const file = join(await temporaryFolder(), "a")
    await writeFile(file, "old")
    execFileSync("chown", ["1234:4321", file])
    await replaceFile(file, bytes("new"))
    expect(await stat(file)).toMatchObject({ uid: 1234, gid: 4321 })
  })

  test.runIf(canSetAttributes)("keeps access control lists and extended attributes", async () => {
    const file = join(await temporaryFolder(), "a")
    await writeFile(file, "old", { mode: 0o640 })
    // Version 2; owner rw, user 65534 r, group r, mask r, others nothing.
    const acl =
      "02000000 01000600ffffffff 02000400feff0000 04000400ffffffff 10000400ffffffff 20000000ffffffff".replaceAll(
        " ",
        "",
      )
    python(
      `import os; os.setxattr(${JSON.stringify(file)}, "system.posix_acl_access", bytes.fromhex("${acl}"))`,
    )
    python(`import os; os.setxattr(${JSON.stringify(file)}, "user.note", b"mine")`)
    const { warnings } = await replaceFile(file, bytes("new"))
    expect(warnings).toEqual([])
    expect(await readFile(file, "utf8")).toBe("new")
    expect(await modeOf(file)).toBe("640")
    const shown = python(
      `import os; print(os.getxattr(${JSON.stringify(file)}, "system.posix_acl_access").hex(), os.getxattr(${JSON.stringify(file)}, "user.note"))`,
    )
    expect(shown).toBe(`${acl} b'mine'\n`)
  })

  test("does not write into the file that is there: who has it open keeps the old one", async () => {
    const folder = await temporaryFolder()
    const file = join(folder, "a")
    await writeFile(file, "old")
    await link(file, join(folder, "b"))
    const { warnings } = await replaceFile(file, bytes("new"))
    expect(await readFile(join(folder, "b"), "utf8")).toBe("old")
    expect(warnings).toEqual([`${file}: other hard links (1) still lead to the old content`])
  })

  test("replaces what a link leads to, and leaves the link", async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, "real"))
    await writeFile(join(folder, "real", "a"), "old")
    await symlink(join("real", "a"), join(folder, "link"))
    const { file } = await replaceFile(join(folder, "link"), bytes("new"), { expected: bytes("old") })
    expect(file).toBe(join(folder, "real", "a"))
    expect((await lstat(join(folder, "link"))).isSymbolicLink()).toBe(true)
    expect(await readFile(join(folder, "real", "a"), "utf8")).toBe("new")
  })

  test("refuses a link that leads nowhere", async () => {
    const folder = await temporaryFolder()
    await symlink("nowhere", join(folder, "link"))
    await expect(replaceFile(join(folder, "link"), bytes("x"))).rejects.toMatchObject({
      code: "write-failed",
      details: { reason: "ENOENT" },
    })
    expect(await readdir(folder)).toEqual(["link"])
  })

  test("refuses folders and devices", async () => {
    const folder = await temporaryFolder()
    for (const path of [folder, "/dev/null"]) {
      await expect(replaceFile(path, bytes("x"))).rejects.toMatchObject({ code: "not-a-file" })
    }
  })

  test.each([
    ["is another one", "other"],
    ["has grown", "old and more"],
    ["has shrunk", "ol"],
    ["is gone", null],
  ])("refuses when the content %s meanwhile", async (_, content) => {
    const folder = await temporaryFolder()
    const file = join(folder, "a")
    if (content !== null) await writeFile(file, content)
    await expect(replaceFile(file, bytes("new"), { expected: bytes("old") })).rejects.toMatchObject({
      code: "file-changed",
      details: { file },
    })
    expect(await readdir(folder)).toEqual(content === null ? [] : ["a"])
    if (content !== null) expect(await readFile(file, "utf8")).toBe(content)
  })

  test("refuses a file where none is expected", async () => {
    const folder = await temporaryFolder()
    const file = join(folder, "a")
    await writeFile(file, "theirs")
    await expect(replaceFile(file, bytes("new"), { expected: null })).rejects.toMatchObject({
      code: "file-changed",
    })
    expect(await readFile(file, "utf8")).toBe("theirs")
  })

  test("lets only one of many create a file", async () => {
    const folder = await temporaryFolder()
    const file = join(folder, "a")
    const writers = ["1", "2", "3", "4", "5", "6"].map((text) =>
      replaceFile(file, bytes(text), { expected: null }),
    )
    const results = await Promise.allSettled(writers)
    const winners = results.flatMap((result, index) =>
      result.status === "fulfilled" ? [String(index + 1)] : [],
    )
    expect(winners).toEqual([await readFile(file, "utf8")])
    for (const result of results)
      if (result.status === "rejected") expect(result.reason.code).toBe("file-changed")
    expect(await readdir(folder)).toEqual(["a"])
  })

  test("gives the system's code when the folder does not exist, and creates none", async () => {
    const folder = await temporaryFolder()
    const file = join(folder, "no", "a")
    await expect(replaceFile(file, bytes("x"))).rejects.toMatchObject({
      code: "write-failed",
      details: { file, reason: "ENOENT" },
    })
    expect(await readdir(folder)).toEqual([])
  })

  test.skipIf(isRoot)("does not replace a file that is read-only", async () => {
    const folder = await temporaryFolder()
    const file = join(folder, "a")
    await writeFile(file, "old", { mode: 0o400 })
    await expect(replaceFile(file, bytes("new"))).rejects.toMatchObject({
      code: "write-failed",
      details: { reason: "EACCES" },
    })
    expect(await readFile(file, "utf8")).toBe("old")
  })

  test("removes its own leftovers that are old, and nothing else", async () => {
    const folder = await temporaryFolder()
    const file = join(folder, "a")
    const old = new Date(Date.now() - 2 * 60 * 60 * 1000)
    const names = [
      ".a.0123456789abcdef.tmp",
      ".b.0123456789abcdef.tmp",
      ".a.0123456789abcde.tmp",
      ".a.tmp",
      ".a.b.0123456789abcdef.tmp",
      "a.0123456789abcdef.tmp",
    ]
    for (const name of names) {
      await writeFile(join(folder, name), "x")
      await utimes(join(folder, name), old, old)
    }
    await writeFile(join(folder, ".a.fedcba9876543210.tmp"), "another write that goes on")
    await replaceFile(file, bytes("x"))
    expect((await readdir(folder)).sort()).toEqual(["a", ".a.fedcba9876543210.tmp", ...names.slice(1)].sort())
  })

  test.runIf(isRoot && process.platform === "linux")(
    "leaves the target and no temporary file when the disk is full",
    async (context) => {
      const folder = await temporaryFolder()
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "ignore" })
      } catch {
        context.skip("this machine may not mount a small file system")
      }
      try {
        const file = join(folder, "a")
        await writeFile(file, "old")
        await expect(replaceFile(file, new Uint8Array(1 << 20))).rejects.toMatchObject({
          code: "write-failed",
          details: { reason: "ENOSPC" },
        })
        expect(await readdir(folder)).toEqual(["a"])
        expect(await readFile(file, "utf8")).toBe("old")
      } finally {
        execFileSync("umount", [folder])
        await rm(folder, { recursive: true, force: true })
      }
    },
  )
})
