import { mkdirSync, readFileSync } from "node:fs"
import { createServer, type Server } from "node:https"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"
import { startConnectProxy } from "../support/connect-proxy.ts"
import { SECRET_KEY } from "../support/fake-aws.ts"
import { createUser, PLAIN, type User } from "./aws-user.ts"

const TLS = join(import.meta.dirname, "../support/tls")

describe("a file of AWS KMS", () => {
  test("is written and opened, and sops' fields are in it", async () => {
    const user = await createUser()
    const key = user.aws.key()
    await user.secret("db.yaml", key, ["--encryption-context", "App:pay,Env:prod"])
    expect(user.read("db.yaml")).toMatch(
      /kms:\n +- arn: arn:aws:kms:.*\n +aws_profile: ""\n +context:\n +App: pay\n +Env: prod\n +created_at: "20/,
    )
    const { status, stdout, stderr } = await user.asked(["decrypt", "db.yaml"])
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: PLAIN, stderr: "" })
    expect(user.aws.calls).toHaveLength(2)
  })

  test("gets the flag's context also for the configuration's keys, but for those with their own", async () => {
    const user = await createUser()
    const [one, two] = [user.aws.key(), user.aws.key()]
    mkdirSync(join(user.path, ".git"))
    user.write(
      ".sops.yaml",
      `creation_rules:\n- key_groups:\n  - kms:\n    - arn: ${one}\n    - {arn: "${two}", context: {Own: "yes"}}\n`,
    )
    user.write("db.yaml", PLAIN)
    await user.asked(["encrypt", "-i", "--encryption-context", "App:pay", "db.yaml"])
    expect(user.aws.calls.map(({ input }) => input["EncryptionContext"])).toEqual(
      expect.arrayContaining([{ App: "pay" }, { Own: "yes" }]),
    )
    user.write("other.yaml", PLAIN)
    const sops = await user.asked(["sops", "encrypt", "--encryption-context", "App:pay", "other.yaml"])
    expect(sops.stdout).toMatch(/context:\n +App: pay/)
    const wrong = await user.asked(["encrypt", "--encryption-context", "App", "other.yaml"])
    expect(wrong).toMatchObject({ status: 64, stdout: "" })
  })

  test("is changed with one call, and gets new readers and a new data key", async () => {
    const user = await createUser()
    const [one, two] = [user.aws.key(), user.aws.key()]
    await user.secret("db.yaml", one)
    const before = user.aws.calls.length
    const changed = await user.run(["set", "db.yaml", "password", "--stdin"], {
      env: user.env,
      input: "other",
    })
    expect(changed).toMatchObject({ status: 0 })
    expect(user.aws.calls.slice(before).map(({ action }) => action)).toEqual(["Decrypt"])

    const words = ["rekey", "--add-kms", two, "--encryption-context", "App:pay", "--rm-kms", one, "db.yaml"]
    expect(await user.asked(words)).toMatchObject({ status: 0 })
    const plain = await user.asked(["decrypt", "db.yaml"])
    expect(plain).toMatchObject({ status: 0, stdout: "password: other\n" })
    expect(user.aws.calls.at(-1)).toMatchObject({
      action: "Decrypt",
      input: { KeyId: two, EncryptionContext: { App: "pay" } },
    })
  })

  test("opens by another key of its group when one cannot be used, and all attempts are told otherwise", async () => {
    const user = await createUser()
    const [one, two] = [user.aws.key("eu-west-1"), user.aws.key("us-east-1")]
    await user.secret("db.yaml", `${one},${two}`)
    user.aws.states.set(one, "denied")
    expect(await user.asked(["decrypt", "db.yaml"])).toMatchObject({ status: 0, stdout: PLAIN, stderr: "" })
    user.aws.states.set(two, "disabled")
    const { status, stdout, stderr } = await user.asked(["decrypt", "db.yaml"])
    expect({ status, stdout }).toEqual({ status: 128, stdout: "" })
    expect(stderr).toMatch(/arn:aws:kms:eu-west-1:\S+ +failed: access denied: User: user\/tester/)
    expect(stderr).toMatch(/arn:aws:kms:us-east-1:\S+ +failed: the key is disabled/)
    expect(stderr).not.toContain(SECRET_KEY)
  })

  test("is not asked of AWS when an identity of this machine opens it", async () => {
    const user = await createUser()
    await user.secret("db.yaml", user.aws.key(), [
      "--age",
      "age1ughy2sa98xnpqh8dt83aud0qllt4cle5p4tfqkz84mev587e7s2stkgk8t",
    ])
    const before = user.aws.calls.length
    expect(await user.run(["decrypt", "db.yaml"], { env: { AWS_ENDPOINT_URL: user.aws.url } })).toMatchObject(
      {
        stdout: PLAIN,
      },
    )
    expect(user.aws.calls).toHaveLength(before)
  })

  test("is given up at once on Ctrl-C", async () => {
    const user = await createUser()
    await user.secret("db.yaml", user.aws.key())
    user.aws.faults.push("silence")
    const running = user.start(["decrypt", "db.yaml"], { env: user.env })
    while (user.aws.faults.length > 0) await new Promise((resolve) => setTimeout(resolve, 10))
    const start = performance.now()
    running.child.kill("SIGINT")
    expect(await running.ended).toMatchObject({ status: 130, stdout: "" })
    expect(performance.now() - start).toBeLessThan(3_000)
  })

  test("opens through a proxy, under the provider's own address, by a private authority", async () => {
    const user = await createUser()
    const key = user.aws.key("eu-west-1")
    await user.secret("db.yaml", key)
    const proxy = await startConnectProxy(await startTls(new URL(user.aws.url).port))
    onTestFinished(() => proxy.close())
    const env = { AWS_ENDPOINT_URL: "", HTTPS_PROXY: proxy.url }
    for (const authority of ["AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]) {
      const done = await user.asked(["decrypt", "db.yaml"], { ...env, [authority]: join(TLS, "ca.pem") })
      expect(done).toMatchObject({ status: 0, stdout: PLAIN, stderr: "" })
    }
    expect(proxy.asked).toEqual(new Array(2).fill("kms.eu-west-1.amazonaws.com:443"))
    const stranger = await user.asked(["decrypt", "db.yaml"], env)
    expect(stranger).toMatchObject({
      status: 128,
      stderr: expect.stringMatching(/certificate is not trusted/),
    })
  })
})

