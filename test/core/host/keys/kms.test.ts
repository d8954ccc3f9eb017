import { writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest"
import { toBase64 } from "../../../../core/bytes.ts"
import type { KeyContext } from "../../../../core/host/keys/adapter.ts"
import { createIdentity, createRecipient } from "../../../../core/host/keys/kms.ts"
import { sessionName } from "../../../../core/host/keys/kms-clients.ts"
import { createRemoteCalls, REMOTE_LIMITS } from "../../../../core/host/keys/remote-call.ts"
import { TRUST_ALL } from "../../../../core/host/trust.ts"
import type { KeyEntry, KmsEntry } from "../../../../core/keys/key-entry.ts"
import type { KeySpec } from "../../../../core/keys/key-spec.ts"
import { ACCESS_KEY, type FakeAws, SECRET_KEY, startFakeAws } from "../../../support/fake-aws.ts"
import { temporaryFolder } from "../temporary-folder.ts"

const DATE = "2026-01-02T03:04:05Z"
const secret = Uint8Array.from({ length: 32 }, (_, index) => index)
let aws: FakeAws

beforeAll(async () => {
  aws = await startFakeAws()
})
afterAll(() => aws.close())

beforeEach(() => {
  vi.unstubAllEnvs()
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined)
  vi.stubEnv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
  vi.stubEnv("AWS_ENDPOINT_URL", aws.url)
  // As in the build.
  vi.stubEnv("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED", "true")
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true")
  vi.stubEnv("AWS_CONFIG_FILE", "/dev/null")
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
  aws.faults.length = 0
})

/** The pauses are shorter than in earnest; everything else is as there. */
function contextWith(changes: Partial<KeyContext> = {}): KeyContext {
  return {
    env: process.env,
    platform: process.platform,
    trust: TRUST_ALL,
    calls: createRemoteCalls(undefined, { ...REMOTE_LIMITS, pauseMs: 5, restMs: 0 }),
    ask: async () => null,
    ...changes,
  }
}

function spec(arn: string, more: Partial<Extract<KeySpec, { kind: "kms" }>> = {}): KeySpec {
  return { kind: "kms", arn, awsProfile: "", ...more }
}

async function wrapped(named: KeySpec, context = contextWith()): Promise<KmsEntry> {
  const recipient = createRecipient(named, context)
  return recipient.toEntry(await recipient.wrap(secret), DATE) as KmsEntry
}

function unwrap(entry: KeyEntry, context = contextWith()): Promise<Uint8Array | null> {
  return createIdentity(context).unwrap(entry)
}

