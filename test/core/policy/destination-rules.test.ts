import { describe, expect, it } from "vitest"
import { toUtf8 } from "../../../core/bytes.ts"
import {
  destinationRuleFor,
  destinationUrl,
  normalAddress,
  publishedName,
  readDestinationRules,
} from "../../../core/policy/destination-rules.ts"
import { parseSopsConfig } from "../../../core/policy/sops-config.ts"
import { recipientText } from "../keys/vectors.ts"

const alice = recipientText("alice")

async function rulesOf(...rules: string[]) {
  const text = `destination_rules:\n${rules.map((rule) => `  - ${rule.split("\n").join("\n    ")}\n`).join("")}`
  return readDestinationRules(await parseSopsConfig(toUtf8(text), ".sops.yaml"))
}

describe("a destination rule", () => {
  it("names a bucket of S3 or of Google Cloud Storage", async () => {
    const rules = await rulesOf("s3_bucket: b\ns3_prefix: p/", "gcs_bucket: g\nomit_extensions: true")
    expect(rules.map(({ destination }) => destination)).toEqual([
      { kind: "s3", bucket: "b", prefix: "p/" },
      { kind: "gcs", bucket: "g", prefix: "" },
    ])
    expect(rules.map(({ omitExtensions, line }) => [omitExtensions, line])).toEqual([
      [false, 2],
      [true, 4],
    ])
  })

  it("names a path of Vault, with sops' defaults", async () => {
    const [plain, full] = await rulesOf(
      "vault_path: team/app",
      "vault_path: app/\nvault_address: HTTPS://Vault.Example.com:8200/\nvault_kv_mount_name: kv\nvault_kv_version: 1",
    )
    expect(plain?.destination).toEqual({
      kind: "vault",
      address: null,
      mount: "secret/",
      path: "team/app/",
      version: 2,
    })
    expect(full?.destination).toEqual({
      kind: "vault",
      address: "https://vault.example.com:8200",
      mount: "kv/",
      path: "app/",
      version: 1,
    })
  })

  it("keeps all of its recreation rule", async () => {
    const [rule] = await rulesOf(
      `s3_bucket: b\nrecreation_rule:\n  age: ${alice}\n  encrypted_regex: ^pass\n  mac_only_encrypted: true`,
    )
    expect(rule?.recreation).toMatchObject({
      groups: [[{ kind: "age", recipient: alice }]],
      rule: { field: "encrypted_regex", pattern: "^pass" },
      macOnlyEncrypted: true,
    })
  })

  it.each([
    ["no destination", "path_regex: x", /needs s3_bucket, gcs_bucket or vault_path/],
    ["two destinations", "s3_bucket: a\ngcs_bucket: b", /one destination, not s3 and gcs/],
    [
      "a field of another destination",
      "s3_bucket: a\nvault_address: https://v",
      /one destination, not s3 and vault/,
    ],
    ["a prefix without its bucket", "s3_prefix: a", /for s3 needs s3_bucket/],
    ["an empty bucket", 's3_bucket: ""\ngcs_prefix: x', /one destination/],
    ["a misspelt field", "s3_buckets: a", /did you mean s3_bucket\?/],
    ["an unknown version", "vault_path: a\nvault_kv_version: 3", /must be 1 or 2/],
    [
      "an address that is no URL",
      "vault_path: a\nvault_address: vault.example.com",
      /must be an http or https URL/,
    ],
    ["an address with a user", "vault_path: a\nvault_address: https://u@v", /must be an http or https URL/],
    ["a path that leads out", "vault_path: a/../../sys", /must be a plain path/],
    ["a path with a query", "vault_path: a?b", /must be a plain path/],
    ["a path from the root", "vault_path: /a", /must be a plain path/],
    ["a mount that leads out", "vault_path: a\nvault_kv_mount_name: ../sys", /must be a plain path/],
    ["a regex that RE2 does not take", "s3_bucket: a\npath_regex: (?=x)", /path_regex is not a valid RE2/],
    ["a recreation rule for Vault", `vault_path: a\nrecreation_rule: {age: ${alice}}`, /has no effect here/],
    [
      "a recreation rule without keys",
      "s3_bucket: a\nrecreation_rule: {encrypted_regex: x}",
      /at least one key/,
    ],
    [
      "a path in the recreation rule",
      `s3_bucket: a\nrecreation_rule: {age: ${alice}, path_regex: x}`,
      /path_regex has no meaning/,
    ],
  ])("with %s is refused, with its place", async (_, rule, message) => {
    await expect(rulesOf(rule)).rejects.toThrow(message)
    await expect(rulesOf(rule)).rejects.toThrow(/^\.sops\.yaml:\d+:\d+: /)
  })
})

describe("the rule for a file", () => {
  it("is the first that matches, anywhere in the path", async () => {
    const rules = await rulesOf("path_regex: prod/\ns3_bucket: prod", "s3_bucket: rest")
    const bucketFor = (path: string) => destinationRuleFor(rules, path, ".sops.yaml").destination
    expect(bucketFor("secrets/prod/a.yaml")).toMatchObject({ bucket: "prod" })
    expect(bucketFor("secrets/dev/a.yaml")).toMatchObject({ bucket: "rest" })
  })

  it("is an error where there is none", async () => {
    const rules = await rulesOf("path_regex: prod/\ns3_bucket: prod")
    expect(() => destinationRuleFor(rules, "dev.yaml", ".sops.yaml")).toThrow(
      /no destination rule of .sops.yaml matches dev.yaml/,
    )
    expect(() => destinationRuleFor([], "dev.yaml", ".sops.yaml")).toThrow()
  })
})

describe("the place of a file", () => {
  it("is that of sops", async () => {
    const rules = await rulesOf(
      "s3_bucket: b\ns3_prefix: p/",
      "gcs_bucket: g",
      "vault_path: team",
      "vault_path: team\nvault_address: https://v:8200/base\nvault_kv_version: 1\nvault_kv_mount_name: kv/x",
    )
    const urls = rules.map(({ destination }) => destinationUrl(destination, "a/b c.yaml", "https://own"))
    expect(urls).toEqual([
      "s3://b/p/a/b c.yaml",
      "gs://g/a/b c.yaml",
      "https://own/v1/secret/data/team/a/b%20c.yaml",
      "https://v:8200/base/v1/kv/x/team/a/b%20c.yaml",
    ])
  })

  it("leaves the ending off where that is wanted", () => {
    expect(publishedName("a.b/c.d.yaml", false)).toBe("a.b/c.d.yaml")
    expect(publishedName("a.b/c.d.yaml", true)).toBe("a.b/c.d")
    expect(publishedName("a.b/c", true)).toBe("a.b/c")
  })
})

describe("an address", () => {
  it("is compared without what does not matter", () => {
    expect(normalAddress("HTTPS://V.example:8200//")).toBe("https://v.example:8200")
    expect(normalAddress("http://127.0.0.1/a/b")).toBe("http://127.0.0.1/a/b")
    expect(normalAddress("https://[::1]:8200")).toBe("https://[::1]:8200")
  })

  it.each([
    "",
    "v",
    "ftp://v",
    "https://",
    "https://v?x",
    "https://v#x",
    "https://u:p@v",
    "https://v/a/../b",
    "https://v w",
  ])("is none: %j", (text) => {
    expect(normalAddress(text)).toBeNull()
  })
})
