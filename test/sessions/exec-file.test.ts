import { readdirSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { createHome, type Home } from "./home.ts"

const YAML = "# note\na: 1\nb: two words\n"

/** What the program has left in the folder for temporary files, which is the home. */
function leftovers(home: Home): string[] {
  return readdirSync(home.path).filter((name) => /^conclave-(pipe|exec)-/.test(name))
}

describe("conclave exec-file", () => {
  test("puts the path of the plaintext where {} stands", async () => {
    const home = createHome()
    await home.encrypt("app.yaml", YAML)
    const { status, stdout, stderr } = await home.run([
      "exec-file",
      "app.yaml",
      "cat {}; cat '{}'; basename {}",
    ])
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${YAML}${YAML}app.yaml\n`, stderr: "" })
    expect(leftovers(home)).toEqual([])
  })

  test("runs a program without a shell behind --", async () => {
    const home = createHome()
    await home.encrypt("app.yaml", YAML)
    expect((await home.run(["exec-file", "app.yaml", "--", "cat", "{}"])).stdout).toBe(YAML)
    expect(
      (await home.run(["exec-file", "app.yaml", "--", "sh", "-c", 'echo "$0"', "--f={}"])).stdout,
    ).toMatch(/^--f=\/.*\/app\.yaml\n$/)
  })

  test("serves a program that reads twice, and one that reads a little", async () => {
    const home = createHome()
    await home.encrypt("app.yaml", YAML)
    const { stdout } = await home.run([
      "exec-file",
      "app.yaml",
      "head -1 {}; diff {} {} && echo same; wc -l < {}",
    ])
    expect(stdout.replaceAll(" ", "")).toBe("#note\nsame\n3\n")
  })

  test("converts, and names the file as it is told", async () => {
    const home = createHome()
    await home.encrypt("app.yaml", YAML)
    const words = [
      "exec-file",
      "--output-type",
      "json",
      "--filename",
      "app.json",
      "app.yaml",
      "basename {}; cat {}",
    ]
    expect((await home.run(words)).stdout).toBe('app.json\n{\n\t"a": 1,\n\t"b": "two words"\n}\n')
    expect((await home.run(["exec-file", "--filename", "../x", "app.yaml", "true"])).status).toBe(64)
  })

  test("hands over bytes that are no text", async () => {
    const home = createHome()
    await home.encrypt("key.bin", Uint8Array.of(0, 255, 10, 13))
    const { stdout } = await home.run(["exec-file", "key.bin", "od -An -tx1 {}"])
    expect(stdout.trim()).toBe("00 ff 0a 0d")
  })

  test("does not wait for a command that never reads", async () => {
    const home = createHome()
    await home.encrypt("app.yaml", YAML)
    expect((await home.run(["exec-file", "app.yaml", "exit 3"])).status).toBe(3)
    expect((await home.run(["exec-file", "app.yaml", "--", "no-such-program"])).status).toBe(127)
    expect(leftovers(home)).toEqual([])
  })

  test("leaves nothing when it is told to go", async () => {
    const home = createHome()
    await home.encrypt("app.yaml", YAML)
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      const running = home.start(["exec-file", "app.yaml", "test -p {} && echo ready; exec sleep 60"])
      await running.printed(/ready/)
      expect(leftovers(home)).toHaveLength(1)
      running.child.kill(signal)
      expect((await running.ended).status).toBeGreaterThan(128)
      expect(leftovers(home)).toEqual([])
    }
  })

  test("keeps the plaintext off the environment and the command line", async () => {
    const home = createHome()
    await home.encrypt("app.yaml", "secret: canary-3141\n")
    const { stdout } = await home.run([
      "exec-file",
      "app.yaml",
      "env; cat /proc/$PPID/cmdline /proc/$PPID/environ",
    ])
    expect(stdout).not.toContain("canary")
  })
})

describe("conclave sops exec-file", () => {
  test("names the file as sops does", async () => {
    const home = createHome()
    await home.encrypt("app.yaml", YAML)
    expect((await home.run(["sops", "exec-file", "app.yaml", "basename {}"])).stdout).toBe("tmp-file\n")
  })

  test("refuses what sops cannot do either", async () => {
    const home = createHome()
    await home.encrypt("app.yaml", YAML)
    expect((await home.run(["sops", "exec-file", "--background", "app.yaml", "cat {}"])).status).toBe(8)
    expect((await home.run(["sops", "exec-file", "--filename", "../x", "app.yaml", "true"])).status).toBe(1)
    expect((await home.run(["sops", "exec-file", "app.yaml"])).status).toBe(1)
  })
})
