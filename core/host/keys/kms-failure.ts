/**
 * What a failure of AWS means: whether to try again, and in a person's words.
 * The service's own message is added where it says more than its code does: it
 * names who was refused, never what was sent.
 */

import type { Verdict } from "./remote-call.ts"

const MAX_MESSAGE_LENGTH = 300

/** The SDK's own list of what throttling is called by AWS' services. */
const THROTTLED = new Set([
  "BandwidthLimitExceeded",
  "EC2ThrottledException",
  "LimitExceededException",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "TransactionInProgressException",
])

/** Node's codes for a server that gives no answer. */
const UNREACHABLE = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPROXY",
  "ETIMEDOUT",
])
/** Codes for a connection that broke: the next one may not. */
const BROKEN = new Set(["ECONNABORTED", "ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"])

/** Codes of Node and OpenSSL for a certificate that does not verify. */
const CERTIFICATE = /^ERR_TLS_CERT|CERT|^UNABLE_TO/

type AwsFailure = {
  readonly name: string
  readonly message: string
  readonly code: string
  readonly status: number
  readonly isSkewed: boolean
}

export function judgeAwsFailure(error: unknown): Verdict {
  const { name, code, status, isSkewed } = partsOf(error)
  // First, since the SDK also calls a broken connection a `TimeoutError`.
  if (BROKEN.has(code) || THROTTLED.has(name) || status >= 500 || status === 429) return "transient"
  if (UNREACHABLE.has(code) || name === "TimeoutError") return "unreachable"
  // Our clock was wrong, and the SDK has noted by how much.
  return isSkewed ? "transient" : "final"
}

/** @param doing - What was asked for: `decrypt`, `encrypt`, `assume`. */
export function describeAwsFailure(error: unknown, doing: "decrypt" | "encrypt" | "assume"): string {
  const { name, message, code, status } = partsOf(error)
  const known = KNOWN[name]
  if (known !== undefined) return known.says ? withMessage(known.text, message) : known.text
  if (THROTTLED.has(name)) return "throttled again and again"
  if (CERTIFICATE.test(code)) {
    return `its certificate is not trusted (${code}); name its authority in AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS`
  }
  if (code !== "") return `unreachable: ${withMessage(code, code === "EPROXY" ? message : "")}`
  if (name === "TimeoutError") return "unreachable: no answer in time"
  if (status >= 500) return withMessage(`the service failed (${status} ${name})`, message)
  if (status > 0) return withMessage(`refused to ${doing} (${status} ${name})`, message)
  return withMessage(name, message)
}

type Words = { readonly text: string; readonly says: boolean }

const plain = (text: string): Words => ({ text, says: false })
const quoted = (text: string): Words => ({ text, says: true })

const KNOWN: Readonly<Record<string, Words>> = {
  AccessDeniedException: quoted("access denied"),
  AccessDenied: quoted("access denied"),
  CredentialsProviderError: quoted("no credentials of AWS here"),
  DisabledException: plain("the key is disabled"),
  ExpiredTokenException: plain("the credentials of AWS have expired"),
  ExpiredToken: plain("the credentials of AWS have expired"),
  IncorrectKeyException: plain("it was wrapped by another key"),
  InvalidCiphertextException: plain(
    "the wrapped key was altered, is of another key, or has another encryption context",
  ),
  InvalidClientTokenId: plain("AWS does not know these credentials"),
  InvalidGrantTokenException: quoted("the grant is not valid"),
  InvalidKeyUsageException: plain("the key is not for encryption"),
  InvalidSignatureException: plain("AWS does not take the signature: the secret key or the clock is wrong"),
  KMSInvalidStateException: quoted("the key cannot be used now"),
  KeyUnavailableException: plain("the key is not available"),
  NotFoundException: quoted("there is no such key"),
  SignatureDoesNotMatch: plain("AWS does not take the signature: the secret key or the clock is wrong"),
  TokenProviderError: quoted("no credentials of AWS here"),
  UnrecognizedClientException: plain("AWS does not know these credentials"),
}

function withMessage(text: string, message: string): string {
  const line = message.replace(/\s+/g, " ").trim().replace(/\.$/, "")
  // The last is the SDK's word for none.
  if (line === "" || line === text || line === "UnknownError") return text
  return `${text}: ${line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}…` : line}`
}

function partsOf(error: unknown): AwsFailure {
  const found = (typeof error === "object" && error !== null ? error : {}) as {
    name?: unknown
    message?: unknown
    code?: unknown
    $metadata?: { httpStatusCode?: unknown; clockSkewCorrected?: unknown }
  }
  const status = found.$metadata?.httpStatusCode
  return {
    name: typeof found.name === "string" ? found.name : "",
    message: typeof found.message === "string" ? found.message : "",
    code: typeof found.code === "string" ? found.code : "",
    status: typeof status === "number" ? status : 0,
    isSkewed: found.$metadata?.clockSkewCorrected === true,
  }
}
