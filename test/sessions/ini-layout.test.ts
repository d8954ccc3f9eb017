import { describe, expect, test } from "vitest"
import { createHome } from "./home.ts"

describe("an INI file in its own layout", () => {
  // sops 3.13.2 reads the empty line with the ciphertext, and crashes when it prints the result.
  test("leaves no comment line without text above an encrypted comment", async () => {
    const home = createHome()
    await home.encrypt("i.ini", "[a]\nj = 1\n\n#\n# text\nk = v\n")

    expect(home.read("i.ini")).toMatch(/^\[a\]\nj = ENC\S+\n\n# ENC\S+\nk = ENC/)
    expect((await home.run(["decrypt", "i.ini"])).stdout).toBe("[a]\nj = 1\n\n# text\nk = v\n")
  })

  test("announces the line that does not come back", async () => {
    const home = createHome()
    home.write("i.ini", "[a]\n#\n# text\nk = v\n")
    const done = await home.run([
      "encrypt",
      "--age",
      "age1ughy2sa98xnpqh8dt83aud0qllt4cle5p4tfqkz84mev587e7s2stkgk8t",
      "i.ini",
    ])
    expect(done).toMatchObject({ status: 0, stderr: expect.stringContaining("i.ini:2: a") })
  })
})
