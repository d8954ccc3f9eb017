/** Publishing, with a Vault that the test plays. */

import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, onTestFinished, test } from "vitest"
import { createHome, type Home, recipientOf } from "./home.ts"

type Vault = {
  readonly address: string
  /** Every request: method, path, token, body. */
  readonly requests: string[]
  readonly secrets: Map<string, string>
  readonly env: Readonly<Record<string, string>>
  /** Answers every request of this method with this status. */
  readonly refuse: Map<string, number>
}

/** Version 2 of the key-value engine at `secret`, version 1 at `kv`. */
async function startVault(): Promise<Vault> {
  const requests: string[] = []
  const secrets = new Map<string, string>()
  const refuse = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const body = await textOf(request)
    const { method = "", url = "", headers } = request
    requests.push(`${method} ${url} ${headers["x-vault-token"]} ${body}`)
    const status = refuse.get(method)
    if (status !== undefined) {
      response.writeHead(status, { location: "http://127.0.0.1:1/stolen" }).end('{"errors":["no"]}')
    } else if (method === "PUT") {
      secrets.set(url, body)
      response.writeHead(url.startsWith("/v1/kv/") ? 204 : 200).end()
    } else {
      const stored = secrets.get(url)
      if (stored === undefined) response.writeHead(404).end('{"errors":[]}')
      else response.end(url.startsWith("/v1/kv/") ? `{"data":${stored}}` : `{"data":${stored}}`)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { address, requests, secrets, refuse, env: { VAULT_ADDR: address, VAULT_TOKEN: "t0ken" } }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function configure(home: Home, ...rules: string[]): void {
  home.write(".sops.yaml", `destination_rules:\n${rules.map((rule) => `  - ${rule}\n`).join("")}`)
}

const BOB = recipientOf("bob")

test("a file becomes a secret of Vault, once", async () => {
  const home = createHome()
  const vault = await startVault()
  await home.encrypt("app.yaml", "# note\nuser: alice\nport: 5432\n")
  configure(home, "{vault_path: team, omit_extensions: true}")
  const publish = () => home.run(["publish", "--yes", "app.yaml"], { env: vault.env })
  expect(await publish()).toMatchObject({
    status: 0,
    stdout: "",
    stderr: `uploaded   app.yaml → ${vault.address}/v1/secret/data/team/app\n`,
  })
  expect(vault.requests).toEqual([
    "GET /v1/secret/data/team/app t0ken ",
    expect.stringContaining("PUT /v1/secret/data/team/app t0ken "),
  ])
  expect(JSON.parse(vault.secrets.get("/v1/secret/data/team/app") ?? "")).toEqual({
    data: { user: "alice", port: 5432 },
  })
  expect((await publish()).stderr).toMatch(/^unchanged {2}app.yaml/)
  expect(vault.requests).toHaveLength(3)
})

test("version 1 of the engine is written and compared in its own way", async () => {
  const home = createHome()
  const vault = await startVault()
  await home.encrypt("app.json", '{"a": 1}')
  configure(home, "{vault_path: team, vault_kv_mount_name: kv, vault_kv_version: 1}")
  const publish = () => home.run(["publish", "-y", "app.json"], { env: vault.env })
  expect((await publish()).stderr).toMatch(/^uploaded/)
  expect(JSON.parse(vault.secrets.get("/v1/kv/team/app.json") ?? "")).toEqual({ a: 1 })
  expect((await publish()).stderr).toMatch(/^unchanged/)
})

test("a token that may only write is enough, and that nothing was compared is said", async () => {
  const home = createHome()
  const vault = await startVault()
  await home.encrypt("app.json", '{"a": 1}')
  configure(home, "{vault_path: team}")
  vault.refuse.set("GET", 403)
  const { status, stderr } = await home.run(["publish", "-y", "app.json"], { env: vault.env })
  expect(status).toBe(0)
  expect(stderr).toMatch(/warning: .* cannot be read \(status 403\)/)
  expect(stderr).toMatch(/uploaded/)
})

test.each([
  ["refuses", 403],
  ["sends elsewhere", 307],
  ["fails", 500],
])("a Vault that %s is an error, and gets nothing twice", async (_, status) => {
  const home = createHome()
  const vault = await startVault()
  await home.encrypt("app.json", '{"a": "canary"}')
  configure(home, "{vault_path: team}")
  vault.refuse.set("PUT", status)
  const outcome = await home.run(["publish", "-y", "app.json"], { env: vault.env })
  expect(outcome.status).toBe(1)
  expect(outcome.stderr).toContain(`status ${status}`)
  expect(outcome.stderr).not.toMatch(/canary|t0ken/)
  expect(vault.requests).toHaveLength(2)
})

test("no token goes to a server that only the configuration names", async () => {
  const home = createHome()
  const vault = await startVault()
  await home.encrypt("app.json", '{"a": 1}')
  configure(home, `{vault_path: team, vault_address: "${vault.address}"}`)
  const stranger = { VAULT_ADDR: "https://vault.example.com", VAULT_TOKEN: "t0ken" }
  for (const words of [
    ["publish", "-y"],
    ["sops", "publish", "-y"],
  ]) {
    const { status, stderr } = await home.run([...words, "app.json"], { env: stranger })
    expect(status).toBe(77)
    expect(stderr).toContain(vault.address)
    expect(stderr).toMatch(/hint: if it is yours, name it: VAULT_ADDR=/)
  }
  expect(vault.requests).toEqual([])
  const allowed = { ...stranger, SOPS_HC_VAULT_ALLOWLIST: vault.address }
  expect((await home.run(["publish", "-y", "app.json"], { env: allowed })).status).toBe(0)
})

test("the token may lie in the home, and without one nothing is sent", async () => {
  const home = createHome()
  const vault = await startVault()
  await home.encrypt("app.json", '{"a": 1}')
  configure(home, "{vault_path: team}")
  const env = { VAULT_ADDR: vault.address }
  expect((await home.run(["publish", "-y", "app.json"], { env })).stderr).toMatch(/there is no token/)
  home.write(".vault-token", "from-file\n")
  expect((await home.run(["publish", "-y", "app.json"], { env })).status).toBe(0)
  expect(vault.requests[0]).toContain(" from-file ")
  const odd = await home.run(["publish", "-y", "app.json"], { env: { ...env, VAULT_TOKEN: "a\r\nb: c" } })
  expect(odd.stderr).toMatch(/the token is malformed/)
})

test("an altered file is not published", async () => {
  const home = createHome()
  const vault = await startVault()
  await home.encrypt("app.yaml", "a: 1\nb_unencrypted: 2\n")
  home.write("app.yaml", home.read("app.yaml").replace("b_unencrypted: 2", "b_unencrypted: 3"))
  configure(home, "{vault_path: team}")
  expect((await home.run(["publish", "-y", "app.yaml"], { env: vault.env })).status).toBe(51)
  expect(vault.requests).toEqual([])
})

test("a dry run opens and checks everything, and contacts nobody", async () => {
  const home = createHome()
  const vault = await startVault()
  await home.encrypt("app.yaml", "password: x\nhost: y\n")
  configure(
    home,
    "{path_regex: ^app, s3_bucket: b, s3_prefix: p/, recreation_rule: " +
      `{age: ${BOB}, encrypted_regex: ^pass, mac_only_encrypted: true}}`,
  )
  const { status, stderr } = await home.run(["publish", "--dry-run", "app.yaml"], { env: vault.env })
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: `checked    app.yaml → s3://b/p/app.yaml, encrypted anew for ${BOB}\nnothing was sent\n`,
  })
  const facts = JSON.parse((await home.run(["publish", "--dry-run", "--json", "app.yaml"])).stdout)
  expect(facts).toEqual({
    files: [{ file: "app.yaml", destination: "s3://b/p/app.yaml", outcome: "checked" }],
  })
  expect(vault.requests).toEqual([])
})

