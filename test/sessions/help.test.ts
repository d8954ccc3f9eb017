import { describe, expect, test } from "vitest"
import { createHome } from "./home.ts"

/** As the overview lists them; `sops` is described by sops. */
async function commandNames(): Promise<string[]> {
  const { stdout } = await createHome().run(["--help"])
  const names = Array.from(stdout.matchAll(/^ {2}([a-z-]+) {2,}\S/gm), ([, name = ""]) => name)
  return names.filter((name) => name !== "sops")
}

describe("help", () => {
  test("overview lists the commands", async () => {
    const home = createHome()
    const overview = await home.run([])
    expect(overview).toMatchObject({ status: 0, stderr: "" })
    expect(overview.stdout).toBe((await home.run(["--help"])).stdout)
    expect(overview.stdout).toBe((await home.run(["help"])).stdout)
    const names = await commandNames()
    expect(names).toEqual(expect.arrayContaining(["encrypt", "decrypt", "filestatus", "identity"]))
  })

  test("of each command has usage, options and examples, however it is asked for", async () => {
    const home = createHome()
    for (const name of await commandNames()) {
      const help = await home.run(["help", name])
      expect(help).toMatchObject({ status: 0, stderr: "" })
      for (const part of ["Usage:\n  conclave ", "Options:\n", "--json", "--help", "Examples:\n  "]) {
        expect(help.stdout).toContain(part)
      }
      const [, examples = ""] = help.stdout.split("Examples:\n")
      expect(examples).toContain(name)
      expect(await home.run([name, "--help"])).toEqual(help)
      expect(await home.run([name, "-h", "nowhere.yaml"])).toEqual(help)
      // A screen is 100 wide at least, and help must not need more than one and a half.
      for (const line of help.stdout.split("\n")) expect(line.length).toBeLessThan(150)
    }
  }, 120_000)

  test("tells the version", async () => {
    const home = createHome()
    for (const word of ["--version", "-V"])
      expect((await home.run([word])).stdout).toMatch(/^conclave \d+\.\d+\.\d+\n$/)
  })
})

describe("words that are none", () => {
  test.each([
    [["decrpyt"], "there is no command decrpyt", "did you mean conclave decrypt?"],
    [["enrcypt", "a.yaml"], "there is no command enrcypt", "did you mean conclave encrypt?"],
    [["xyzzy"], "there is no command xyzzy", "conclave --help"],
    [["__proto__"], "there is no command __proto__", "conclave --help"],
    [["decrypt", "--inplace"], "there is no option --inplace; did you mean --in-place?", "see --help"],
    [
      ["encrypt", "--encypted-regex=x"],
      "there is no option --encypted-regex; did you mean --encrypted-regex?",
      "",
    ],
    [["decrypt", "--xyzzy"], "there is no option --xyzzy", "see --help"],
    [["decrypt", "-z"], "there is no option -z", "see --help"],
    [["decrypt", "--extract"], "--extract", "see --help"],
    [["decrypt", "--in-place=yes"], "--in-place", "see --help"],
    [["decrypt", "a.yaml", "b.yaml"], "only one FILE", "see --help"],
    [["decrypt", "-i"], "--in-place needs a FILE", "see --help"],
    [["decrypt", "-i", "-"], "--in-place needs a FILE", "see --help"],
    [["decrypt", "-i", "-o", "x", "a.yaml"], "--in-place and --output exclude each other", "see --help"],
    [["encrypt", "-i"], "--in-place needs a FILE", "see --help"],
    [["filestatus"], "give one FILE", "see --help"],
    [["identity"], "say new, show or list", "see --help"],
    [["identity", "make"], "say new, show or list", "see --help"],
    [["identity", "new", "x"], "--output", "see --help"],
  ])("%j end with 64 and say what to do", async (words, message, hint) => {
    const { status, stdout, stderr } = await createHome().run(words)
    expect({ status, stdout }).toEqual({ status: 64, stdout: "" })
    expect(stderr).toMatch(/^error: .+\nhint: .+\n$/)
    expect(stderr).toContain(message)
    expect(stderr).toContain(hint)
  })

  test("come as data where that is asked for", async () => {
    const { status, stdout, stderr } = await createHome().run(["decrypt", "--inplace", "--json"])
    expect({ status, stderr }).toEqual({ status: 64, stderr: "" })
    expect(JSON.parse(stdout)).toEqual({
      error: { code: "usage", message: "there is no option --inplace; did you mean --in-place?" },
    })
  })

  test("cannot write to the terminal what would change it", async () => {
    const { stderr } = await createHome().run(["decrypt", "\u001b]0;title\u0007.yaml"])
    expect(stderr).not.toContain("\u001b")
    expect(stderr).not.toContain("\u0007")
  })
})