describe("a key of AWS KMS", () => {
  test("unwraps what it has wrapped, with signed requests of the vendor's shape", async () => {
    const key = aws.key("eu-west-1")
    const before = aws.calls.length
    const entry = await wrapped(spec(key))
    expect(entry).toMatchObject({ kind: "kms", arn: key, awsProfile: "", createdAt: DATE })
    expect(entry.enc).toMatch(/^[A-Za-z0-9+/]+=*$/)
    expect(await unwrap(entry)).toEqual(secret)
    expect(aws.calls.slice(before)).toEqual([
      {
        action: "Encrypt",
        region: "eu-west-1",
        accessKey: ACCESS_KEY,
        input: { KeyId: key, Plaintext: toBase64(secret), EncryptionContext: {} },
      },
      {
        action: "Decrypt",
        region: "eu-west-1",
        accessKey: ACCESS_KEY,
        input: { KeyId: key, CiphertextBlob: entry.enc, EncryptionContext: {} },
      },
    ])
  })

  test("takes its region from the ARN, whatever AWS_REGION says", async () => {
    vi.stubEnv("AWS_REGION", "us-east-1")
    await wrapped(spec(aws.key("ap-southeast-2")))
    expect(aws.calls.at(-1)).toMatchObject({ region: "ap-southeast-2" })
  })

  test("may be named by an alias", async () => {
    const alias = aws.alias("secrets/prod", aws.key())
    const entry = await wrapped(spec(alias))
    expect(entry.arn).toBe(alias)
    expect(await unwrap(entry)).toEqual(secret)
  })

  test("of several regions unwraps in each of them", async () => {
    const [one = "", two = ""] = aws.multiRegionKey("us-east-1", "eu-west-1")
    const entry = await wrapped(spec(one))
    expect(await unwrap({ ...entry, arn: two })).toEqual(secret)
    expect(aws.calls.slice(-2).map(({ region }) => region)).toEqual(["us-east-1", "eu-west-1"])
  })

  test("is bound to its encryption context", async () => {
    const context = new Map([
      ["App", "payments"],
      ["__proto__", "x"],
    ])
    const entry = await wrapped(spec(aws.key(), { context }))
    expect(await unwrap(entry)).toEqual(secret)
    expect(Object.entries(aws.calls.at(-1)?.input["EncryptionContext"] as object)).toEqual([...context])
    const { context: _, ...without } = entry
    for (const other of [without, { ...entry, context: new Map([["App", "billing"]]) }]) {
      await expect(unwrap(other)).rejects.toMatchObject({
        code: "unwrap-failed",
        message: "the wrapped key was altered, is of another key, or has another encryption context",
      })
    }
  })

  test.each([
    ["arn:aws:kms:eu-west-1:111122223333:key"],
    ["arn:aws:kms:evil.example/:111122223333:key/x"],
    ["arn:aws:kms:x@evil.example#:111122223333:key/x"],
    ["arn:aws:s3:eu-west-1:111122223333:key/x"],
    ["alias/x"],
    [""],
  ])("is not taken from %j", async (arn) => {
    expect(() => createRecipient(spec(arn), contextWith())).toThrow(
      expect.objectContaining({ code: "recipient-invalid" }),
    )
    const entry: KeyEntry = { kind: "kms", arn, awsProfile: "", createdAt: DATE, enc: "AAAA" }
    await expect(unwrap(entry)).rejects.toMatchObject({ code: "recipient-invalid" })
  })
})

