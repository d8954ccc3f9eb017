import { describe, expect, test } from "vitest"
import { toUtf8 } from "#core/bytes.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { parseMetadata, SOPS_VERSION, serializeMetadata } from "#core/sops/metadata.ts"
import { RULE_FIELDS } from "#core/sops/selection.ts"
import type { MapNode, Node } from "#core/sops/tree.ts"
import { codeOf, failureOf } from "../../support/failure.ts"
import { bare, bool, comment, entry, float, int, list, map, NULL, time } from "../../support/trees.ts"

const MOMENT = "2026-01-02T03:04:05Z"
const AGE = map(entry("recipient", "age1x"), entry("enc", "wrapped\n"))
const AGE_ENTRY = { kind: "age", recipient: "age1x", enc: "wrapped\n" }

/** The smallest block, with these fields added or replaced; `null` leaves one out. */
function block(changes: Record<string, Node | string | null> = {}): MapNode {
  const fields: Record<string, Node | string | null> = {
    age: list(AGE),
    lastmodified: MOMENT,
    mac: "ENC",
    version: "3.13.2",
    ...changes,
  }
  return map(...Object.entries(fields).flatMap(([key, value]) => (value === null ? [] : [entry(key, value)])))
}

const SMALLEST = {
  groups: [[AGE_ENTRY]],
  threshold: 0,
  lastModified: MOMENT,
  mac: "ENC",
  macOnlyEncrypted: false,
  rule: null,
  version: "3.13.2",
}

