import { describe, expect, test } from "vitest"
import { createHome, type Home, personFile, recipientFrom } from "./home.ts"

const YAML = "a: one # note\n\nb:\n  - x\n  - x\n"
const [ALICE, BOB] = [recipientFrom("alice"), recipientFrom("bob")]
const AS_BOB = { env: { SOPS_AGE_KEY_FILE: personFile("bob") } }

/** The ciphertexts of a file, by their IVs. */
function ivs(text: string): string[] {
  return [...text.matchAll(/,iv:([^,]+),/g)].map(([, iv = ""]) => iv)
}

async function plainOf(home: Home, file: string): Promise<string> {
  return (await home.run(["decrypt", file])).stdout
}

describe("conclave rekey", () => {
  test("gives every value a new ciphertext and a new IV, and keeps the layout", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const before = home.read("f.yaml")
    const done = await home.run(["rekey", "f.yaml"])
    expect(done).toMatchObject({ status: 0, stdout: "", stderr: `rekeyed  f.yaml, read by ${ALICE}\n` })
    const after = home.read("f.yaml")
    expect(ivs(after)).toHaveLength(ivs(before).length)
    expect(ivs(after).filter((iv) => ivs(before).includes(iv))).toEqual([])
    expect(await plainOf(home, "f.yaml")).toBe(YAML)
  })

  test("is also called rotate, and takes several files and flags behind them", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    await home.encrypt("g.json", '{"a": 1}')
    const done = await home.run(["rotate", "f.yaml", "g.json", "-i", "--add-age", BOB])
    expect(done.status).toBe(0)
    expect(done.stderr.match(/^rekeyed /gm)).toHaveLength(2)
    expect((await home.run(["decrypt", "g.json"], AS_BOB)).status).toBe(0)
  })

  test("adds and removes readers, and says what removal does not undo", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    await home.run(["rekey", "f.yaml", "--add-age", BOB])
    expect((await home.run(["decrypt", "f.yaml"], AS_BOB)).status).toBe(0)
    const removed = await home.run(["rekey", "f.yaml", "--rm-age", BOB])
    expect(removed.stderr).toMatch(/^removed {2}age1/m)
    expect(removed.stderr).toMatch(/change those values where they are used/)
    expect((await home.run(["decrypt", "f.yaml"], AS_BOB)).status).toBe(128)
    const again = await home.run(["rekey", "--json", "f.yaml", "--rm-age", BOB])
    expect(JSON.parse(again.stdout)).toEqual({
      file: "f.yaml",
      rekeyed: true,
      added: [],
      removed: [],
      readers: [ALICE],
    })
    const told = await home.run(["rekey", "f.yaml", "--rm-age", BOB])
    expect(told.stderr).toMatch(/^warning: f\.yaml: not removed, since it was no reader: age1/)
  })

  test("does not add a reader twice", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    await home.run(["rekey", "f.yaml", "--add-age", `${ALICE},${BOB},${BOB}`])
    expect(home.read("f.yaml").match(/recipient: /g)).toHaveLength(2)
  })

  test("does not hand the new key to a reader whom no rule names, unless that is accepted", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    await home.run(["rekey", "f.yaml", "--add-age", BOB])
    home.write(".sops.yaml", `creation_rules:\n  - age: ${ALICE}\n`)
    const before = home.read("f.yaml")
    const refused = await home.run(["rekey", "f.yaml"])
    expect(refused.status).toBe(78)
    expect(refused.stderr).toContain(BOB)
    expect(home.read("f.yaml")).toBe(before)
    expect((await home.run(["rekey", "f.yaml", "--rm-age", BOB])).status).toBe(0)
    await home.run(["rekey", "f.yaml", "--add-age", BOB])
    expect((await home.run(["rekey", "--accept-rule", "f.yaml"])).stderr).toMatch(
      /^warning: f\.yaml: no rule names its reader age1/,
    )
  })

  test("fails for the last reader's removal, a stranger and an altered file, and writes nothing", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    const before = home.read("f.yaml")
    expect(await home.run(["rekey", "f.yaml", "--rm-age", ALICE])).toMatchObject({ status: 128 })
    expect(await home.run(["rekey", "f.yaml"], AS_BOB)).toMatchObject({ status: 128 })
    expect(await home.run(["rekey", "f.yaml", "--add-age", "nonsense"])).toMatchObject({ status: 78 })
    expect(home.read("f.yaml")).toBe(before)
    home.write("f.yaml", before.replace(/lastmodified: "\d+/, 'lastmodified: "2001'))
    expect((await home.run(["rekey", "f.yaml"])).status).toBeGreaterThan(0)
  })

  test("does the other files where one fails", async () => {
    const home = createHome()
    await home.encrypt("f.yaml", YAML)
    home.write("plain.yaml", "a: 1\n")
    const done = await home.run(["rekey", "plain.yaml", "f.yaml", "gone.yaml"])
    expect(done.status).toBe(2)
    expect(done.stderr).toMatch(/^error: plain\.yaml: .*metadata/m)
    expect(done.stderr).toMatch(/^error: gone\.yaml does not exist/m)
    expect(done.stderr).toMatch(/^rekeyed {2}f\.yaml/m)
  })
})