describe("a call that fails", () => {
  test.each<[string, "disabled" | "pending-deletion" | "denied", RegExp]>([
    ["for a disabled key", "disabled", /^the key is disabled$/],
    [
      "for a key that is to be deleted",
      "pending-deletion",
      /^the key cannot be used now: .* is pending deletion$/,
    ],
    ["for who is not allowed", "denied", /^access denied: User: user\/tester is not authorized on arn:/],
  ])("%s says so, at once", async (_, state, message) => {
    const entry = await wrapped(spec(aws.key()))
    aws.states.set(entry.arn, state)
    const before = aws.calls.length
    await expect(unwrap(entry)).rejects.toMatchObject({
      code: "unwrap-failed",
      message: expect.stringMatching(message),
      details: { recipient: entry.arn },
    })
    await expect(wrapped(spec(entry.arn))).rejects.toMatchObject({ code: "wrap-failed" })
    expect(aws.calls.length - before).toBe(2)
  })

  test("for a key that is not there names it", async () => {
    const arn = `${aws.key()}0`
    await expect(wrapped(spec(arn))).rejects.toMatchObject({
      code: "wrap-failed",
      message: expect.stringMatching(/^cannot wrap for arn:.*: there is no such key/),
    })
  })

  test("for what another key has wrapped says so", async () => {
    const entry = await wrapped(spec(aws.key()))
    await expect(unwrap({ ...entry, arn: aws.key() })).rejects.toMatchObject({
      message: "it was wrapped by another key",
    })
  })

  test.each([
    ["", /not base64/],
    ["§", /not base64/],
    ["AAAA", /altered/],
  ])("for the malformed ciphertext %j says so", async (enc, message) => {
    const entry = await wrapped(spec(aws.key()))
    await expect(unwrap({ ...entry, enc })).rejects.toMatchObject({
      code: "unwrap-failed",
      message: expect.stringMatching(message),
    })
  })

  test("for an altered ciphertext says so", async () => {
    const entry = await wrapped(spec(aws.key()))
    const bytes = Buffer.from(entry.enc, "base64")
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    await expect(unwrap({ ...entry, enc: bytes.toString("base64") })).rejects.toMatchObject({
      message: expect.stringMatching(/altered/),
    })
  })

  test.each([
    ["throttled", { status: 400, type: "ThrottlingException" }],
    ["answered with a fault of the server's", { status: 500, type: "KMSInternalException" }],
    ["answered by no service", { status: 503, type: "" }],
    ["broken off", "reset"],
  ] as const)("because it was %s is made again, and then opens", async (_, fault) => {
    const entry = await wrapped(spec(aws.key()))
    aws.faults.push(fault, fault, fault)
    expect(await unwrap(entry)).toEqual(secret)
    expect(aws.faults).toEqual([])
  })

  test("because it is throttled for good ends", async () => {
    const entry = await wrapped(spec(aws.key()))
    for (let count = 0; count < 10; count++) aws.faults.push({ status: 400, type: "ThrottlingException" })
    await expect(unwrap(entry)).rejects.toMatchObject({ message: "throttled again and again" })
    expect(aws.faults).toHaveLength(10 - REMOTE_LIMITS.attempts.transient)
  })

  test("because nobody listens ends soon, and names the cause", async () => {
    const entry = await wrapped(spec(aws.key()))
    vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    const start = performance.now()
    await expect(unwrap(entry)).rejects.toMatchObject({ message: "unreachable: ECONNREFUSED" })
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  test("because nobody answers ends in its time", async () => {
    const entry = await wrapped(spec(aws.key()))
    aws.faults.push("silence", "silence")
    const limits = { ...REMOTE_LIMITS, attemptMs: 300, totalMs: 500, pauseMs: 5 }
    const start = performance.now()
    await expect(
      unwrap(entry, contextWith({ calls: createRemoteCalls(undefined, limits) })),
    ).rejects.toMatchObject({
      message: "unreachable: no answer in time",
    })
    expect(performance.now() - start).toBeLessThan(3_000)
    expect(aws.faults).toEqual([])
  })

  test("is called off by its signal", async () => {
    const entry = await wrapped(spec(aws.key()))
    aws.faults.push("silence")
    const controller = new AbortController()
    const unwrapping = createIdentity(contextWith()).unwrap(entry, controller.signal)
    setTimeout(() => controller.abort(), 100)
    const start = performance.now()
    await expect(unwrapping).rejects.toThrow()
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  test("without credentials says so", async () => {
    const entry = await wrapped(spec(aws.key()))
    vi.stubEnv("AWS_ACCESS_KEY_ID", undefined)
    await expect(unwrap(entry)).rejects.toMatchObject({
      code: "unwrap-failed",
      message: expect.stringMatching(/^no credentials of AWS here/),
    })
  })

  test("with credentials that nobody knows says so", async () => {
    const entry = await wrapped(spec(aws.key()))
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIASTRANGER")
    await expect(unwrap(entry)).rejects.toMatchObject({ message: "AWS does not know these credentials" })
    vi.stubEnv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "wrong")
    await expect(unwrap(entry)).rejects.toMatchObject({ message: expect.stringMatching(/signature/) })
  })

  test("never says what was sent", async () => {
    aws.faults.push({ status: 400, type: "ValidationException", message: "1 validation error detected" })
    const failure = await wrapped(spec(aws.key())).catch((error: unknown) => error)
    expect(JSON.stringify(failure) + String(failure)).not.toContain(toBase64(secret))
  })
})

describe("a role", () => {
  test("is assumed with the user's credentials, once for all keys", async () => {
    const [key, role] = [aws.key(), aws.role("reader")]
    aws.allowOnly(key, role)
    const context = contextWith()
    const before = aws.calls.length
    const entries = await Promise.all([1, 2, 3].map(() => wrapped(spec(key, { role }), context)))
    for (const entry of entries) expect(await unwrap(entry, context)).toEqual(secret)
    const calls = aws.calls.slice(before)
    expect(calls.filter(({ action }) => action === "AssumeRole")).toEqual([
      expect.objectContaining({
        region: "eu-west-1",
        accessKey: ACCESS_KEY,
        input: expect.objectContaining({ RoleArn: role, RoleSessionName: sessionName(hostname()) }),
      }),
    ])
    const users = calls.filter(({ action }) => action !== "AssumeRole").map(({ accessKey }) => accessKey)
    expect(new Set(users).size).toBe(1)
    expect(users[0]).toMatch(/^ASIA/)
  })

  test("that must not be assumed is named", async () => {
    const role = "arn:aws:iam::111122223333:role/other"
    await expect(wrapped(spec(aws.key(), { role }))).rejects.toMatchObject({
      message: expect.stringMatching(
        /cannot assume the role arn:aws:iam::111122223333:role\/other: access denied/,
      ),
    })
  })

  test("is left out when CONCLAVE_IGNORE_STORED_ROLE says so", async () => {
    vi.stubEnv("CONCLAVE_IGNORE_STORED_ROLE", "1")
    const entry = await wrapped(spec(aws.key(), { role: "arn:aws:iam::111122223333:role/other" }))
    expect(await unwrap(entry)).toEqual(secret)
    expect(aws.calls.at(-1)).toMatchObject({ accessKey: ACCESS_KEY })
  })

  test("has a session named after the host, in what STS allows", () => {
    expect(sessionName("ci-7.example")).toBe("sops@ci-7.example")
    expect(sessionName("böse maschine [1]")).toBe("sops@bsemaschine1")
    expect(sessionName("x".repeat(100))).toHaveLength(64)
  })
})

/** The user has credentials in these profiles and nowhere else. Must be called within a test. */
async function onlyProfiles(...names: readonly string[]): Promise<void> {
  const file = join(await temporaryFolder(), "credentials")
  const keys = `aws_access_key_id = ${ACCESS_KEY}\naws_secret_access_key = ${SECRET_KEY}\n`
  writeFileSync(file, names.map((name) => `[${name}]\n${keys}`).join(""))
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", file)
  vi.stubEnv("AWS_ACCESS_KEY_ID", undefined)
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", undefined)
}

describe("a profile that the file names", () => {
  test("is used, and stored", async () => {
    await onlyProfiles("team", "mine")
    const entry = await wrapped(spec(aws.key(), { awsProfile: "team" }))
    expect(entry.awsProfile).toBe("team")
    expect(await unwrap(entry)).toEqual(secret)
  })

  test("and that is not here is named, with the ways out", async () => {
    await onlyProfiles("team", "mine")
    const entry = await wrapped(spec(aws.key(), { awsProfile: "team" }))
    await expect(unwrap({ ...entry, awsProfile: "theirs" })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^no credentials of AWS here: .*--aws-profile NAME .*the profile theirs\)$/,
      ),
    })
  })

  test("gives way to the user's own, and to none", async () => {
    await onlyProfiles("team", "mine")
    const entry = { ...(await wrapped(spec(aws.key(), { awsProfile: "team" }))), awsProfile: "theirs" }
    expect(await unwrap(entry, contextWith({ awsProfile: "mine" }))).toEqual(secret)
    vi.stubEnv("CONCLAVE_IGNORE_STORED_PROFILE", "1")
    vi.stubEnv("AWS_PROFILE", "mine")
    expect(await unwrap(entry)).toEqual(secret)
  })
})

