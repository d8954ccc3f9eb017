/** A server that passes requests on to another one, later or not at all, and counts them. */

import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http"
import type { AddressInfo } from "node:net"

export type Relayed = { readonly target: string; readonly body: string }

/** What becomes of one request: passed on, answered with this error of AWS, or left without an answer. */
export type Fate = "pass" | "hang" | { readonly status: number; readonly type: string }

type Decide = (request: Relayed) => Fate | Promise<Fate>

export type Relay = {
  readonly url: string
  readonly seen: readonly Relayed[]
  /** Decides for each request; passes all on at first. */
  decide(fate: Decide): void
  delayMs: number
  close(): Promise<void>
}

export async function startRelay(to: URL): Promise<Relay> {
  const seen: Relayed[] = []
  let decide: Decide = () => "pass"

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const relayed = { target: String(request.headers["x-amz-target"] ?? ""), body: body.toString() }
    seen.push(relayed)
    if (relay.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, relay.delayMs))
    const fate = await decide(relayed)
    if (fate === "hang") return
    if (fate !== "pass") {
      response.writeHead(fate.status, { "content-type": "application/x-amz-json-1.1" })
      response.end(JSON.stringify({ __type: fate.type, message: "injected" }))
      return
    }
    const { method, url, headers } = request
    const onward = send({ host: to.hostname, port: to.port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on("error", () => response.destroy())
    onward.end(body)
  }

  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const relay: Relay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    decide(fate) {
      decide = fate
    },
    delayMs: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return relay
}
