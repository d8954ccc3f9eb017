import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { ACCESS_KEY, SECRET_KEY } from "../support/fake-aws.ts"
import { createUser, PLAIN, type User } from "./aws-user.ts"
import { hasTerminal, inTerminal } from "./terminal.ts"

describe("a role or profile that a file names", () => {
  async function withRole(): Promise<{ user: User; role: string }> {
    const user = await createUser()
    const [key, role] = [user.aws.key(), user.aws.role("reader")]
    await user.secret("db.yaml", `${key}+${role}`)
    return { user, role }
  }

  test("is not used without the user's word, and what would have been done is said", async () => {
    const { user, role } = await withRole()
    const before = user.aws.calls.length
    const { status, stdout, stderr } = await user.asked(["decrypt", "db.yaml"])
    expect({ status, stdout }).toEqual({ status: 128, stdout: "" })
    expect(stderr).toContain(`not-trusted: not done without your word: to assume the AWS role ${role} with`)
    expect(stderr).toMatch(/hint: .*conclave trust/)
    expect(user.aws.calls).toHaveLength(before)
  })

  test("is used once it is trusted, in this repository only", async () => {
    const { user, role } = await withRole()
    const name = `kms-role:${role}`
    const trusted = await user.asked(["trust", name])
    expect(trusted).toMatchObject({ status: 0, stdout: "" })
    expect(trusted.stderr).toContain(`may assume the AWS role ${role} with your credentials`)
    expect(await user.asked(["trust", "--list"])).toMatchObject({ stdout: `${name}\n` })
    expect(await user.asked(["decrypt", "db.yaml"])).toMatchObject({ status: 0, stdout: PLAIN })

    mkdirSync(join(user.path, "other"))
    user.write("other/db.yaml", user.read("db.yaml"))
    expect(await user.asked(["decrypt", "other/db.yaml"])).toMatchObject({ status: 128 })

    // From within this repository a file of another one is no more trusted, by any command.
    expect(await user.asked(["rekey", "other/db.yaml"])).toMatchObject({ status: 128 })

    expect(await user.asked(["trust", "--remove", name])).toMatchObject({ status: 0 })
    expect(await user.asked(["decrypt", "db.yaml"])).toMatchObject({ status: 128 })
  })

  test("is used in a pipeline whose CONCLAVE_TRUST names it", async () => {
    const { user, role } = await withRole()
    const done = await user.asked(["decrypt", "db.yaml"], {
      CONCLAVE_TRUST: `vault:https://v,kms-role:${role}`,
    })
    expect(done).toMatchObject({ status: 0, stdout: PLAIN, stderr: "" })
  })

  test.skipIf(!hasTerminal)("is asked about on the terminal the first time, and then known", async () => {
    const { user, role } = await withRole()
    const words = ["decrypt", "db.yaml"]
    const question = /\[y\/N\] $/
    const refused = await inTerminal(user, words, [[question, "n"]], user.env)
    expect(refused.status).toBe(128)
    const agreed = await inTerminal(user, words, [[question, "y"]], user.env)
    expect(agreed.screen.replaceAll("\r\n", "")).toContain(
      `A file in ${user.path} asks to assume the AWS role ${role} with your credentials. Allow it here, from now on? [y/N] `,
    )
    expect(agreed).toMatchObject({ status: 0, screen: expect.stringContaining("s3cret") })
    expect(await user.asked(words)).toMatchObject({ status: 0, stdout: PLAIN, stderr: "" })
  })

  test("in the configuration is not used to encrypt either", async () => {
    const { user, role } = await withRole()
    mkdirSync(join(user.path, ".git"))
    user.write(".sops.yaml", `creation_rules:\n- kms: "${user.aws.key()}+${role}"\n`)
    user.write("new.yaml", PLAIN)
    const before = user.aws.calls.length
    const { status, stderr } = await user.asked(["encrypt", "-i", "new.yaml"])
    expect(status).toBe(77)
    expect(stderr).toMatch(/hint: .*conclave trust kms-role:/)
    expect(user.read("new.yaml")).toBe(PLAIN)
    expect(user.aws.calls).toHaveLength(before)
  })

  test("gives way to the user's own profile, and to none", async () => {
    const user = await createUser()
    mkdirSync(join(user.path, ".aws"))
    const keys = `aws_access_key_id=${ACCESS_KEY}\naws_secret_access_key=${SECRET_KEY}\n`
    user.write(".aws/credentials", `[theirs]\n${keys}[mine]\n${keys}`)
    await user.secret("db.yaml", user.aws.key(), ["--aws-profile", "theirs"])
    const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" }
    expect(await user.asked(["decrypt", "db.yaml"], none)).toMatchObject({
      status: 128,
      stderr: expect.stringContaining("to use your AWS profile theirs"),
    })
    const words = ["decrypt", "--aws-profile", "mine", "db.yaml"]
    expect(await user.asked(words, none)).toMatchObject({ status: 0, stdout: PLAIN })
    const ignored = { ...none, CONCLAVE_IGNORE_STORED_PROFILE: "1", AWS_PROFILE: "mine" }
    expect(await user.asked(["decrypt", "db.yaml"], ignored)).toMatchObject({ status: 0, stdout: PLAIN })
  })

  test("that is no name to trust is a mistake in the words", async () => {
    const user = await createUser()
    for (const words of [
      ["x"],
      ["role:x"],
      ["--list", "kms-role:x"],
      ["--remove"],
      ["--remove", "vault:x"],
    ]) {
      expect(await user.asked(["trust", ...words])).toMatchObject({ status: 64, stdout: "" })
    }
  })
})