test("a destination that this build has no way to is said before anything is opened", async () => {
  const home = createHome()
  await home.encrypt("app.yaml", "a: 1\n")
  configure(home, "{gcs_bucket: b}")
  const { status, stderr } = await home.run(["publish", "-y", "app.yaml"], { env: { SOPS_AGE_KEY_FILE: "" } })
  expect(status).toBe(1)
  expect(stderr).toMatch(/cannot upload to Google Cloud Storage/)
})

test("a folder goes out as a whole, or a mistake in one file keeps all of it back", async () => {
  const home = createHome()
  const vault = await startVault()
  await home.encrypt("a.yaml", "a: 1\n")
  await home.encrypt("b.env", "B=2\n")
  const { mkdirSync, renameSync } = await import("node:fs")
  mkdirSync(`${home.path}/all/sub`, { recursive: true })
  renameSync(`${home.path}/a.yaml`, `${home.path}/all/a.yaml`)
  renameSync(`${home.path}/b.env`, `${home.path}/all/sub/b.env`)
  configure(home, "{vault_path: team}")
  expect((await home.run(["publish", "-y", "all"], { env: vault.env })).status).toBe(64)
  home.write("all/zz.yaml", "plain: text\n")
  expect((await home.run(["publish", "-y", "-r", "all"], { env: vault.env })).status).toBe(2)
  expect(vault.requests).toEqual([])
  renameSync(`${home.path}/all/zz.yaml`, `${home.path}/zz.yaml`)
  expect((await home.run(["publish", "-y", "-r", "all/"], { env: vault.env })).status).toBe(0)
  expect([...vault.secrets.keys()]).toEqual(["/v1/secret/data/team/a.yaml", "/v1/secret/data/team/sub/b.env"])
})

