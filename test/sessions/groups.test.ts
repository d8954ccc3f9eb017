import { describe, expect, test } from "vitest"
import { createHome, personFile, recipientFrom } from "./home.ts"

const YAML = "a: one # note\n"
const [ALICE, BOB, CAROL] = [recipientFrom("alice"), recipientFrom("bob"), recipientFrom("carol")]
const both = { env: { SOPS_AGE_KEY_CMD: `cat ${personFile("bob")} ${personFile("carol")}` } }

describe("conclave groups", () => {
  test("adds a group, so that both are needed, under a new data key", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const done = await home.run(["groups", "add", "f.yaml", "--age", BOB])
    expect(done.status).toBe(0)
    expect(done.stderr).toBe(
      `changed  f.yaml: 2 of 2 groups: (${ALICE}) (${BOB})\nthe file has a new data key\n`,
    )
    expect((await home.run(["decrypt", "f.yaml"])).status).toBe(128)
    expect((await home.run(["decrypt", "f.yaml"], both)).stdout).toBe(YAML)
  })

  test("takes sops' flags: -f, -i, keys more than once, a threshold", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const words = ["groups", "add", "-i", "-f", "f.yaml", "--age", BOB, "--age", CAROL]
    await home.run([...words, "--shamir-secret-sharing-threshold", "2"])
    expect(home.read("f.yaml")).toMatch(/shamir_threshold: 2\n/)
    const json = await home.run(
      ["groups", "delete", "--json", "f.yaml", "1", "--shamir-secret-sharing-threshold", "1"],
      both,
    )
    expect(JSON.parse(json.stdout)).toMatchObject({
      groups: [{ kept: [ALICE] }, { removed: [BOB, CAROL] }],
      threshold: { before: 2, after: 0 },
      rekeyed: true,
    })
    expect(home.read("f.yaml")).not.toContain("shamir_threshold")
    expect((await home.run(["decrypt", "f.yaml"])).stdout).toBe(YAML)
  })

  test.each([
    ["a recipient that is none", ["add", "f.yaml", "--age", "nonsense"], 78],
    ["a group without keys", ["add", "f.yaml"], 128],
    [
      "a threshold above the groups",
      ["add", "f.yaml", "--age", BOB, "--shamir-secret-sharing-threshold", "3"],
      128,
    ],
    ["a threshold of one", ["add", "f.yaml", "--age", BOB, "--shamir-secret-sharing-threshold", "1"], 128],
    ["the last group's deletion", ["delete", "f.yaml", "0"], 128],
    ["a group that is not there", ["delete", "f.yaml", "9"], 128],
    ["a negative index", ["delete", "f.yaml", "--", "-1"], 64],
    ["no index", ["delete", "f.yaml"], 64],
    ["no file", ["add"], 64],
    ["another word", ["remove", "f.yaml", "0"], 64],
  ])("refuses %s and writes nothing", async (_, words, status) => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const before = home.read("f.yaml")
    const done = await home.run(["groups", ...words])
    expect(done.stderr).not.toContain("bug")
    expect(done.status).toBe(status)
    expect(home.read("f.yaml")).toBe(before)
  })
})
