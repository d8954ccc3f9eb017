/**
 * Files of AWS KMS, both ways: conclave and real sops against the same moto, a
 * stand-in for AWS that neither of them wrote. Left out where moto is not
 * installed (`node test/interop/peers.mjs` does it where there is Python).
 *
 * Two things moto 5.2 does not do. It knows which keys are disabled or to be
 * deleted and uses them all the same: the relay in front of it asks it for the
 * state, and refuses as the API reference says. And it cannot decrypt with keys
 * of several regions, which are tested against our own stand-in.
 */

import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Moto, startMoto } from "../support/moto.ts"
import { type Fate, type Relay, type Relayed, startRelay } from "../support/relay.ts"
import { motoServer } from "./peers.mjs"
import { conclave, createHome, type Outcome, type Program, SOPS_VERSIONS, sops } from "./programs.ts"
import { say } from "./tally.ts"

const PLAIN = "db:\n    password: s3cret\n    port: 5432\n"
const ROLE = "arn:aws:iam::123456789012:role/secrets-reader"
const program = motoServer()

const home = createHome()
afterAll(home.remove)

const ours = conclave(home.path)
const oursAsSops: Program = (args, options) => ours(["sops", ...args], options)
const PROGRAMS: Readonly<Record<string, Program>> = {
  conclave: oursAsSops,
  ...Object.fromEntries(SOPS_VERSIONS.map((version) => [`sops ${version}`, sops(version, home.path)])),
}
const NAMES = Object.keys(PROGRAMS)
const PAIRS = NAMES.flatMap((writer) =>
  NAMES.filter((reader) => writer === "conclave" || reader === "conclave").map(
    (reader) => [writer, reader] as const,
  ),
)

if (program === null) say("aws-kms: left out, since moto is not installed")

