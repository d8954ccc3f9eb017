import { execFileSync } from "node:child_process"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { createUser, PLAIN } from "./aws-user.ts"

describe("conclave doctor", () => {
  test("says which keys are here, and opens the files that it is asked about", async () => {
    const user = await createUser()
    const [one, two] = [user.aws.key(), user.aws.key()]
    await user.secret("good.yaml", one)
    await user.secret("bad.yaml", two)
    user.write("plain.yaml", PLAIN)
    user.aws.states.set(two, "denied")
    const { status, stdout } = await user.asked(["doctor", "good.yaml", "bad.yaml", "plain.yaml"])
    expect(status).toBe(1)
    expect(stdout).toMatch(/AWS KMS: AWS_ACCESS_KEY_ID\n/)
    expect(stdout).toMatch(/^good\.yaml: opens, by arn:aws/m)
    expect(stdout).toMatch(
      /^bad\.yaml: does not open: one of these would do\n {2}arn:aws\S+ {2}failed: access denied/m,
    )
    expect(stdout).toMatch(/^plain\.yaml: cannot be tried: /m)
    expect(stdout).not.toContain("s3cret")
    const json = JSON.parse((await user.asked(["doctor", "--json", "good.yaml"])).stdout)
    expect(json).toMatchObject({
      outside: [{ kind: "kms", credentials: [{ what: "AWS_ACCESS_KEY_ID", isStatic: true }] }],
      files: [{ file: "good.yaml", opens: true, attempts: [{ outcome: "opened" }] }],
    })
  })

  test("bootstrap fails on stored secrets that lead to others, and on nothing else", async () => {
    const user = await createUser()
    const git = (...words: string[]) => execFileSync("git", words, { cwd: user.path, stdio: "pipe" })
    git("init", "-q")
    const keyless = {
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
      AWS_ROLE_ARN: "arn:x",
      AWS_WEB_IDENTITY_TOKEN_FILE: "/t",
    }
    expect(await user.asked(["doctor", "bootstrap"], keyless)).toMatchObject({ status: 0, stdout: "" })

    expect(await user.asked(["doctor", "bootstrap"])).toMatchObject({
      status: 1,
      stdout: "stored   a static key of AWS KMS: AWS_ACCESS_KEY_ID\n",
    })
    const identity = readFileSync(join(import.meta.dirname, "../vectors/keys/alice.age-key.txt"), "utf8")
    const secret = /AGE-SECRET-KEY-\S+/.exec(identity)?.[0] ?? ""
    const inVariable = await user.asked(["doctor", "bootstrap"], { ...keyless, SOPS_AGE_KEY: secret })
    expect(inVariable).toMatchObject({
      status: 1,
      stdout: "stored   a private key of age in the variable SOPS_AGE_KEY\n",
    })
    writeFileSync(join(user.path, "keys.txt"), identity)
    expect(await user.asked(["doctor", "bootstrap"], keyless)).toMatchObject({ status: 0 })
    git("add", "keys.txt")
    expect(await user.asked(["doctor", "bootstrap"], keyless)).toMatchObject({
      status: 1,
      stdout: "stored   a private key of age in keys.txt, which git keeps\n",
    })
    rmSync(join(user.path, ".git"), { recursive: true })
    expect(await user.asked(["doctor", "bootstrap"], keyless)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^unknown {2}the files that git keeps/),
    })
  })
})
