import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { createHome, recipientOf } from "./home.ts"

const ALICE = recipientOf("alice")

describe("with --json", () => {
  test("encrypt tells what was done, by whom it can be read, and the result", async () => {
    const home = createHome()
    home.write("a.yaml", "a: x\n")
    const { status, stdout, stderr } = await home.run(["encrypt", "--json", "--age", ALICE, "a.yaml"])
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
    expect(JSON.parse(stdout)).toMatchObject({
      file: "a.yaml",
      format: "yaml",
      rule: { field: "unencrypted_suffix", pattern: "_unencrypted" },
      groups: [[{ kind: "age", recipient: ALICE }]],
      encoding: "utf-8",
      content: expect.stringMatching(/^a: ENC\[/),
    })
    const written = await home.run(["encrypt", "--json", "-i", "--age", ALICE, "a.yaml"])
    expect(written.stderr).toBe("")
    const facts = JSON.parse(written.stdout)
    expect(facts).toMatchObject({ file: "a.yaml", written: "a.yaml" })
    expect(facts).not.toHaveProperty("content")
  })

  test("decrypt tells the plaintext as text, and in base64 where it is none", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", "a: é\n")
    await home.encrypt("a.bin", Buffer.from([0xff, 0x00]))
    expect(JSON.parse((await home.run(["decrypt", "--json", "a.yaml"])).stdout)).toEqual({
      file: "a.yaml",
      format: "yaml",
      notices: [],
      encoding: "utf-8",
      content: "a: é\n",
    })
    expect(JSON.parse((await home.run(["decrypt", "--json", "a.bin"])).stdout)).toMatchObject({
      encoding: "base64",
      content: "/wA=",
    })
    expect(JSON.parse((await home.run(["decrypt", "--json", "-i", "a.yaml"])).stdout)).toMatchObject({
      written: "a.yaml",
    })
    expect(home.read("a.yaml")).toBe("a: é\n")
  })

  test("decrypt tells what it noticed as data, and not beside it", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", "a: x\n")
    home.write("a.yaml", `# added\n${home.read("a.yaml")}`)
    const { stdout, stderr } = await home.run(["decrypt", "--json", "a.yaml"])
    expect(stderr).toBe("")
    expect(JSON.parse(stdout).notices).toEqual([{ code: "comment-clear", at: "" }])
  })

  test("filestatus names the file", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", "a: x\n")
    expect(JSON.parse((await home.run(["filestatus", "--json", "a.yaml"])).stdout)).toEqual({
      file: "a.yaml",
      encrypted: true,
    })
  })
})

describe("failures with --json", () => {
  test.each([
    [
      ["decrypt", "nowhere.yaml"],
      2,
      { code: "read-failed", details: { file: "nowhere.yaml", reason: "ENOENT" } },
    ],
    [["decrypt", "plain.yaml"], 2, { code: "metadata-missing" }],
    [["decrypt", "broken.yaml"], 2, { code: "syntax", details: { format: "yaml", line: 2, column: 2 } }],
    [["decrypt", "empty.yaml"], 92, { code: "empty-file" }],
    [["decrypt", "folder"], 2, { code: "not-a-file" }],
    [["decrypt", "altered.yaml"], 51, { code: "mac-mismatch", message: "the values do not match their MAC" }],
    [["decrypt", "moved.yaml"], 25, { code: "not-authentic", details: { at: "b" } }],
    [["decrypt", "--extract", "x.y", "a.yaml"], 91, { code: "path-not-found", details: { path: "x" } }],
    [["decrypt", "bob.yaml"], 128, { code: "no-identity" }],
    [["encrypt", "plain.yaml"], 61, { code: "config-missing", details: { file: "plain.yaml" } }],
    [["encrypt", "--age", ALICE, "a.yaml"], 203, { code: "reserved-key", details: { key: "sops" } }],
    [
      ["encrypt", "--age", "age1x", "plain.yaml"],
      78,
      { code: "recipient-invalid", details: { kind: "age" } },
    ],
    [["encrypt", "--age", ALICE, "--encrypted-regex", "(", "plain.yaml"], 78, { code: "regex-invalid" }],
    [["encrypt", "--age", ALICE, "nowhere.yaml"], 2, { code: "read-failed" }],
    [["filestatus", "nowhere.yaml"], 2, { code: "read-failed" }],
    [["identity", "show", "nowhere.txt"], 2, { code: "read-failed" }],
    [
      ["identity", "show", "plain.yaml"],
      78,
      { code: "identity-invalid", details: { source: "plain.yaml", line: 1 } },
    ],
  ])("%j ends with %i and says %o", async (words, status, error) => {
    const home = createHome()
    await home.encrypt("a.yaml", "a: x\nb_unencrypted: clear\n")
    home.write("altered.yaml", home.read("a.yaml").replace("clear", "altered"))
    home.write("moved.yaml", home.read("a.yaml").replace(/^a: /m, "b: "))
    home.write("bob.yaml", home.read("a.yaml").replace(/^( +)[A-Za-z0-9+/=]{64}$/m, `$1${"A".repeat(64)}`))
    home.write("plain.yaml", "a: x\n")
    home.write("broken.yaml", "a: 1\n%: x\n")
    home.write("empty.yaml", "")
    mkdirSync(join(home.path, "folder"))
    const said = await home.run([...words, "--json"])
    expect({ status: said.status, stderr: said.stderr }).toEqual({ status, stderr: "" })
    const { error: told } = JSON.parse(said.stdout)
    expect(told).toMatchObject(error)
    expect(told.message).toMatch(/^[^A-Z].*[^.]$/)

    const inWords = await home.run(words)
    expect({ status: inWords.status, stdout: inWords.stdout }).toEqual({ status, stdout: "" })
    expect(inWords.stderr.split("\n")[0]).toBe(`error: ${told.message}`)
    if (told.hint !== undefined) expect(inWords.stderr).toContain(`hint: ${told.hint}\n`)
  })
})
