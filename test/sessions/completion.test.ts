import { execFileSync, spawnSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { createHome, type Home } from "./home.ts"

const ENTRIES = join(import.meta.dirname, "../../cli/entries")
const has = (program: string) => spawnSync(program, ["--version"]).status === 0

/** What bash offers for the last of these words. */
async function offered(home: Home, program: "conclave" | "sops", line: string): Promise<string[]> {
  const words = program === "sops" ? ["sops", "completion", "bash"] : ["completion", "bash"]
  home.write("script", (await home.run(words)).stdout)
  const quoted = line.split(" ").map((word) => `'${word}'`)
  const test = `source ./script; COMP_WORDS=(${quoted.join(" ")}); COMP_CWORD=${quoted.length - 1}; _${program}; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync("bash", ["-c", test], { cwd: home.path, encoding: "utf8" }).trim().split("\n")
}

describe.skipIf(!has("bash"))("completion in bash", () => {
  test("offers every command", async () => {
    const commands = readdirSync(ENTRIES)
      .map((file) => file.replace(".ts", ""))
      .filter((name) => name !== "agent")
    expect((await offered(createHome(), "conclave", "conclave ")).sort()).toEqual(
      [...commands, "rotate"].sort(),
    )
  })

  test.each([
    ["conclave se", ["set"]],
    ["conclave set --va", ["--value-file"]],
    ["conclave rotate --rm-a", ["--rm-azure-kv", "--rm-age"]],
    ["conclave groups ", ["add", "delete"]],
    ["conclave groups add --age", ["--age"]],
    ["conclave set f.yaml ", [""]],
    ["conclave identity n", ["new"]],
    ["conclave --ver", ["--version"]],
    ["conclave zork --", [""]],
  ])("offers for %j", async (line, words) => {
    expect(await offered(createHome(), "conclave", line)).toEqual(words)
  })

  test.each([
    ["sops upd", ["updatekeys"]],
    ["sops groups ", ["add", "delete"]],
    ["sops set --value-", ["--value-file", "--value-stdin"]],
    ["sops --show", ["--show-master-keys"]],
    ["sops -i rot", ["rotate"]],
  ])("of sops' command lines offers for %j", async (line, words) => {
    expect(await offered(createHome(), "sops", line)).toEqual(words)
  })
})

describe("completion in other shells", () => {
  test.skipIf(!has("zsh"))("is a script that zsh takes", async () => {
    const home = createHome()
    home.write("script", (await home.run(["completion", "zsh"])).stdout)
    expect(spawnSync("zsh", ["-n", "script"], { cwd: home.path }).status).toBe(0)
  })

  test.skipIf(!has("fish"))("is a script that fish takes", async () => {
    const home = createHome()
    home.write("script", (await home.run(["completion", "fish"])).stdout)
    expect(spawnSync("fish", ["--no-execute", "script"], { cwd: home.path }).status).toBe(0)
  })

  test("is refused for a shell that is none", async () => {
    const home = createHome()
    expect(await home.run(["completion", "tcsh"])).toMatchObject({ status: 64, stdout: "" })
    expect(await home.run(["completion"])).toMatchObject({ status: 64, stdout: "" })
  })
})
