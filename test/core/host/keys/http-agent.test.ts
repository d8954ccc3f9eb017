import { readFileSync } from "node:fs"
import { createServer as createPlainServer, request as plainRequest, type Server } from "node:http"
import { createServer, request } from "node:https"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { createHttpAgents, type HttpAgents } from "../../../../core/host/keys/http-agent.ts"
import { startConnectProxy } from "../../../support/connect-proxy.ts"

const TLS = join(import.meta.dirname, "../../../support/tls")
const CA = join(TLS, "ca.pem")
const HOST = "kms.eu-west-1.amazonaws.com"

/** Answers with the number of the connection. Its certificate is of a private authority. */
async function startServer(kind: "plain" | "secure"): Promise<number> {
  let connections = 0
  const files = { key: readFileSync(join(TLS, "server.key")), cert: readFileSync(join(TLS, "server.pem")) }
  const server: Server = kind === "plain" ? createPlainServer() : createServer(files)
  server.on(kind === "plain" ? "connection" : "secureConnection", () => connections++)
  server.on("request", (_, response) => response.end(String(connections)))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function proxyTo(port: number | null) {
  const proxy = await startConnectProxy(port)
  onTestFinished(() => proxy.close())
  return proxy
}

function agentsWith(env: Record<string, string>, caFile: string | undefined = CA): HttpAgents {
  const agents = createHttpAgents({ env, caFile })
  onTestFinished(() => {
    agents.http.destroy()
    agents.https.destroy()
  })
  return agents
}

function get(url: string, agents: HttpAgents): Promise<string> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith("https:")
      ? request(url, { agent: agents.https })
      : plainRequest(url, { agent: agents.http })
    send.on("error", reject)
    send.on("response", (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part
      })
      response.on("end", () => resolve(text))
    })
    send.end()
  })
}

test("a server of a private authority is reached by its bundle, over connections that are kept", async () => {
  const port = await startServer("secure")
  const agents = agentsWith({})
  expect(await get(`https://localhost:${port}`, agents)).toBe("1")
  expect(await get(`https://127.0.0.1:${port}`, agents)).toBe("2")
  expect(await get(`https://localhost:${port}`, agents)).toBe("2")
})

test("a server whose certificate does not verify, or is of another name, is refused", async () => {
  const port = await startServer("secure")
  await expect(get(`https://localhost:${port}`, agentsWith({}, ""))).rejects.toMatchObject({
    code: expect.stringMatching(/UNABLE_TO_VERIFY/),
  })
  const proxy = await proxyTo(port)
  const agents = agentsWith({ HTTPS_PROXY: proxy.url })
  await expect(get("https://kms.evil.example", agents)).rejects.toMatchObject({
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
  })
})

test("a proxy is asked for one tunnel for all requests, and sees the host's name only", async () => {
  const proxy = await proxyTo(await startServer("secure"))
  const agents = agentsWith({ HTTPS_PROXY: proxy.url })
  expect(await get(`https://${HOST}/a`, agents)).toBe("1")
  expect(await get(`https://${HOST}/b`, agents)).toBe("1")
  expect(proxy.asked).toEqual([`${HOST}:443`])
  expect(proxy.authorizations).toEqual([""])
})

test("a plain server is reached through a tunnel too", async () => {
  const proxy = await proxyTo(await startServer("plain"))
  expect(await get("http://vault.example:8200/v1", agentsWith({ HTTP_PROXY: proxy.url }))).toBe("1")
  expect(proxy.asked).toEqual(["vault.example:8200"])
})

test("a proxy is given the name and password that its address holds", async () => {
  const proxy = await proxyTo(await startServer("secure"))
  const address = proxy.url.replace("http://", "http://me:s%40cret@")
  await get(`https://${HOST}`, agentsWith({ HTTPS_PROXY: address }))
  expect(proxy.authorizations).toEqual([`Basic ${Buffer.from("me:s@cret").toString("base64")}`])
})

test("a proxy that refuses is named without the password", async () => {
  const proxy = await proxyTo(null)
  const address = proxy.url.replace("http://", "http://me:s3cret@")
  const failure = await get(`https://${HOST}`, agentsWith({ HTTPS_PROXY: address })).catch((error) => error)
  expect(String(failure)).toMatch(/no way through the proxy 127\.0\.0\.1:\d+: it answered 407/)
  expect(String(failure)).not.toContain("s3cret")
})

test("a proxy that is not there, or no proxy at all, is an error of the request", async () => {
  const gone = agentsWith({ HTTPS_PROXY: "http://127.0.0.1:9" })
  await expect(get(`https://${HOST}`, gone)).rejects.toMatchObject({ code: "ECONNREFUSED" })
  await expect(get(`https://${HOST}`, agentsWith({ HTTPS_PROXY: "socks5://x" }))).rejects.toMatchObject({
    code: "malformed",
  })
  await expect(get(`https://${HOST}`, agentsWith({}, "/no/such/bundle.pem"))).rejects.toMatchObject({
    code: "read-failed",
    message: expect.stringContaining("/no/such/bundle.pem"),
  })
})
