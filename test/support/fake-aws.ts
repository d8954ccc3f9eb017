/**
 * A stand-in for AWS KMS and STS, written from the vendor's protocols (AWS JSON
 * 1.1, AWS Query) and from Signature Version 4, apart from the code that it is
 * there to test: every signature is computed anew from the request, headers,
 * body and the caller's secret, and a request that does not bear it is refused.
 */

import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

const ACCOUNT = "111122223333"
export const ACCESS_KEY = "AKIDEXAMPLE"
export const SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

/** What the next call meets instead of an answer. */
export type Fault =
  | { readonly status: number; readonly type: string; readonly message?: string }
  | "reset"
  | "silence"

export type Call = {
  /** `Encrypt`, `Decrypt`, `AssumeRole`. */
  readonly action: string
  readonly region: string
  readonly accessKey: string
  readonly input: Readonly<Record<string, unknown>>
}

export type FakeAws = {
  readonly url: string
  readonly calls: readonly Call[]
  /** Met one by one, each by one call. */
  readonly faults: Fault[]
  /** Met by every call for a key. */
  readonly states: Map<string, "disabled" | "pending-deletion" | "denied">
  /** How many calls were under way at once, at most. */
  readonly mostAtOnce: () => number
  delayMs: number
  /** Makes a key, and gives its ARN. */
  key(region?: string): string
  alias(name: string, key: string): string
  /** Makes a key of several regions, and gives its ARN in each. */
  multiRegionKey(...regions: readonly string[]): readonly string[]
  /** Makes a role that a key can be bound to: its own credentials, and theirs alone, may use the key. */
  role(name: string): string
  allowOnly(key: string, role: string): void
  close(): Promise<void>
}

type Key = { readonly arn: string; readonly secret: Buffer }
type Refusal = { readonly status: number; readonly type: string; readonly message: string }