test("without --yes somebody must be there to ask", async () => {
  const home = createHome()
  const vault = await startVault()
  await home.encrypt("a.yaml", "a: 1\n")
  configure(home, "{vault_path: team}")
  const { status, stderr } = await home.run(["publish", "a.yaml"], { env: vault.env })
  expect(status).toBe(64)
  expect(stderr).toMatch(/a.yaml → http:.*\/v1\/secret\/data\/team\/a.yaml, its plaintext, as a secret/)
  expect(vault.requests).toEqual([])
})

test("sops publish asks on standard output and reads the answer from standard input", async () => {
  const home = createHome()
  const vault = await startVault()
  await home.encrypt("a.yaml", "a: 1\n")
  configure(home, "{vault_path: team}")
  const question = `uploading ${home.path}/a.yaml to ${vault.address}/v1/secret/data/team/a.yaml ? (y/n): `
  const publish = (input: string) => home.run(["sops", "publish", "a.yaml"], { env: vault.env, input })
  expect(await publish("n\n")).toMatchObject({ status: 1, stdout: question })
  expect(await publish("")).toMatchObject({ status: 1, stdout: question })
  expect(vault.requests).toEqual([])
  expect(await publish("maybe\ny\n")).toMatchObject({ status: 0, stdout: question + question })
  expect(vault.requests).toHaveLength(2)
})

test("what does not fit is said in the codes of each command line", async () => {
  const home = createHome()
  await home.encrypt("a.yaml", "a: 1\n")
  expect((await home.run(["publish", "a.yaml"])).status).toBe(61)
  expect((await home.run(["sops", "publish", "a.yaml"])).status).toBe(1)
  configure(home, "{path_regex: ^b, vault_path: team}")
  expect((await home.run(["publish", "a.yaml"])).status).toBe(78)
  expect((await home.run(["sops", "publish", "a.yaml"])).status).toBe(1)
  expect((await home.run(["publish"])).status).toBe(64)
  expect((await home.run(["sops", "publish"])).status).toBe(100)
  expect((await home.run(["sops", "publish", "."])).status).toBe(1)
})
