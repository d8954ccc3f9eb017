import { describe, expect, test } from "vitest"
import { toUtf8 } from "#core/bytes.ts"
import { splitList } from "#core/policy/config-keys.ts"
import { parseSopsConfig } from "#core/policy/sops-config.ts"
import { rejectionOf } from "../../support/failure.ts"

const ARN = "arn:aws:kms:eu-west-1:111122223333:key/0a1b"
const ROLE = "arn:aws:iam::111122223333:role/sops"

async function groups(rule: string) {
  const text = `creation_rules:\n  - ${rule.trim().replaceAll("\n", "\n    ")}\n`
  return (await parseSopsConfig(toUtf8(text), ".sops.yaml")).rules?.[0]?.groups
}

test("a comma list is split as sops splits it", () => {
  expect(splitList(" a, b ,,\n c,")).toEqual(["a", "b", "c"])
  expect(splitList("")).toEqual([])
  expect(splitList(" , ")).toEqual([])
})

describe("flat keys", () => {
  test("are one group, in sops' order, whichever stands first", async () => {
    const rule = `
hc_vault_transit_uri: https://vault.example.com:8200/v1/transit/keys/k
azure_keyvault: https://v.vault.azure.net/keys/k/1
hckms: [eu:0a-1b]
gcp_kms: projects/p/locations/l/keyRings/r/cryptoKeys/k
kms: ${ARN}+${ROLE}
aws_profile: dev
pgp: FBC7 B9E2, D7229043384BCC60326C6FB9D8720D957C3D3074
age: age1a, ssh-ed25519 AAAA alice@host
`
    expect(await groups(rule)).toEqual([
      [
        { kind: "age", recipient: "age1a" },
        { kind: "age", recipient: "ssh-ed25519 AAAA alice@host" },
        { kind: "pgp", fp: "FBC7B9E2" },
        { kind: "pgp", fp: "D7229043384BCC60326C6FB9D8720D957C3D3074" },
        { kind: "kms", arn: ARN, role: ROLE, awsProfile: "dev" },
        { kind: "gcp_kms", resourceId: "projects/p/locations/l/keyRings/r/cryptoKeys/k" },
        { kind: "hckms", keyId: "eu:0a-1b" },
        { kind: "azure_kv", vaultUrl: "https://v.vault.azure.net", name: "k", version: "1" },
        {
          kind: "hc_vault",
          vaultAddress: "https://vault.example.com:8200",
          enginePath: "transit",
          keyName: "k",
        },
      ],
    ])
  })

  test("may be a list, a folded text, and named twice", async () => {
    expect(await groups("age:\n  - age1a\n  - age1b\n  - age1a")).toMatchObject([
      [{ recipient: "age1a" }, { recipient: "age1b" }, { recipient: "age1a" }],
    ])
    expect(await groups("age: >-\n  age1a,\n  age1b")).toMatchObject([
      [{ recipient: "age1a" }, { recipient: "age1b" }],
    ])
  })

  test("count where the list of groups is empty, as in sops", async () => {
    expect(await groups("key_groups: []\nage: age1a")).toEqual([[{ kind: "age", recipient: "age1a" }]])
  })

  test("need no age", async () => {
    expect(await groups("pgp: F")).toEqual([[{ kind: "pgp", fp: "F" }]])
  })
})

