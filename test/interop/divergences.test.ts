/**
 * Each known difference, shown on the smallest document that has it: between
 * the two versions of sops, and between sops and conclave. A version that no
 * longer differs makes its test fail, and its entry can go.
 */

import { afterAll, describe, expect, it } from "vitest"
import { DIVERGENCES } from "./divergences.ts"
import { FAULTS } from "./faults.ts"
import { recipientOf } from "./keys.ts"
import { inProcess } from "./ours.ts"
import { createHome, type Outcome, sopsWithKey } from "./programs.ts"
import { skeleton } from "./skeleton.ts"

const home = createHome()
afterAll(home.remove)
const sops = sopsWithKey(home.path, "alice")

const SHOWN_BY: Readonly<Record<string, readonly [fileName: string, plain: string]>> = {
  "R1 encrypted comment as a list item": ["d.yaml", "l:\n    # c\n    - x\n"],
  "JSON integer that is no float, in clear": ["d.json", '{\n\t"a_unencrypted": 9007199254740993\n}\n'],
  "INI metadata in one line": ["d.ini", "[s]\nk = v\n"],
}

async function encrypted(fileName: string, plain: string): Promise<Buffer> {
  const flags = ["encrypt", "--age", recipientOf("alice"), "--filename-override", fileName]
  const outcome = await sops["3.13.2"](flags, { input: Buffer.from(plain) })
  expect(outcome.status, outcome.stderr).toBe(0)
  return outcome.stdout
}

async function decrypted(
  version: "3.13.1" | "3.13.2",
  fileName: string,
  input: Uint8Array,
): Promise<Outcome> {
  return sops[version](["decrypt", "--filename-override", fileName], { input })
}

describe.each(DIVERGENCES)("the divergence: $name", ({ name, format, fails, says, concerns }) => {
  it(`is there: ${fails} does not open what the other version and conclave open`, async () => {
    const [fileName, plain] = SHOWN_BY[name] ?? ["", ""]
    const file = await encrypted(fileName, plain)
    expect(concerns(file.toString())).toBe(true)

    const failed = await decrypted(fails, fileName, file)
    expect(failed.status).not.toBe(0)
    expect(failed.stderr).toMatch(says)
    const opened = await decrypted(fails === "3.13.1" ? "3.13.2" : "3.13.1", fileName, file)
    expect(opened.stdout.toString()).toBe(plain)
    const here = await inProcess.decrypt(file, format)
    expect(Buffer.from(here.bytes ?? []).toString()).toBe(plain)
  })
})

describe("where conclave does not follow sops", () => {
  const unencrypted = (text: string): string => `a_unencrypted:\n${text}`

  async function bothWays(
    plain: string,
  ): Promise<{ theirs: string; back: Outcome; ours: string; here: string }> {
    const theirs = await encrypted("d.yaml", plain)
    const ours = await inProcess.encrypt(Buffer.from(plain), "yaml", {})
    const bytes = ours.bytes ?? Buffer.from(JSON.stringify(ours))
    const here = await inProcess.decrypt(bytes, "yaml")
    return {
      theirs: skeleton(theirs),
      back: await decrypted("3.13.1", "d.yaml", theirs),
      ours: skeleton(bytes),
      here: Buffer.from(here.bytes ?? []).toString(),
    }
  }

  it("a block that begins with blanks keeps them: sops writes a digit that drops some", async () => {
    const plain = unencrypted("    - k: |2\n            two\n          none\n")
    const { theirs, back, ours, here } = await bothWays(plain)
    expect(theirs).not.toBe(ours)
    expect(FAULTS.reduce((text, { mask }) => mask(text), theirs)).toBe(
      FAULTS.reduce((text, { mask }) => mask(text), ours),
    )
    expect(back.status === 0 && back.stdout.toString() === here).toBe(false)
    expect(here).toBe(plain)
  })

  it("two comments behind a block's header stay comments: sops makes the second one text", async () => {
    const plain = "a_unencrypted: &x # one\n- |- # two\n  text\n  more\n"
    const { theirs, back, ours, here } = await bothWays(plain)
    expect(theirs).toContain("    - |- # one\n      # two\n      text\n      more\n")
    expect(back.stderr).toContain("MAC mismatch")
    expect(ours).toContain("    - |- # one # two\n      text\n      more\n")
    expect(here).toBe("a_unencrypted:\n    - |- # one # two\n      text\n      more\n")
  })

  it("an empty comment in a list stays one: sops makes it an empty string", async () => {
    const { theirs, back, ours, here } = await bothWays("l:\n    #\n    - x\n")
    expect(theirs).toContain('    - ""\n')
    expect(back.stdout.toString()).toBe('l:\n    - ""\n    - x\n')
    expect(ours).toContain("    #\n")
    expect(here).toBe("l:\n    #\n    - x\n")
  })

  it("a negative zero in clear is refused: sops writes a file that it cannot verify", async () => {
    const plain = Buffer.from(unencrypted("    k: -0.0\n"))
    const back = await decrypted("3.13.1", "d.yaml", await encrypted("d.yaml", plain.toString()))
    expect(back.stderr).toContain("MAC mismatch")
    expect(await inProcess.encrypt(plain, "yaml", {})).toMatchObject({ code: "verify-failed" })
  })
})
