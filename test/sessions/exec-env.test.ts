import { constants } from "node:os"
import { describe, expect, test } from "vitest"
import { createHome, isRunning } from "./home.ts"

const DOTENV = "USER_NAME=alice\nPASSWORD=p = q\nEMPTY=\nLINES=a\\nb\n"

describe("conclave exec-env", () => {
  test("adds the file's values to the environment of a shell's command", async () => {
    const home = createHome()
    await home.encrypt("app.env", DOTENV)
    const { status, stdout, stderr } = await home.run(
      ["exec-env", "app.env", 'echo "$USER_NAME|$PASSWORD|$EMPTY|$LINES|$OURS"'],
      { env: { OURS: "yes" } },
    )
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "alice|p = q||a\nb|yes\n", stderr: "" })
  })

  test("runs a program without a shell behind --", async () => {
    const home = createHome()
    await home.encrypt("app.env", DOTENV)
    const { stdout } = await home.run([
      "exec-env",
      "app.env",
      "--",
      "printf",
      "%s.",
      "a b",
      "$USER_NAME",
      "--x",
    ])
    expect(stdout).toBe("a b.$USER_NAME.--x.")
  })

  test("gives its input and its output to the command", async () => {
    const home = createHome()
    await home.encrypt("app.env", DOTENV)
    const { stdout, stderr } = await home.run(["exec-env", "app.env", "cat; echo err >&2"], { input: "in" })
    expect({ stdout, stderr }).toEqual({ stdout: "in", stderr: "err\n" })
  })

  test("with --pristine gives the file's values and nothing else", async () => {
    const home = createHome()
    await home.encrypt("app.env", DOTENV)
    const { stdout } = await home.run(["exec-env", "--pristine", "app.env", "--", "/usr/bin/env"])
    expect(stdout).toBe("USER_NAME=alice\nPASSWORD=p = q\nEMPTY=\nLINES=a\nb\n")
  })

  test("ends as the command ends", async () => {
    const home = createHome()
    await home.encrypt("app.env", DOTENV)
    expect((await home.run(["exec-env", "app.env", "exit 7"])).status).toBe(7)
    expect((await home.run(["exec-env", "app.env", "kill -KILL $$"])).status).toBe(128 + 9)
    expect((await home.run(["exec-env", "app.env", "no-such-program"])).status).toBe(127)
    const direct = await home.run(["exec-env", "app.env", "--", "no-such-program"])
    expect(direct).toMatchObject({ status: 127, stderr: "error: there is no command no-such-program\n" })
    expect((await home.run(["exec-env", "--same-process", "app.env", "exit 9"])).status).toBe(9)
  })

  test.each([
    ["PATH", "a: 1\nPATH: /evil\n", /PATH would change which code/],
    ["LD_PRELOAD", "LD_PRELOAD: /evil.so\n", /LD_PRELOAD would change/],
    ["an emptied PATH", 'PATH: ""\n', /PATH would change/],
    ["null", "a: null\n", /a is null/],
    ["a list", "a: [1]\n", /a is a list or a map/],
    ["a map", "a: {b: 1}\n", /a is a list or a map/],
    ["an impossible name", '"a=b": 1\n', /a=b is no name/],
  ])("refuses %s and runs nothing", async (_, text, message) => {
    const home = createHome()
    await home.encrypt("app.yaml", text)
    const { status, stdout, stderr } = await home.run(["exec-env", "app.yaml", "echo ran"])
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" })
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/evil/)
  })

  test("passes on what is allowed by name, by flag and by variable", async () => {
    const home = createHome()
    await home.encrypt("app.yaml", "NODE_OPTIONS: --no-warnings\nHTTPS_PROXY: http://p\nn: null\n")
    const echo = 'echo "$NODE_OPTIONS $HTTPS_PROXY [$n]"'
    const flags = ["--allow", "NODE_OPTIONS", "--allow", "HTTPS_PROXY,n"]
    expect((await home.run(["exec-env", ...flags, "app.yaml", echo])).stdout).toBe(
      "--no-warnings http://p []\n",
    )
    const env = { CONCLAVE_ALLOW_ENV: "NODE_OPTIONS, HTTPS_PROXY,n" }
    expect((await home.run(["sops", "exec-env", "app.yaml", echo], { env })).stdout).toBe(
      "--no-warnings http://p []\n",
    )
    expect((await home.run(["sops", "exec-env", "app.yaml", echo])).status).toBe(1)
  })

  test("refuses a PATH that someone without a key has emptied, though PATH is allowed", async () => {
    const home = createHome()
    await home.encrypt("app.yaml", "a: 1\n")
    home.write("app.yaml", home.read("app.yaml").replace("sops:", 'PATH: ""\nsops:'))
    const opened = await home.run(["decrypt", "app.yaml"])
    expect(opened.stdout).toContain('PATH: ""')
    const { status, stderr } = await home.run(["exec-env", "--allow", "PATH", "app.yaml", "echo ran"])
    expect(status).toBe(1)
    expect(stderr).toMatch(/PATH is outside of the file's MAC/)
  })

  test("says when an empty value of the file empties a variable, and when documents are left out", async () => {
    const home = createHome()
    await home.encrypt("app.yaml", 'EMPTY: ""\n---\nb: 2\n')
    const { status, stderr } = await home.run(["exec-env", "app.yaml", "true"], { env: { EMPTY: "full" } })
    expect(status).toBe(0)
    expect(stderr).toBe(
      "warning: app.yaml: only the first of its 2 documents is used\n" +
        "warning: EMPTY is empty in the file, which no MAC covers, and empties yours\n",
    )
    const quiet = await home.run(["exec-env", "-q", "app.yaml", "true"], { env: { EMPTY: "full" } })
    expect(quiet).toMatchObject({ status: 0, stderr: "" })
  })

  test("says how it is called when the words do not fit", async () => {
    const home = createHome()
    for (const words of [[], ["a.env"], ["a.env", "b", "c"], ["a.env", "--"], ["--user", "", "a.env", "b"]]) {
      expect(await home.run(["exec-env", ...words])).toMatchObject({ status: 64, stdout: "" })
    }
    expect(await home.run(["sops", "exec-env", "a.env"])).toMatchObject({
      status: 1,
      stderr: "error: missing file to decrypt\n",
    })
  })
})