describe.skipIf(program === null)("with AWS played by moto", () => {
  let moto: Moto
  let relay: Relay
  let files = 0

  beforeAll(async () => {
    moto = await startMoto(program ?? "")
    relay = await startRelay(moto.url)
    relay.decide(byState)
  }, 120_000)
  afterAll(async () => {
    await relay?.close()
    await moto?.stop()
  })

  /** What AWS says for a key in this state, and moto does not. */
  async function byState({ body }: Relayed): Promise<Fate> {
    const key = /"KeyId":\s*"([^"]+:key\/[^"]+)"/.exec(body)?.[1]
    // One that does not exist is moto's own business.
    const state = key === undefined ? "" : await moto.state(key).catch(() => "")
    if (state === "Disabled") return { status: 400, type: "DisabledException" }
    if (state === "PendingDeletion") return { status: 400, type: "KMSInvalidStateException" }
    return "pass"
  }

  function run(name: string, words: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
    const trusted = { CONCLAVE_TRUST: `kms-role:${ROLE},aws-profile:team` }
    const found = PROGRAMS[name] ?? ours
    return found(words, { env: { ...moto.env, AWS_ENDPOINT_URL: relay.url, ...trusted, ...env } })
  }

  async function encrypt(
    writer: string,
    flags: readonly string[],
    env?: Record<string, string>,
  ): Promise<string> {
    const plain = join(home.path, "plain.yaml")
    writeFileSync(plain, PLAIN)
    const { status, stdout, stderr } = await run(writer, ["encrypt", ...flags, plain], env)
    expect(status, stderr).toBe(0)
    const file = join(home.path, `secret-${files++}.yaml`)
    writeFileSync(file, stdout)
    return file
  }

  async function expectOpens(reader: string, file: string, env?: Record<string, string>): Promise<void> {
    const { status, stdout, stderr } = await run(reader, ["decrypt", file], env)
    expect(status, stderr).toBe(0)
    expect(stdout.toString()).toBe(PLAIN)
  }

  async function expectRefused(reader: string, file: string, reason?: RegExp): Promise<void> {
    const { status, stdout, stderr } = await run(reader, ["decrypt", file])
    expect(status, stderr).toBe(128)
    expect(stdout).toHaveLength(0)
    if (reader === "conclave" && reason !== undefined) expect(stderr).toMatch(reason)
  }

  function altered(file: string, from: string | RegExp, to: string): string {
    const path = join(home.path, `secret-${files++}.yaml`)
    const text = readFileSync(file, "utf8")
    expect(text).toMatch(from)
    writeFileSync(path, text.replace(from, to))
    return path
  }

  describe.each(PAIRS)("what %s has written", (writer, reader) => {
    it(`is opened by ${reader}: a key`, async () => {
      await expectOpens(reader, await encrypt(writer, ["--kms", await moto.key("eu-west-1")]))
    })

    it(`is opened by ${reader}: an alias`, async () => {
      const key = await moto.key("eu-central-1")
      const alias = await moto.alias(`secrets/${files}`, key)
      await expectOpens(reader, await encrypt(writer, ["--kms", alias]))
    })

    it(`is opened by ${reader}: an encryption context, and not under another one`, async () => {
      const flags = ["--kms", await moto.key("eu-west-1"), "--encryption-context", "App:pay,Env:prod"]
      const file = await encrypt(writer, flags)
      await expectOpens(reader, file)
      await expectRefused(reader, altered(file, "Env: prod", "Env: dev"), /another encryption context/)
    })

    it(`is opened by ${reader}: a role, assumed through STS`, async () => {
      const before = relay.seen.length
      const file = await encrypt(writer, ["--kms", `${await moto.key("eu-west-1")}+${ROLE}`])
      expect(readFileSync(file, "utf8")).toContain(`role: ${ROLE}`)
      await expectOpens(reader, file)
      const assumed = relay.seen.slice(before).filter(({ body }) => body.includes("Action=AssumeRole"))
      expect(assumed.map(({ body }) => new URLSearchParams(body).get("RoleArn"))).toEqual([ROLE, ROLE])
      const sessions = assumed.map(({ body }) => new URLSearchParams(body).get("RoleSessionName"))
      expect(sessions[0]).toMatch(/^sops@/)
      expect(sessions[1]).toBe(sessions[0])
    })

    it(`is opened by ${reader}: a profile`, async () => {
      const credentials = join(home.path, "credentials")
      writeFileSync(credentials, "[team]\naws_access_key_id = AKIATEAM\naws_secret_access_key = x\n")
      const env = {
        AWS_ACCESS_KEY_ID: "",
        AWS_SECRET_ACCESS_KEY: "",
        AWS_SHARED_CREDENTIALS_FILE: credentials,
      }
      const flags = ["--kms", await moto.key("eu-west-1"), "--aws-profile", "team"]
      const file = await encrypt(writer, flags, env)
      expect(readFileSync(file, "utf8")).toContain("aws_profile: team")
      await expectOpens(reader, file, env)
    })

    it(`is opened by ${reader}: several keys in two regions, of which one is gone`, async () => {
      const [one, two] = [await moto.key("eu-west-1"), await moto.key("us-west-2")]
      const file = await encrypt(writer, ["--kms", `${one},${two}`])
      await moto.scheduleDeletion(one)
      await expectOpens(reader, file)
      await moto.disable(two)
      await expectRefused(reader, file, /us-west-2\S+ +failed: the key is disabled/)
    })

    it(`is opened by ${reader}: key groups, of which two are enough`, async () => {
      const keys = await Promise.all(
        ["eu-west-1", "us-east-1", "us-west-2"].map((region) => moto.key(region)),
      )
      const config = join(home.path, `config-${files}.yaml`)
      const rule = { key_groups: keys.map((arn) => ({ kms: [{ arn }] })), shamir_threshold: 2 }
      writeFileSync(config, JSON.stringify({ creation_rules: [rule] }))
      const file = await encrypt(writer, [], { SOPS_CONFIG: config })
      await moto.disable(keys[0] ?? "")
      await expectOpens(reader, file)
      await moto.disable(keys[1] ?? "")
      await expectRefused(reader, file, /1 of the 2 key groups/)
    })
  })

  describe.each(NAMES)("%s refuses", (reader) => {
    it("a key that is disabled, that is to be deleted, and that never was", async () => {
      const [disabled, deleted, other] = [
        await moto.key("eu-west-1"),
        await moto.key("eu-west-1"),
        await moto.key("eu-west-1"),
      ]
      const files = [
        await encrypt("conclave", ["--kms", disabled]),
        await encrypt("conclave", ["--kms", deleted]),
      ]
      await moto.disable(disabled)
      await moto.scheduleDeletion(deleted)
      await expectRefused(reader, files[0] ?? "", /the key is disabled/)
      await expectRefused(reader, files[1] ?? "", /the key cannot be used now/)
      const wrong = await encrypt("conclave", ["--kms", other])
      await expectRefused(
        reader,
        altered(wrong, /key\/[0-9a-f-]+/, `key/${crypto.randomUUID()}`),
        /no such key/,
      )
    })

    it("what another key has wrapped, and what was cut", async () => {
      const [one, two] = [await moto.key("eu-west-1"), await moto.key("eu-west-1")]
      const file = await encrypt("conclave", ["--kms", one])
      // moto says of both that access is denied.
      await expectRefused(reader, altered(file, one, two), /failed: access denied/)
      await expectRefused(reader, altered(file, /enc: \S{40}/, "enc: "), /failed: /)
    })
  })

  describe("conclave", () => {
    it("waits out throttling", async () => {
      const file = await encrypt("conclave", ["--kms", await moto.key("eu-west-1")])
      let left = 3
      relay.decide(() => (left-- > 0 ? { status: 400, type: "ThrottlingException" } : "pass"))
      const before = relay.seen.length
      await expectOpens("conclave", file)
      expect(relay.seen.length - before).toBe(4)
      relay.decide(byState)
    })

    it("opens by another key while one does not answer, and gives up on it alone before 15 seconds are over", async () => {
      const [silent, good] = [await moto.key("eu-west-1"), await moto.key("us-east-1")]
      const both = await encrypt("conclave", ["--kms", `${silent},${good}`])
      const alone = await encrypt("conclave", ["--kms", silent])
      relay.decide(({ body }) => (body.includes(silent) ? "hang" : "pass"))
      try {
        let start = performance.now()
        await expectOpens("conclave", both)
        expect(performance.now() - start).toBeLessThan(5_000)
        start = performance.now()
        await expectRefused("conclave", alone, /unreachable: no answer in time/)
        // The program's own start is not part of the 15 seconds, and this machine is busy.
        expect(performance.now() - start).toBeLessThan(16_000)
      } finally {
        relay.decide(byState)
      }
    })
  })
})
