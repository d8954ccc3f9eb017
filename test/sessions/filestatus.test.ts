import { describe, expect, test } from "vitest"
import { createHome } from "./home.ts"

const NO_KEYS = { env: { SOPS_AGE_KEY_FILE: "" } }

describe.each([
  ["conclave filestatus", ["filestatus"]],
  ["conclave sops filestatus", ["sops", "filestatus"]],
])("%s", (_, command) => {
  test("says of an encrypted file that it is, without any key", async () => {
    const home = createHome()
    for (const [name, text] of [
      ["a.yaml", "a: x\n"],
      ["a.json", '{"a": 1}'],
      ["a.env", "A=x\n"],
      ["a.bin", "x"],
    ]) {
      await home.encrypt(name ?? "", text ?? "")
      expect(await home.run([...command, name ?? ""], NO_KEYS)).toEqual({
        status: 0,
        stdout: '{"encrypted":true}\n',
        stderr: "",
      })
    }
  })

  test.each([
    ["a.yaml", "a: x\n"],
    ["a.json", "{}"],
    ["a.env", "A=x\n"],
    ["a.ini", "[s]\na = x\n"],
    ["empty.yaml", ""],
  ])("says of the plain %s that it is not", async (name, text) => {
    const home = createHome()
    home.write(name, text)
    expect(await home.run([...command, name], NO_KEYS)).toMatchObject({
      status: 0,
      stdout: '{"encrypted":false}\n',
    })
  })

  test("says of a file without its MAC that it is not", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", "a: x\n")
    home.write("a.yaml", home.read("a.yaml").replace(/^ +mac: .*\n/m, ""))
    expect((await home.run([...command, "a.yaml"])).stdout).toBe('{"encrypted":false}\n')
  })

  test("takes another format than the name says", async () => {
    const home = createHome()
    await home.encrypt("a.yaml", "a: x\n")
    home.write("copy", home.read("a.yaml"))
    expect((await home.run([...command, "--input-type", "yaml", "copy"])).stdout).toBe('{"encrypted":true}\n')
  })

  test("needs a file that is there and can be read", async () => {
    const home = createHome()
    home.write("broken.yaml", "a: [\n")
    expect(await home.run([...command, "nowhere.yaml"])).toMatchObject({ status: 2, stdout: "" })
    expect(await home.run([...command, "broken.yaml"])).toMatchObject({ status: 2, stdout: "" })
  })
})
