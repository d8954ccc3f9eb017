/**
 * Every fault through the command line: it ends with its exit code, in no time
 * and in little memory, without a stack trace, and without a piece of a value
 * in what it says.
 */

import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { EXIT_CODES } from "#cli/exit-codes.ts"
import type { FormatName } from "#core/formats/format.ts"
import { identityOf, recipientOf } from "../interop/keys.ts"
import { CANARY, type Fault, readFaults, TIME_LIMIT_MS } from "../support/fault-vectors.ts"
import { HUGE_FAULTS } from "../support/huge-faults.ts"
import { runProgram } from "../support/program.ts"

const FAULTS = [...readFaults(), ...HUGE_FAULTS]

describe("on the command line", () => {
  let folder = ""
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "conclave-faults-")))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(FAULTS)("$name: $expect", async (fault) => {
    const file = `${fault.name}${SUFFIXES[fault.format]}`
    writeFileSync(join(folder, file), fault.source)
    const said = await runProgram([fault.command, ...optionsOf(fault), file], {
      cwd: folder,
      env: { SOPS_AGE_KEY: fault.identities.map(identityOf).join("\n") },
    })

    expect(said.signal).toBeNull()
    if (fault.expect === "ok") {
      expect(said.stderr).toBe("")
      expect(said.stdout.toString()).toBe(fault.plaintext)
      return
    }
    expect({ status: said.status, stdout: said.stdout.toString() }).toEqual({
      status: EXIT_CODES[fault.expect],
      stdout: "",
    })
    expect(said.stderr).toMatch(/^error: ./)
    expect(said.stderr).not.toMatch(CANARY)
    expect(said.stderr).not.toMatch(/^\s+at .*:\d+|node:internal|bug in conclave/m)
    expect(said.milliseconds).toBeLessThan(TIME_LIMIT_MS)
  })
})

const SUFFIXES: Readonly<Record<FormatName, string>> = {
  yaml: ".yaml",
  json: ".json",
  dotenv: ".env",
  ini: ".ini",
  binary: ".bin",
}

function optionsOf({ command, rule }: Fault): string[] {
  if (command === "decrypt") return ["--canonical"]
  const named = rule === undefined ? [] : [`--${rule.field.replaceAll("_", "-")}`, rule.pattern]
  return ["--canonical", "--age", recipientOf("alice"), ...named]
}
