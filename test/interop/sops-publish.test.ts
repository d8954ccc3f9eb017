/** `sops publish` to Vault, by real sops and by conclave: what arrives at a Vault that the test plays, and the exit codes. */

import { writeFileSync } from "node:fs"
import { createServer, type IncomingMessage, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { identityOf, recipientOf } from "./keys.ts"
import { conclave, createHome, type Program, sops } from "./programs.ts"

const home = createHome()
const written = new Map<string, unknown>()
let server: Server
let env: Readonly<Record<string, string>>

const theirs = sops("3.13.2", home.path)
const ours: Program = (words, options) => conclave(home.path)(["sops", ...words], options)

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await textOf(request)
    if (request.method === "GET") return void response.writeHead(404).end('{"errors":[]}')
    written.set(request.url ?? "", JSON.parse(body))
    response.writeHead(204).end()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  env = {
    VAULT_ADDR: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    VAULT_TOKEN: "token",
    SOPS_AGE_KEY: identityOf("alice"),
    SOPS_DISABLE_VERSION_CHECK: "1",
  }
})

afterAll(() => {
  server.close()
  home.remove()
})

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

async function encrypt(name: string, plain: string): Promise<void> {
  const { status, stdout } = await theirs(
    ["encrypt", "--age", recipientOf("alice"), "--filename-override", name],
    {
      input: Buffer.from(plain),
      env,
    },
  )
  expect(status).toBe(0)
  writeFileSync(join(home.path, name), stdout)
}

function configure(rule: string): void {
  writeFileSync(join(home.path, ".sops.yaml"), `destination_rules:\n  - ${rule}\n`)
}

async function published(program: Program, words: readonly string[]) {
  written.clear()
  const { status } = await program(["publish", ...words], { env })
  return { status, written: Object.fromEntries(written) }
}

/** Both programs one after the other. */
async function both(...words: string[]) {
  return { theirs: await published(theirs, words), ours: await published(ours, words) }
}

describe.sequential("sops publish", () => {
  it.each([
    [
      "f.yaml",
      "s: text\ni: 5\nbig: 9007199254740993\nf: 1.5\nb: true\nn: null\ne: ''\nm: {k: [1, x]}\n# c\nt: 2001-12-14T21:59:43.1Z\n",
    ],
    ["f.json", '{"a": {"b": [1, "x", null]}, "c": 2.50}'],
    ["f.env", "A=1\nB=x=y\n"],
    ["f.ini", "[s]\na = 1\n"],
    ["f.bin", "just text"],
    ["f2.yaml", "a: 1\nb: 1\n---\nb: 2\n"],
  ])("sends the same secret for %s, by both versions of the engine", async (name, plain) => {
    await encrypt(name, plain)
    for (const rule of [
      "{vault_path: team/}",
      "{vault_path: team, vault_kv_mount_name: kv, vault_kv_version: 1}",
    ]) {
      configure(rule)
      const result = await both("--yes", name)
      expect(Object.keys(result.theirs.written)).toHaveLength(1)
      expect(result.ours).toEqual(result.theirs)
    }
  })

  it("names it alike, with and without its ending", async () => {
    await encrypt("f.x.yaml", "a: 1\n")
    configure("{vault_path: team, omit_extensions: true}")
    const omitted = await both("--yes", "f.x.yaml")
    expect(omitted.ours).toEqual(omitted.theirs)
    configure("{vault_path: team}")
    const flag = await both("--yes", "--omit-extensions", "f.x.yaml")
    expect(flag.ours).toEqual(flag.theirs)
    expect(Object.keys(flag.ours.written)).toEqual(["/v1/secret/data/team/f.x"])
  })

  it("fails alike", async () => {
    await encrypt("f.yaml", "a: 1\n")
    configure("{path_regex: ^other, vault_path: team}")
    expect(await statuses("--yes", "f.yaml")).toEqual([1, 1])
    configure("{vault_path: team}")
    expect(await statuses("--yes", "gone.yaml")).toEqual([1, 1])
    expect(await statuses("--yes", ".")).toEqual([1, 1])
    expect(await statuses("--yes")).toEqual([100, 100])
    expect(await statuses("f.yaml")).toEqual([1, 1])
  })

  it("differs where sops sends what nobody can read: a map in a list becomes pairs of Key and Value", async () => {
    await encrypt("f.yaml", "l:\n- {k: v}\n")
    configure("{vault_path: team}")
    const result = await both("--yes", "f.yaml")
    expect(result.theirs.written).toEqual({
      "/v1/secret/data/team/f.yaml": { data: { l: [[{ Key: "k", Value: "v" }]] } },
    })
    expect(result.ours.written).toEqual({ "/v1/secret/data/team/f.yaml": { data: { l: [{ k: "v" }] } } })
  })

  it("differs where only the configuration names the server: no token goes there", async () => {
    await encrypt("f.yaml", "a: 1\n")
    configure(`{vault_path: team, vault_address: "${env["VAULT_ADDR"]}"}`)
    const own = env
    env = { ...own, VAULT_ADDR: "https://vault.example.com" }
    const result = await both("--yes", "f.yaml")
    env = own
    expect(result.theirs.status).toBe(0)
    expect(Object.keys(result.theirs.written)).toHaveLength(1)
    expect(result.ours).toEqual({ status: 77, written: {} })
  })
})

async function statuses(...words: string[]): Promise<number[]> {
  const result = await both(...words)
  return [result.theirs.status, result.ours.status]
}
