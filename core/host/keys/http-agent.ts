/**
 * Connections to the servers of outside keys: kept open between calls, through
 * the user's proxy (a CONNECT tunnel, also for plain HTTP), and verified
 * against the user's own authorities where a bundle is named. Certificates are
 * always verified. NODE_EXTRA_CA_CERTS needs nothing here: Node adds it to its
 * own authorities at its start.
 */

import { readFileSync } from "node:fs"
import http from "node:http"
import https from "node:https"
import type { Duplex } from "node:stream"
import tls from "node:tls"
import { ConclaveError } from "../../errors.ts"
import type { Environment } from "../identities/locations.ts"
import { proxyFor } from "./proxy.ts"
import { MAX_CALLS } from "./remote-call.ts"

export type HttpAgents = { readonly http: http.Agent; readonly https: https.Agent }

export type AgentOptions = {
  readonly env: Environment
  /** A file of certificates that takes the place of Node's authorities. */
  readonly caFile?: string | undefined
}

const TUNNEL_TIMEOUT_MS = 10_000
const AGENT_OPTIONS = { keepAlive: true, maxSockets: MAX_CALLS }

type Connected = (error: Error | null, socket: Duplex) => void
/** What an agent is told of a connection; of this only the target is read here. */
type Target = https.RequestOptions & tls.ConnectionOptions

export function createHttpAgents({ env, caFile }: AgentOptions): HttpAgents {
  const plain = new http.Agent(AGENT_OPTIONS)
  const secure = new https.Agent(AGENT_OPTIONS)
  const authorities = lazyContext(caFile)
  const connectPlain = plain.createConnection.bind(plain)
  const connectSecure = secure.createConnection.bind(secure)

  plain.createConnection = (options, connected) => {
    const target = options as Target
    return guarded(connected, (done) => {
      const proxy = proxyFor(urlOf("http:", target), env)
      if (proxy === null) return connectPlain(options, done)
      tunnel(proxy, target, authorities).then((socket) => done(null, socket), failing(done))
      return null
    })
  }
  secure.createConnection = (options, connected) => {
    const target = options as Target
    return guarded(connected, (done) => {
      const verified: Target = { ...target, ...authorities() }
      const proxy = proxyFor(urlOf("https:", target), env)
      if (proxy === null) return connectSecure(verified, done)
      // With its host and server name: the certificate is checked against the target's.
      tunnel(proxy, target, authorities).then(
        (socket) => done(null, tls.connect({ ...verified, socket })),
        failing(done),
      )
      return null
    })
  }
  return { http: plain, https: secure }
}

/** An agent expects failures where it waits for its socket; `null` says that this comes later. */
function guarded(
  connected: Connected | undefined,
  connect: (done: Connected) => Duplex | null | undefined,
): Duplex | null | undefined {
  // The agent always passes one; its type serves callers of other kinds too.
  const done = connected as Connected
  try {
    return connect(done)
  } catch (error) {
    failing(done)(error)
    return null
  }
}

function failing(done: Connected): (error: unknown) => void {
  // The callback's type demands a socket that a failure does not have.
  return (error) => done(error as Error, undefined as unknown as Duplex)
}

/** Read once: a bundle of a hundred authorities takes tens of milliseconds. */
function lazyContext(caFile: string | undefined): () => { secureContext?: tls.SecureContext } {
  if (!caFile) return () => ({})
  let context: tls.SecureContext | undefined
  return () => {
    context ??= tls.createSecureContext({ ca: readAuthorities(caFile) })
    return { secureContext: context }
  }
}

function readAuthorities(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unreadable"
    const details = { file, reason }
    throw new ConclaveError("read-failed", `cannot read the certificates in ${file}: ${reason}`, details)
  }
}

function urlOf(protocol: string, { host, port }: Target): URL {
  const name = host ?? "localhost"
  return new URL(`${protocol}//${name.includes(":") ? `[${name}]` : name}:${port ?? ""}`)
}

function tunnel(proxy: URL, { host, port }: Target, authorities: () => object): Promise<Duplex> {
  const authority = `${host?.includes(":") ? `[${host}]` : host}:${port}`
  const options = {
    host: proxy.hostname.replace(/^\[|\]$/g, ""),
    port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
    method: "CONNECT",
    path: authority,
    headers: { host: authority, ...authorization(proxy) },
    agent: false,
    timeout: TUNNEL_TIMEOUT_MS,
  } as const
  return new Promise((resolve, reject) => {
    const request =
      proxy.protocol === "https:" ? https.request({ ...options, ...authorities() }) : http.request(options)
    request.once("connect", ({ statusCode }, socket) => {
      if (statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(proxyFailure(proxy, `it answered ${statusCode}`, "EPROXY"))
    })
    request.once("timeout", () => {
      request.destroy(proxyFailure(proxy, "it did not answer", "ETIMEDOUT"))
    })
    request.once("error", (error: NodeJS.ErrnoException) => {
      reject(proxyFailure(proxy, error.code ?? error.message, error.code ?? "EPROXY"))
    })
    request.end()
  })
}

function authorization({ username, password }: URL): { "proxy-authorization"?: string } {
  if (username === "" && password === "") return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` }
}

/** Names the proxy without the password that its address may hold. */
function proxyFailure({ host }: URL, reason: string, code: string): Error {
  return Object.assign(new Error(`no way through the proxy ${host}: ${reason}`), { code })
}
