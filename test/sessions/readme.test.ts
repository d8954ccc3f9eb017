/**
 * Runs the README: each line that begins with `$ ` in the blocks under "Use",
 * in order, in one empty folder. A line of output that a block shows must be
 * in what the command prints; `exit N` is the exit code it must end with.
 */

import { spawnSync } from "node:child_process"
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

const program = resolve(import.meta.dirname, "../../dist/conclave.cjs")
const readme = readFileSync(resolve(import.meta.dirname, "../../README.md"), "utf8")
const use = readme.slice(readme.indexOf("\n## Use\n"), readme.indexOf("\n## Keys\n"))

type Step = { readonly command: string; readonly shown: string[]; exit: number }

const steps: Step[] = []
for (const [, block = ""] of use.matchAll(/```console\n([\s\S]*?)```/g)) {
  for (const line of block.trimEnd().split("\n")) {
    const last = steps.at(-1)
    if (line.startsWith("$ ")) steps.push({ command: line.slice(2), shown: [], exit: 0 })
    else if (/^exit \d+$/.test(line) && last) last.exit = Number(line.slice(5))
    else last?.shown.push(line)
  }
}

describe("the README", () => {
  let folder = ""

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "conclave-readme-"))
    writeFileSync(join(folder, "conclave"), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`)
    chmodSync(join(folder, "conclave"), 0o755)
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test("shows commands", () => expect(steps.length).toBeGreaterThan(10))

  test.each(steps)("$command", ({ command, shown, exit }) => {
    const result = spawnSync("/bin/sh", ["-c", command], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: `${folder}:${process.env["PATH"]}`, HOME: folder, GIT_CONFIG_NOSYSTEM: "1" },
    })
    expect(result.stderr + result.stdout).not.toContain("bug in conclave")
    expect({ exit: result.status, stderr: result.stderr }).toMatchObject({ exit })
    for (const line of shown) expect(result.stdout).toContain(line)
  })
})