describe("a key group", () => {
  test("holds all kinds, in the order in which sops adds them", async () => {
    const rule = `
key_groups:
  - hc_vault:
      - http://127.0.0.1:8200/v1/a/b/keys/k
    azure_keyvault:
      - vaultUrl: https://v.vault.azure.net
        key: k
        version: ""
    hckms:
      - key_id: eu:0a
    gcp_kms:
      - resource_id: projects/p/locations/l/keyRings/r/cryptoKeys/k
    kms:
      - arn: ${ARN}
        role: ${ROLE}
        context: {App: a, Env: b}
        aws_profile: dev
      - arn: ${ARN}
    pgp: [F]
    age: ["age1a, age1b"]
`
    expect(await groups(rule)).toEqual([
      [
        { kind: "age", recipient: "age1a" },
        { kind: "age", recipient: "age1b" },
        { kind: "pgp", fp: "F" },
        {
          kind: "kms",
          arn: ARN,
          role: ROLE,
          context: new Map([
            ["App", "a"],
            ["Env", "b"],
          ]),
          awsProfile: "dev",
        },
        { kind: "kms", arn: ARN, awsProfile: "" },
        { kind: "gcp_kms", resourceId: "projects/p/locations/l/keyRings/r/cryptoKeys/k" },
        { kind: "hckms", keyId: "eu:0a" },
        { kind: "azure_kv", vaultUrl: "https://v.vault.azure.net", name: "k", version: "" },
        { kind: "hc_vault", vaultAddress: "http://127.0.0.1:8200", enginePath: "a/b", keyName: "k" },
      ],
    ])
  })

  test("counts a key that is named twice once, and the same key elsewhere again", async () => {
    expect(await groups("key_groups:\n  - age: [age1a, age1b, age1a]\n  - age: [age1a]")).toEqual([
      [
        { kind: "age", recipient: "age1a" },
        { kind: "age", recipient: "age1b" },
      ],
      [{ kind: "age", recipient: "age1a" }],
    ])
  })

  test("takes what it merges first", async () => {
    const rule = `
key_groups:
  - merge:
      - age: [age1m]
        merge:
          - age: [age1deep]
      - pgp: [F]
    age: [age1own, age1m]
`
    expect(await groups(rule)).toEqual([
      [
        { kind: "age", recipient: "age1deep" },
        { kind: "age", recipient: "age1m" },
        { kind: "pgp", fp: "F" },
        { kind: "age", recipient: "age1own" },
      ],
    ])
  })

  test.each([
    ["a misspelt field", "key_groups:\n  - ages: [age1a]", 3, 9, /did you mean age\?/],
    ["the field's name of a flat rule", "key_groups:\n  - hc_vault_transit_uri: [x]", 3, 9, /unknown key/],
    ["a text for a list", "key_groups:\n  - age: age1a", 3, 14, /age must be a list/],
    ["a text for a kms key", `key_groups:\n  - kms: ["${ARN}"]`, 3, 15, /a kms key must be a map/],
    ["a kms key without its ARN", "key_groups:\n  - kms: [{role: r}]", 3, 15, /not a kms key/],
    [
      "a kms key with another name for its ARN",
      `key_groups:\n  - kms: [{ARN: "${ARN}"}]`,
      3,
      16,
      /did you mean arn/,
    ],
    [
      "a context that is a text",
      `key_groups:\n  - kms: [{arn: "${ARN}", context: "a:b"}]`,
      3,
      77,
      /context must be a map/,
    ],
    [
      "a number in a context",
      `key_groups:\n  - kms: [{arn: "${ARN}", context: {a: 1}}]`,
      3,
      81,
      /context.a must be a text/,
    ],
    [
      "a vault without its key",
      "key_groups:\n  - azure_keyvault: [{vaultUrl: https://v}]",
      3,
      26,
      /needs vaultUrl and key/,
    ],
    [
      "a vault in metadata's words",
      "key_groups:\n  - azure_keyvault: [{vault_url: https://v}]",
      3,
      27,
      /did you mean vaultUrl/,
    ],
    [
      "a resource id that is none",
      "key_groups:\n  - gcp_kms: [{resource_id: p}]",
      3,
      19,
      /not a gcp_kms key/,
    ],
    ["a vault's address that is none", "key_groups:\n  - hc_vault: [vault]", 3, 20, /not a hc_vault key/],
  ])("refuses %s", async (_, rule, line, column, says) => {
    const failure = await rejectionOf(groups(rule))
    expect(failure.message).toMatch(says)
    expect(failure).toMatchObject({ code: "config-invalid", details: { line, column } })
  })

  test("refuses merges that go on and on", async () => {
    const deep = `${"{merge: [".repeat(12)}{age: [age1a]}${"]}".repeat(12)}`
    expect((await rejectionOf(groups(`key_groups: [${deep}]`))).message).toMatch(/merge is nested too deeply/)
  })
})
