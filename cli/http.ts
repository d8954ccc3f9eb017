/** The network port, for servers that the user has named. */

export type HttpRequest = {
  readonly method: "GET" | "PUT"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

export type HttpReply = { readonly status: number; readonly body: Uint8Array }

export interface Http {
  /** Follows no redirect: what is sent is for that server. @throws `upload-failed` if it cannot be reached */
  call(request: HttpRequest): Promise<HttpReply>
}
