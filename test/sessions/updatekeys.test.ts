import { describe, expect, test } from "vitest"
import { createHome, personFile, recipientFrom } from "./home.ts"
import { hasTerminal, inTerminal } from "./terminal.ts"

const YAML = "a: one # note\n\nb: two\n"
const [ALICE, BOB, CAROL] = [recipientFrom("alice"), recipientFrom("bob"), recipientFrom("carol")]
const rule = (...recipients: string[]) => `creation_rules:\n  - age: ${recipients.join(",")}\n`

/** What proves the data key: the ciphertext of a value. */
function valueA(text: string): string | undefined {
  return /^a: (\S+)/m.exec(text)?.[1]
}

describe("conclave updatekeys", () => {
  test("adds a reader and keeps the data key, the values and the layout", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    home.write(".sops.yaml", rule(ALICE, BOB))
    const before = home.read("f.yaml")
    const done = await home.run(["updatekeys", "--yes", "f.yaml"])
    expect(done).toMatchObject({
      status: 0,
      stdout: "",
      stderr: `f.yaml\n    ${ALICE}\n  + ${BOB}\nupdated  f.yaml (same data key, wrapped anew)\n`,
    })
    const after = home.read("f.yaml")
    expect(valueA(after)).toBe(valueA(before))
    expect(/lastmodified.*/.exec(after)?.[0]).toBe(/lastmodified.*/.exec(before)?.[0])
    const opened = await home.run(["decrypt", "f.yaml"], { env: { SOPS_AGE_KEY_FILE: personFile("bob") } })
    expect(opened.stdout).toBe(YAML)
  })

  test("gives the file a new data key where a reader goes, and says so", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    await home.run(["rekey", "f.yaml", "--add-age", BOB])
    home.write(".sops.yaml", rule(ALICE, CAROL))
    const before = home.read("f.yaml")
    const done = await home.run(["updatekeys", "--yes", "f.yaml"])
    expect(done.stderr).toMatch(/ {2}- age1\w+\n {2}a new data key, because a reader goes/)
    expect(done.stderr).toMatch(/updated {2}f\.yaml \(new data key\)\n$/)
    expect(valueA(home.read("f.yaml"))).not.toBe(valueA(before))
    expect(home.read("f.yaml")).not.toContain(BOB)
  })

  test("finds nothing to do without any key, and writes nothing", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    home.write(".sops.yaml", rule(ALICE))
    const before = home.read("f.yaml")
    const done = await home.run(["updatekeys", "f.yaml"], { env: { SOPS_AGE_KEY_FILE: "" } })
    expect(done).toMatchObject({
      status: 0,
      stderr: "f.yaml: unchanged, its readers are those of the rule\n",
    })
    expect(home.read("f.yaml")).toBe(before)
  })

  test("honours the rule's threshold, and takes more groups for a reason for a new data key", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const groups = [ALICE, BOB, CAROL].map((recipient) => `      - age: [${recipient}]\n`).join("")
    home.write(".sops.yaml", `creation_rules:\n  - shamir_threshold: 2\n    key_groups:\n${groups}`)
    const before = home.read("f.yaml")
    const done = await home.run(["updatekeys", "--yes", "f.yaml"])
    expect(done.stderr).toMatch(/ {2}threshold none → 2\n {2}a new data key, because more groups/)
    expect(home.read("f.yaml")).toMatch(/shamir_threshold: 2\n/)
    expect(valueA(home.read("f.yaml"))).not.toBe(valueA(before))
    const json = await home.run(["updatekeys", "--json", "f.yaml"])
    expect(JSON.parse(json.stdout)).toMatchObject({ change: "unchanged", threshold: { before: 2, after: 2 } })
  })

  test("asks nobody where there is no terminal, and writes nothing then", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    home.write(".sops.yaml", rule(ALICE, BOB))
    const before = home.read("f.yaml")
    const done = await home.run(["updatekeys", "f.yaml"], { input: "y\n" })
    expect(done).toMatchObject({ status: 64 })
    expect(done.stderr).toMatch(/ {2}\+ age1/)
    expect(done.stderr).toMatch(/--yes/)
    expect(home.read("f.yaml")).toBe(before)
  })

  test.skipIf(!hasTerminal)("asks on a terminal, and goes by the answer", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    home.write(".sops.yaml", rule(ALICE, BOB))
    const before = home.read("f.yaml")
    const no = await inTerminal(home, ["updatekeys", "f.yaml"], [[/\[y\/N\] /, "n"]])
    expect(no.screen).toMatch(/f\.yaml: left as it is/)
    expect(no.status).toBe(1)
    expect(home.read("f.yaml")).toBe(before)
    const yes = await inTerminal(home, ["updatekeys", "f.yaml"], [[/\[y\/N\] /, "yes"]])
    expect(yes.status).toBe(0)
    expect(home.read("f.yaml")).toContain(BOB)
  })

  test.each([
    ["no configuration", undefined, 61],
    ["a configuration without rules", "stores: {}\n", 61],
    ["no rule for the file", `creation_rules:\n  - path_regex: ^x\n    age: ${ALICE}\n`, 78],
    ["a misspelt configuration", `creation_rule:\n  - age: ${ALICE}\n`, 78],
  ])("fails with %s", async (_, config, status) => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    if (config !== undefined) home.write(".sops.yaml", config)
    expect(await home.run(["updatekeys", "--yes", "f.yaml"])).toMatchObject({ status })
  })

  test("refuses a file whose selection rule is not the configuration's", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML, "--encrypted-regex", "^a$")
    home.write(".sops.yaml", rule(ALICE, BOB))
    expect(await home.run(["updatekeys", "--yes", "f.yaml"])).toMatchObject({ status: 78 })
    expect(await home.run(["updatekeys", "--yes", "--accept-rule", "f.yaml"])).toMatchObject({ status: 0 })
  })
})