describe("without the user's word", () => {
  const asked: string[] = []
  const trust = {
    async allows(name: string) {
      asked.push(name)
      return false
    },
  }

  test.each([
    ["a role", { role: "arn:aws:iam::999:role/x" }, "kms-role:arn:aws:iam::999:role/x"],
    ["a profile", { awsProfile: "admin" }, "aws-profile:admin"],
  ])("%s is not used, and nobody is called", async (_, more, name) => {
    asked.length = 0
    const before = aws.calls.length
    const context = contextWith({ trust })
    const named = spec(aws.key(), more)
    await expect(wrapped(named, context)).rejects.toMatchObject({ code: "not-trusted", details: { name } })
    const entry = { ...named, createdAt: DATE, enc: "AAAA" } as KmsEntry
    await expect(unwrap(entry, context)).rejects.toMatchObject({
      code: "not-trusted",
      message: expect.stringContaining(`conclave trust ${name}`),
    })
    expect(asked).toEqual([name, name])
    expect(aws.calls.length).toBe(before)
  })

  test("a key is used, and so is the profile that AWS_PROFILE names anyway", async () => {
    asked.length = 0
    const context = contextWith({ trust })
    expect(await unwrap(await wrapped(spec(aws.key()), context), context)).toEqual(secret)
    await onlyProfiles("team")
    vi.stubEnv("AWS_PROFILE", "team")
    await wrapped(spec(aws.key(), { awsProfile: "team" }), context)
    expect(asked).toEqual([])
  })
})
