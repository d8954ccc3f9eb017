/** A forward proxy that knows CONNECT and nothing else, and notes where it was asked to connect to. */

import { createServer, type IncomingMessage } from "node:http"
import { type AddressInfo, connect, type Socket } from "node:net"

export type ConnectProxy = {
  readonly url: string
  /** `host:port`, one for each tunnel that was asked for. */
  readonly asked: readonly string[]
  /** As sent with each: empty without. */
  readonly authorizations: readonly string[]
  close(): Promise<void>
}

/** @param port - On this machine, where every tunnel leads; `null` refuses all. */
export async function startConnectProxy(port: number | null): Promise<ConnectProxy> {
  const asked: string[] = []
  const authorizations: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((_, response) => response.writeHead(405).end())
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
    socket.on("error", () => socket.destroy())
  })
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    asked.push(request.url ?? "")
    authorizations.push(request.headers["proxy-authorization"] ?? "")
    if (port === null) return client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
    const upstream = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n")
      upstream.pipe(client)
      client.pipe(upstream)
    })
    sockets.add(upstream)
    upstream.on("error", () => client.destroy())
    client.on("error", () => upstream.destroy())
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    authorizations,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
