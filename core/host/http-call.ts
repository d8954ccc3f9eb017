/** One call to a server over HTTP: certificates verified, no redirect followed, time and size limited. */

import http from "node:http"
import https from "node:https"
import { concat } from "../bytes.ts"
import { ConclaveError } from "../errors.ts"

export type HttpCall = {
  readonly method: "GET" | "PUT"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

export type HttpAnswer = { readonly status: number; readonly body: Uint8Array }

export type HttpCallOptions = {
  readonly agents?: { readonly http: http.Agent; readonly https: https.Agent }
  /** Of the answer, in bytes. */
  readonly limit?: number
  readonly timeoutMs?: number
}

const DEFAULT_LIMIT = 16 * 1024 * 1024
const DEFAULT_TIMEOUT_MS = 30_000

/** @throws {@link ConclaveError} `upload-failed` with the system's code, if there is no answer. */
export function callHttp(call: HttpCall, options: HttpCallOptions = {}): Promise<HttpAnswer> {
  const { agents, limit = DEFAULT_LIMIT, timeoutMs = DEFAULT_TIMEOUT_MS } = options
  const url = new URL(call.url)
  const isSecure = url.protocol === "https:"
  const agent = isSecure ? agents?.https : agents?.http
  return new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(
        new ConclaveError("upload-failed", `${url.origin} does not answer: ${reason}`, {
          destination: url.origin,
          reason,
        }),
      )
    const request = (isSecure ? https : http).request(url, {
      method: call.method,
      headers: {
        ...call.headers,
        ...(call.body === undefined ? {} : { "content-length": call.body.length }),
      },
      ...(agent === undefined ? {} : { agent }),
    })
    const clock = setTimeout(() => {
      fail("timeout")
      request.destroy()
    }, timeoutMs)
    request.on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.message))
    request.on("close", () => clearTimeout(clock))
    request.on("response", (response) => {
      const chunks: Uint8Array[] = []
      let size = 0
      response.on("data", (chunk: Buffer) => {
        size += chunk.length
        chunks.push(chunk)
        if (size <= limit) return
        fail("its answer is too large")
        request.destroy()
      })
      response.on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.message))
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: concat(...chunks) }))
    })
    request.end(call.body)
  })
}