/** The stand-in behind TLS: what it is asked for it passes on. */
async function startTls(port: string): Promise<number> {
  const server: Server = createServer(
    { key: readFileSync(join(TLS, "server.key")), cert: readFileSync(join(TLS, "server.pem")) },
    (request, response) => {
      const chunks: Buffer[] = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", async () => {
        const { method = "", url = "", headers } = request
        const { request: send } = await import("node:http")
        const onward = send({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(response)
        })
        onward.end(Buffer.concat(chunks))
      })
    },
  )
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

describe("a file of age alone", () => {
  /** The modules that a run of the program has loaded, as paths. */
  async function loadedBy(
    user: User,
    words: readonly string[],
    env: Record<string, string>,
  ): Promise<string[]> {
    const list = join(user.path, "loaded.json")
    user.write(
      "spy.cjs",
      `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache))))`,
    )
    const spied = { ...env, NODE_OPTIONS: `--require ${join(user.path, "spy.cjs")}` }
    const done = await user.run(words, { env: spied })
    expect(done).toMatchObject({ status: 0, stdout: PLAIN })
    return (JSON.parse(readFileSync(list, "utf8")) as string[]).map((file) => file.replace(/.*\/dist\//, ""))
  }

  test("loads nothing of any cloud, and one of AWS does", async () => {
    const user = await createUser()
    await user.encrypt("age.yaml", PLAIN)
    const ofAge = await loadedBy(user, ["decrypt", "age.yaml"], {})
    expect(ofAge.filter((file) => file.startsWith("lib/"))).toEqual([])
    expect(ofAge.filter((file) => !file.endsWith("spy.cjs")).length).toBeLessThanOrEqual(2)

    await user.secret("kms.yaml", user.aws.key())
    const ofAws = await loadedBy(user, ["decrypt", "kms.yaml"], user.env)
    expect(ofAws.filter((file) => file.startsWith("lib/"))).toEqual(["lib/aws-sdk.cjs"])
  })
})