describe("reading the sops block", () => {
  test("gives what stands there, and the defaults", () => {
    expect(parseMetadata(block())).toEqual(SMALLEST)
  })

  describe("is as lenient as sops' decoder", () => {
    test.each<[string, MapNode, object]>([
      [
        "names in any case",
        block({ mac: null, MAC: "x", lastmodified: null, LastModified: MOMENT }),
        { mac: "x" },
      ],
      ["unknown fields", block({ hello: map(entry("a", list())), __proto__x: "1" }), {}],
      ["comments", map(comment(" c"), ...block().items), {}],
      ["a missing MAC", block({ mac: null }), { mac: "" }],
      ["a MAC that is null", block({ mac: NULL }), { mac: "" }],
      ["a number as text", block({ shamir_threshold: "2" }), { threshold: 2 }],
      ["a number", block({ shamir_threshold: int(255) }), { threshold: 255 }],
      ["a float that is a whole number", block({ shamir_threshold: float(2) }), { threshold: 2 }],
      ["a bool as text", block({ mac_only_encrypted: "true" }), { macOnlyEncrypted: true }],
      ["a bool as a number", block({ mac_only_encrypted: int(1) }), { macOnlyEncrypted: true }],
      ["a bool", block({ mac_only_encrypted: bool(true) }), { macOnlyEncrypted: true }],
      ["false", block({ mac_only_encrypted: bool(false) }), { macOnlyEncrypted: false }],
      ["an empty text for false", block({ mac_only_encrypted: "" }), { macOnlyEncrypted: false }],
      ["one map for a list of one", block({ age: AGE }), {}],
      ["lists that are null", block({ kms: NULL, pgp: NULL, key_groups: NULL }), {}],
      ["empty lists and maps", block({ kms: list(), gcp_kms: map() }), {}],
      ["rules that are empty", block({ encrypted_regex: "", unencrypted_suffix: NULL }), { rule: null }],
      ["a newer version", block({ version: "99.0.0" }), { version: "99.0.0" }],
      ["an older version", block({ version: "1.9.0" }), { version: "1.9.0" }],
      ["a pre-release", block({ version: "3.0.0-rc.1+x" }), { version: "3.0.0-rc.1+x" }],
      ["an offset of zero", block({ lastmodified: "2026-01-02T03:04:05+00:00" }), {}],
      ["a fraction", block({ lastmodified: "2026-01-02T03:04:05.123Z" }), {}],
      [
        "another offset, which is kept",
        block({ lastmodified: "2026-01-02T03:04:05+02:00" }),
        { lastModified: "2026-01-02T03:04:05+02:00" },
      ],
    ])("%s", (_, given, expected) => {
      expect(parseMetadata(given)).toEqual({ ...SMALLEST, ...expected })
    })
  })

  describe("names the place of what it refuses", () => {
    const kms = (...fields: Parameters<typeof map>) => block({ kms: list(map(...fields)) })
    test.each<[string, MapNode, string]>([
      ["no version", block({ version: null }), "sops.version"],
      ["an empty version", block({ version: "" }), "sops.version"],
      ["a version of two numbers", block({ version: float(3.1) }), "sops.version"],
      ["a version with leading zeros", block({ version: "3.01.0" }), "sops.version"],
      ["a version with a v", block({ version: "v3.1.0" }), "sops.version"],
      ["no lastmodified", block({ lastmodified: null }), "sops.lastmodified"],
      ["a lastmodified out of quotes", block({ lastmodified: time(MOMENT) }), "sops.lastmodified"],
      ["a lastmodified that is a date", block({ lastmodified: "2026-01-02" }), "sops.lastmodified"],
      ["a lastmodified with a CR", block({ lastmodified: `${MOMENT}\r` }), "sops.lastmodified"],
      ["a MAC that is a list", block({ mac: list("x") }), "sops.mac"],
      ["a threshold below zero", block({ shamir_threshold: int(-1) }), "sops.shamir_threshold"],
      ["a threshold above 255", block({ shamir_threshold: int(256) }), "sops.shamir_threshold"],
      ["a threshold in words", block({ shamir_threshold: "two" }), "sops.shamir_threshold"],
      ["a threshold with a fraction", block({ shamir_threshold: float(2.5) }), "sops.shamir_threshold"],
      [
        "a threshold beyond all numbers",
        block({ shamir_threshold: "9".repeat(40) }),
        "sops.shamir_threshold",
      ],
      ["a bool in words", block({ mac_only_encrypted: "yes" }), "sops.mac_only_encrypted"],
      ["a rule that is a map", block({ encrypted_regex: map() }), "sops.encrypted_regex"],
      ["no keys", block({ age: null }), "sops"],
      ["only empty lists of keys", block({ age: list(), key_groups: list() }), "sops"],
      ["keys that are a text", block({ age: "age1x" }), "sops.age"],
      ["a key that is a text", block({ age: list(AGE, "age1x") }), "sops.age[1]"],
      ["an enc that is a list", block({ age: list(map(entry("enc", list()))) }), "sops.age[0].enc"],
      ["groups that are a text", block({ age: null, key_groups: "x" }), "sops.key_groups"],
      ["a group that is a text", block({ age: null, key_groups: list("x") }), "sops.key_groups[0]"],
      [
        "a key of a group",
        block({ age: null, key_groups: list(map(entry("age", list(AGE))), map(entry("age", "x"))) }),
        "sops.key_groups[1].age",
      ],
      ["a KMS key without a date", kms(entry("arn", "a"), entry("enc", "x")), "sops.kms[0].created_at"],
      ["a date out of quotes", kms(entry("created_at", time(MOMENT))), "sops.kms[0].created_at"],
      [
        "a context that is a text",
        kms(entry("created_at", MOMENT), entry("context", "a:b")),
        "sops.kms[0].context",
      ],
      [
        "a context of lists",
        kms(entry("created_at", MOMENT), entry("context", map(entry("App", list())))),
        "sops.kms[0].context.App",
      ],
      ["a field twice, in other letters", map(...block().items, entry("MAC", "y")), "sops.MAC"],
      ["a field twice", map(...block().items, entry("mac", "y")), "sops.mac"],
      ["256 groups", block({ age: null, key_groups: list(...Array(256).fill(map())) }), "sops"],
      ["10,001 keys", block({ age: list(...Array(10_001).fill(AGE)) }), "sops"],
    ])("%s", (_, given, at) => {
      const failure = failureOf(() => parseMetadata(given))
      expect(failure).toMatchObject({ code: "malformed", details: { at } })
      expect(failure.message.startsWith(`${at} `)).toBe(true)
    })

    test("two rules", () => {
      const given = block({ encrypted_regex: "a", unencrypted_suffix: "b" })
      expect(failureOf(() => parseMetadata(given))).toMatchObject({
        code: "rule-conflict",
        details: { fields: ["unencrypted_suffix", "encrypted_regex"] },
      })
    })

    test("never with a value in the words", () => {
      const secret = "hunter2"
      for (const field of ["version", "lastmodified", "shamir_threshold", "mac_only_encrypted", "age"]) {
        expect(failureOf(() => parseMetadata(block({ [field]: secret }))).message).not.toContain(secret)
      }
    })
  })

  test.each(RULE_FIELDS)("takes the rule %s", (field) => {
    expect(parseMetadata(block({ [field]: "x" })).rule).toEqual({ field, pattern: "x" })
  })

  test("takes flat lists before groups, as sops does", () => {
    const groups = list(map(entry("age", list(AGE))), map(entry("age", list(AGE))))
    expect(parseMetadata(block({ key_groups: groups })).groups).toHaveLength(1)
    expect(parseMetadata(block({ key_groups: groups, age: list() })).groups).toHaveLength(2)
  })

  test("puts the kinds of a group into sops' order", () => {
    const dated = [entry("created_at", MOMENT), entry("enc", "x")]
    const given = block({
      pgp: list(map(entry("fp", "F"), ...dated)),
      hc_vault: list(
        map(
          entry("vault_address", "https://v"),
          entry("engine_path", "transit"),
          entry("key_name", "k"),
          ...dated,
        ),
      ),
      azure_kv: list(
        map(entry("vault_url", "https://a"), entry("name", "n"), entry("version", "1"), ...dated),
      ),
      hckms: list(map(entry("key_id", "r:u"), ...dated)),
      gcp_kms: list(map(entry("resource_id", "projects/p"), ...dated)),
      kms: list(
        map(
          entry("arn", "arn:aws:kms:x"),
          entry("role", "r"),
          entry("context", map(entry("App", "a"), entry("Zero", NULL), comment("c"))),
          entry("aws_profile", "p"),
          ...dated,
        ),
      ),
    })
    const rest = { createdAt: MOMENT, enc: "x" }
    expect(parseMetadata(given).groups).toEqual([
      [
        {
          kind: "kms",
          arn: "arn:aws:kms:x",
          role: "r",
          context: new Map([
            ["App", "a"],
            ["Zero", ""],
          ]),
          awsProfile: "p",
          ...rest,
        },
        { kind: "gcp_kms", resourceId: "projects/p", ...rest },
        { kind: "hckms", keyId: "r:u", ...rest },
        { kind: "azure_kv", vaultUrl: "https://a", name: "n", version: "1", ...rest },
        { kind: "hc_vault", vaultAddress: "https://v", enginePath: "transit", keyName: "k", ...rest },
        { kind: "pgp", fp: "F", ...rest },
        AGE_ENTRY,
      ],
    ])
    expect(parseMetadata(serializeMetadata(parseMetadata(given)))).toEqual(parseMetadata(given))
  })

  test("keeps the names of a KMS context as they are written", () => {
    const context = map(entry("App", "1"), entry("app", "2"), entry("__proto__", "3"))
    const given = block({ kms: list(map(entry("created_at", MOMENT), entry("context", context))) })
    expect(parseMetadata(given).groups[0]?.[0]).toMatchObject({
      context: new Map([
        ["App", "1"],
        ["app", "2"],
        ["__proto__", "3"],
      ]),
    })
  })
})