describe("signals to conclave exec-env", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const)(
    "%s reaches the command, whose exit code is ours",
    async (signal) => {
      const home = createHome()
      await home.encrypt("app.env", DOTENV)
      const name = signal.slice(3)
      const script = `trap 'echo got ${name}; exit 5' ${name}; echo ready; while :; do sleep 0.05; done`
      const running = home.start(["exec-env", "app.env", script])
      await running.printed(/ready/)
      running.child.kill(signal)
      expect(await running.ended).toMatchObject({ status: 5, stdout: `ready\ngot ${name}\n` })
    },
  )

  test("a command that a signal ends makes ours end with 128 and its number", async () => {
    const home = createHome()
    await home.encrypt("app.env", DOTENV)
    const running = home.start(["exec-env", "app.env", "--", "sh", "-c", "echo ready; exec sleep 60"])
    await running.printed(/ready/)
    running.child.kill("SIGTERM")
    expect((await running.ended).status).toBe(128 + constants.signals.SIGTERM)
  })

  test("the whole family of the command is told, and nothing is left", async () => {
    const home = createHome()
    await home.encrypt("app.env", DOTENV)
    const script = "sleep 60 & echo child $!; (sleep 60; echo never) & echo child $!; wait; wait"
    const running = home.start(["exec-env", "app.env", script])
    const [, first, second] = await running.printed(/child (\d+)\nchild (\d+)\n/)
    running.child.kill("SIGTERM")
    await running.ended
    expect(isRunning(Number(first))).toBe(false)
    expect(isRunning(Number(second))).toBe(false)
  })

  test("a command that takes its time is waited for", async () => {
    const home = createHome()
    await home.encrypt("app.env", DOTENV)
    const script = "trap 'sleep 0.3; echo cleaned up; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
    const running = home.start(["exec-env", "app.env", script])
    await running.printed(/ready/)
    running.child.kill("SIGTERM")
    expect(await running.ended).toMatchObject({ status: 0, stdout: "ready\ncleaned up\n" })
  })
})