export async function startFakeAws(): Promise<FakeAws> {
  const keys = new Map<string, Key>()
  const aliases = new Map<string, string>()
  const roles = new Set<string>()
  const owners = new Map<string, string>()
  /** Access keys: what they sign with, and as whom. */
  const callers = new Map([[ACCESS_KEY, { secret: SECRET_KEY, token: "", role: "" }]])
  const calls: Call[] = []
  const faults: Fault[] = []
  const states: FakeAws["states"] = new Map()
  let now = 0
  let most = 0

  const server = createServer((request, response) => {
    now++
    most = Math.max(most, now)
    response.once("close", () => now--)
    void readBody(request).then(async (body) => {
      if (fake.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, fake.delayMs))
      const fault = faults.shift()
      if (fault === "reset") request.socket.destroy()
      else if (fault === undefined) answerOrRefuse(request, body, response)
      else if (fault !== "silence") refuse(response, { message: "by the test", ...fault })
    })
  })

  function answerOrRefuse(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    try {
      const caller = verify(request, body, callers)
      if (caller.service === "sts") assumeRole(body, caller, response)
      else reply(response, answer(request, body, caller))
    } catch (error) {
      refuse(response, error as Refusal)
    }
  }

  function answer(request: IncomingMessage, body: Buffer, caller: Caller): object {
    const target = String(request.headers["x-amz-target"])
    if (!target.startsWith("TrentService."))
      throw refusal("UnknownOperationException", `no operation ${target}`)
    if (request.headers["content-type"] !== "application/x-amz-json-1.1") {
      throw refusal("SerializationException", `content type ${request.headers["content-type"]}`)
    }
    const action = target.slice("TrentService.".length)
    const input = JSON.parse(body.toString()) as Record<string, string & Record<string, string>>
    calls.push({ action, region: caller.region, accessKey: caller.accessKey, input })
    const key = find(input["KeyId"] ?? "", caller)
    const context = canonical(input["EncryptionContext"] ?? {})
    if (action === "Encrypt") {
      const blob = seal(key, Buffer.from(input["Plaintext"] ?? "", "base64"), context)
      return { CiphertextBlob: blob.toString("base64"), KeyId: key.arn }
    }
    if (action === "Decrypt") {
      const plaintext = open(key, Buffer.from(input["CiphertextBlob"] ?? "", "base64"), context, keys)
      return { Plaintext: plaintext.toString("base64"), KeyId: key.arn }
    }
    throw refusal("UnknownOperationException", `no operation ${action}`)
  }

  function find(id: string, { region, role }: Caller): Key {
    const arn = aliases.get(id) ?? id
    const key = keys.get(arn)
    if (key === undefined || !arn.includes(`:kms:${region}:`)) {
      throw refusal("NotFoundException", `Key '${id}' does not exist`)
    }
    const state = states.get(arn)
    if (state === "disabled") throw refusal("DisabledException", `${arn} is disabled.`)
    if (state === "pending-deletion") {
      throw refusal("KMSInvalidStateException", `${arn} is pending deletion.`)
    }
    if (state === "denied" || (owners.get(arn) ?? role) !== role) {
      throw refusal("AccessDeniedException", `User: ${role || "user/tester"} is not authorized on ${arn}`)
    }
    return key
  }

  function assumeRole(body: Buffer, caller: Caller, response: ServerResponse): void {
    const input = Object.fromEntries(new URLSearchParams(body.toString()))
    const { Action = "", RoleArn = "" } = input
    calls.push({ action: Action, region: caller.region, accessKey: caller.accessKey, input })
    if (Action !== "AssumeRole" || !roles.has(RoleArn)) {
      response.writeHead(403, { "content-type": "text/xml" })
      response.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>`,
      )
      return
    }
    const accessKey = `ASIA${randomBytes(8).toString("hex").toUpperCase()}`
    const [secret, token] = [randomBytes(20).toString("hex"), randomBytes(20).toString("hex")]
    callers.set(accessKey, { secret, token, role: RoleArn })
    const expiration = new Date(Date.now() + 3_600_000).toISOString()
    response.writeHead(200, { "content-type": "text/xml" })
    response.end(
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>${accessKey}</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey><SessionToken>${token}</SessionToken><Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    )
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const fake: FakeAws = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    faults,
    states,
    mostAtOnce: () => most,
    delayMs: 0,
    key(region = "eu-west-1") {
      const arn = `arn:aws:kms:${region}:${ACCOUNT}:key/${randomBytes(8).toString("hex")}`
      keys.set(arn, { arn, secret: randomBytes(32) })
      return arn
    },
    multiRegionKey(...regions) {
      const [id, secret] = [`mrk-${randomBytes(8).toString("hex")}`, randomBytes(32)]
      const arns = regions.map((region) => `arn:aws:kms:${region}:${ACCOUNT}:key/${id}`)
      for (const arn of arns) keys.set(arn, { arn, secret })
      return arns
    },
    alias(name, key) {
      const arn = key.replace(/:key\/.*/, `:alias/${name}`)
      aliases.set(arn, key)
      return arn
    },
    role(name) {
      const arn = `arn:aws:iam::${ACCOUNT}:role/${name}`
      roles.add(arn)
      return arn
    },
    allowOnly: (key, role) => void owners.set(key, role),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return fake
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function reply(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/x-amz-json-1.1" })
  response.end(JSON.stringify(body))
}

function refuse(response: ServerResponse, { status, type, message }: Refusal): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": type })
  response.end(JSON.stringify({ __type: type, message }))
}

function refusal(type: string, message: string): Refusal {
  return { status: 400, type, message }
}

type Caller = {
  readonly accessKey: string
  readonly region: string
  readonly service: string
  readonly role: string
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/(kms|sts)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/

function verify(
  request: IncomingMessage,
  body: Buffer,
  callers: ReadonlyMap<string, { readonly secret: string; readonly token: string; readonly role: string }>,
): Caller {
  const parts = AUTHORIZATION.exec(request.headers.authorization ?? "")
  const [, accessKey = "", day = "", region = "", service = "", signed = "", signature = ""] = parts ?? []
  const caller = callers.get(accessKey)
  if (caller === undefined) throw refusal("UnrecognizedClientException", "The security token is invalid.")
  const names = signed.split(";")
  const moment = String(request.headers["x-amz-date"])
  if (caller.token !== "" && request.headers["x-amz-security-token"] !== caller.token) {
    throw refusal("UnrecognizedClientException", "The security token is invalid.")
  }
  for (const needed of ["host", "x-amz-date", ...(service === "kms" ? ["x-amz-target"] : [])]) {
    if (!names.includes(needed)) throw refusal("IncompleteSignature", `${needed} is not signed`)
  }
  const canonicalRequest = [
    request.method,
    request.url,
    "",
    ...names.map((name) => `${name}:${String(request.headers[name]).trim()}`),
    "",
    signed,
    createHash("sha256").update(body).digest("hex"),
  ].join("\n")
  const scope = `${day}/${region}/${service}/aws4_request`
  const digest = createHash("sha256").update(canonicalRequest).digest("hex")
  const text = `AWS4-HMAC-SHA256\n${moment}\n${scope}\n${digest}`
  const key = [day, region, service, "aws4_request"].reduce<Buffer>(
    (from, part) => createHmac("sha256", from).update(part).digest(),
    Buffer.from(`AWS4${caller.secret}`),
  )
  if (createHmac("sha256", key).update(text).digest("hex") !== signature || !moment.startsWith(day)) {
    throw refusal("InvalidSignatureException", "The request signature does not match.")
  }
  return { accessKey, region, service, role: caller.role }
}

function idOf(arn: string): string {
  return arn.replace(/.*:key\//, "")
}

function canonical(context: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The key's id, then IV, ciphertext and tag under its secret, bound to the context. */
function seal({ arn, secret }: Key, plaintext: Buffer, context: string): Buffer {
  const iv = randomBytes(12)
  const cipher = createCipheriv("aes-256-gcm", secret, iv).setAAD(Buffer.from(context))
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
  const id = idOf(arn)
  return Buffer.concat([Buffer.of(id.length), Buffer.from(id), iv, sealed])
}

function open(key: Key, blob: Buffer, context: string, keys: ReadonlyMap<string, Key>): Buffer {
  const size = blob[0] ?? 0
  const id = blob.subarray(1, 1 + size).toString()
  if (![...keys.keys()].some((arn) => idOf(arn) === id)) throw refusal("InvalidCiphertextException", "")
  if (id !== idOf(key.arn))
    throw refusal(
      "IncorrectKeyException",
      "The key ID in the request does not identify a CMK that can perform this operation.",
    )
  const iv = blob.subarray(1 + size, 13 + size)
  const sealed = blob.subarray(13 + size)
  try {
    const decipher = createDecipheriv("aes-256-gcm", key.secret, iv)
      .setAAD(Buffer.from(context))
      .setAuthTag(sealed.subarray(-16))
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  } catch {
    throw refusal("InvalidCiphertextException", "")
  }
}