describe("writing the sops block", () => {
  const keysOf = (node: MapNode) => node.items.map((item) => (item.kind === "entry" ? item.key : "#"))

  test("sorts its fields and leaves out what is empty", () => {
    const written = serializeMetadata({
      ...parseMetadata(block()),
      macOnlyEncrypted: true,
      rule: { field: "encrypted_regex", pattern: "^x" },
      threshold: 2,
    })
    expect(bare(written)).toEqual(
      map(
        entry("age", list(map(entry("enc", "wrapped\n"), entry("recipient", "age1x")))),
        entry("encrypted_regex", "^x"),
        entry("lastmodified", MOMENT),
        entry("mac", "ENC"),
        entry("mac_only_encrypted", bool(true)),
        entry("shamir_threshold", int(2)),
        entry("version", "3.13.2"),
      ),
    )
    expect(keysOf(serializeMetadata(parseMetadata(block())))).toEqual([
      "age",
      "lastmodified",
      "mac",
      "version",
    ])
  })

  test("writes empty lists of age and Vault inside groups, and no others", () => {
    const read = parseMetadata(block({ age: null, key_groups: list(map(entry("age", list(AGE))), map()) }))
    expect(bare(serializeMetadata(read)).items[0]).toEqual(
      entry(
        "key_groups",
        list(
          map(
            entry("age", list(map(entry("enc", "wrapped\n"), entry("recipient", "age1x")))),
            entry("hc_vault", list()),
          ),
          map(entry("age", list()), entry("hc_vault", list())),
        ),
      ),
    )
  })

  test("writes a single group flat", () => {
    const read = parseMetadata(block({ age: null, key_groups: list(map(entry("age", list(AGE)))) }))
    expect(keysOf(serializeMetadata(read))).toEqual(["age", "lastmodified", "mac", "version"])
  })

  test("always writes the AWS profile, and role and context only when there are any", () => {
    const given = block({
      age: null,
      kms: list(map(entry("arn", "a"), entry("created_at", MOMENT), entry("enc", "x"))),
    })
    expect(bare(serializeMetadata(parseMetadata(given))).items[0]).toEqual(
      entry(
        "kms",
        list(
          map(entry("arn", "a"), entry("aws_profile", ""), entry("created_at", MOMENT), entry("enc", "x")),
        ),
      ),
    )
  })

  test("sorts a KMS context by bytes", () => {
    const context = map(entry("b", "1"), entry("a", "2"), entry("B", "3"))
    const given = block({ age: null, kms: list(map(entry("created_at", MOMENT), entry("context", context))) })
    const text = JSON.stringify(bare(serializeMetadata(parseMetadata(given))))
    expect(text.match(/"key":"[abB]"/g)).toEqual(['"key":"B"', '"key":"a"', '"key":"b"'])
  })

  test("names the level of sops that we implement", () => expect(SOPS_VERSION).toBe("3.13.2"))
})

test("the block reads the same wherever a format keeps it flat", () => {
  const metadata = parseMetadata(
    block({ age: null, key_groups: list(map(entry("age", list(AGE, AGE))), map(entry("age", list(AGE)))) }),
  )
  for (const name of ["yaml", "json", "dotenv", "ini", "binary"] as const) {
    const format = formatNamed(name)
    const tree = name === "ini" ? [map(entry("s", map(entry("data", "x"))))] : [map(entry("data", "ENC[x]"))]
    const bytes = format.printEncrypted(tree, serializeMetadata(metadata))
    expect(parseMetadata(format.parseEncrypted(bytes).metadata)).toEqual(metadata)
  }
})

test("a block that is not there is told as that", () => {
  expect(codeOf(() => formatNamed("yaml").parseEncrypted(toUtf8("a: 1\n")))).toBe("metadata-missing")
})
