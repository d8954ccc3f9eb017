import { describe, expect, test } from "vitest"
import { toUtf8 } from "#core/bytes.ts"
import { parseSopsConfig, ruleFor } from "#core/policy/sops-config.ts"
import { failureOf, rejectionOf } from "../../support/failure.ts"

const FILE = "/repo/.sops.yaml"
const parse = (text: string) => parseSopsConfig(toUtf8(text), FILE)

/** The one rule of a configuration. */
async function only(text: string) {
  const [rule, ...more] = (await parse(text)).rules ?? []
  if (rule === undefined || more.length > 0) throw new Error("not one rule")
  return rule
}

describe("a configuration", () => {
  test.each([
    ["of nothing", ""],
    ["of a comment", "# nothing yet\n"],
    ["that is empty", "{}\n"],
    ["with empty creation_rules", "creation_rules:\n"],
  ])("%s says nothing about keys", async (_, text) => {
    expect(await parse(text)).toMatchObject({ file: FILE, rules: null, indent: {}, destinations: [] })
  })

  test("with a list of no rules has rules, of which none matches", async () => {
    const config = await parse("creation_rules: []\n")
    expect(config.rules).toEqual([])
    expect(failureOf(() => ruleFor(config, "a.yaml"))).toMatchObject({
      code: "no-rule",
      details: { file: "a.yaml", config: FILE },
    })
  })

  test("sets the indentation of each format that can have one", async () => {
    const text =
      "stores:\n  yaml:\n    indent: 2\n  json: {indent: 0}\n  json_binary:\n    indent: 4\n  dotenv: {}\n  ini:\n"
    expect((await parse(text)).indent).toEqual({ yaml: 2, json: 0, binary: 4 })
    // 0 is sops' default for YAML.
    expect((await parse("stores: {yaml: {indent: 0}}\n")).indent).toEqual({})
    expect((await parse("stores: {yaml: {}}\n")).indent).toEqual({})
  })

  test("keeps destination_rules unread, for publishing", async () => {
    const { destinations } = await parse("destination_rules:\n  - path_regex: a\n    s3_bucket: b\n")
    expect(destinations).toHaveLength(1)
  })

  test("may use anchors, as sops' own parser takes them", async () => {
    const text = "creation_rules:\n  - &a\n    age: age1x\n  - *a\n"
    expect((await parse(text)).rules?.map(({ groups }) => groups)).toEqual([
      [[{ kind: "age", recipient: "age1x" }]],
      [[{ kind: "age", recipient: "age1x" }]],
    ])
  })
})

describe("the rule for a file", () => {
  const TEXT = `
creation_rules:
  - path_regex: ^prod/.*\\.yaml$
    age: age1prod
  - path_regex: \\.env$
    age: age1env
  - age: age1rest
`
  test.each([
    ["prod/db.yaml", "age1prod"],
    ["prod/a/b.yaml", "age1prod"],
    ["prod/a.env", "age1env"],
    ["x/prod/db.yaml", "age1rest"],
    ["/outside/a.env", "age1env"],
    ["anything", "age1rest"],
  ])("%s is the first that matches", async (path, recipient) => {
    expect(ruleFor(await parse(TEXT), path).groups).toEqual([[{ kind: "age", recipient }]])
  })

  test("says where it stands", async () => {
    expect((await parse(TEXT)).rules?.map(({ line }) => line)).toEqual([3, 5, 7])
  })

  test("is none where none matches", async () => {
    const config = await parse("creation_rules:\n  - path_regex: ^a\n    age: age1x\n")
    const failure = failureOf(() => ruleFor(config, "b.yaml"))
    expect(failure.message).toBe(`no creation rule of ${FILE} matches b.yaml`)
  })
})

describe("a rule", () => {
  test("has defaults for all but its keys", async () => {
    expect(await only("creation_rules: [{age: age1x}]\n")).toEqual({
      matches: null,
      groups: [[{ kind: "age", recipient: "age1x" }]],
      threshold: 0,
      rule: { field: "unencrypted_suffix", pattern: "_unencrypted" },
      selectionNamed: false,
      macOnlyEncrypted: false,
      line: 1,
    })
  })

  test.each([
    ["unencrypted_suffix", "_clear"],
    ["encrypted_suffix", "_secret"],
    ["unencrypted_regex", "^a"],
    ["encrypted_regex", "^(data|stringData)$"],
    ["unencrypted_comment_regex", "clear"],
    ["encrypted_comment_regex", "secret"],
  ])("may select by %s", async (field, pattern) => {
    const rule = await only(
      `creation_rules:\n  - age: age1x\n    ${field}: ${pattern}\n    mac_only_encrypted: true\n`,
    )
    expect(rule).toMatchObject({ rule: { field, pattern }, selectionNamed: true, macOnlyEncrypted: true })
  })

  test("takes key groups before flat keys, and its threshold", async () => {
    const text = `
creation_rules:
  - age: age1flat
    shamir_threshold: 2
    key_groups:
      - age: [age1a]
      - age: [age1b]
      - age: [age1c, age1d]
`
    expect(await only(text)).toMatchObject({
      threshold: 2,
      groups: [
        [{ recipient: "age1a" }],
        [{ recipient: "age1b" }],
        [{ recipient: "age1c" }, { recipient: "age1d" }],
      ],
    })
  })

  test.each([
    [0, 1],
    [1, 1],
    [0, 2],
    [2, 2],
    [3, 3],
  ])("takes the threshold %i of %i groups", async (threshold, groups) => {
    const list = Array.from({ length: groups }, (_, i) => `{age: [age1k${i}]}`).join(", ")
    const text = `creation_rules: [{shamir_threshold: ${threshold}, key_groups: [${list}]}]\n`
    expect(await only(text)).toMatchObject({ threshold })
  })
})

describe("what is wrong is told with its line and column", () => {
  const age = "    age: age1x\n"
  test.each<[string, string, number, number, RegExp]>([
    [
      "a key at the top",
      "creation_rule: []\n",
      1,
      1,
      /unknown key "creation_rule" .*did you mean creation_rules\?/,
    ],
    ["a key far from any", "recipients: x\n", 1, 1, /known here: creation_rules, destination_rules, stores/],
    [
      "a key with a dash, which sops ignores and then encrypts other values",
      `creation_rules:\n  - path_regex: x\n${age}    encrypted-regex: ^a$\n`,
      4,
      5,
      /did you mean encrypted_regex\?/,
    ],
    ["a key in other letters", `creation_rules:\n  - Age: age1x\n`, 2, 5, /did you mean age\?/],
    ["a key twice", `creation_rules:\n  - age: age1x\n${age}`, 3, 5, /already|twice/],
    ["a list at the top", "- a\n", 1, 1, /the configuration must be a map/],
    ["a text at the top", "hello\n", 1, 1, /the configuration must be a map/],
    ["a second document", "creation_rules: []\n---\na: 1\n", 2, 1, /more than one document/],
    ["rules that are a map", "creation_rules:\n  a: 1\n", 2, 3, /creation_rules must be a list/],
    ["a rule that is a text", "creation_rules:\n  - age1x\n", 2, 5, /a creation rule must be a map/],
    ["a rule without keys", "creation_rules:\n  - path_regex: x\n", 2, 5, /at least one key/],
    ["a rule with empty keys", 'creation_rules:\n  - age: ""\n', 2, 5, /at least one key/],
    ["an empty list of groups", "creation_rules:\n  - key_groups: []\n", 2, 5, /at least one key/],
    [
      "an empty group",
      "creation_rules:\n  - key_groups:\n      - age: []\n",
      2,
      5,
      /at least one key in each group/,
    ],
    [
      "a number for a text",
      `creation_rules:\n  - path_regex: 12\n${age}`,
      2,
      17,
      /path_regex must be a text/,
    ],
    ["a bool for a text", "creation_rules:\n  - age: true\n", 2, 10, /age must be a text/],
    ["a map for keys", "creation_rules:\n  - age: {a: b}\n", 2, 10, /age must be a text/],
    ["a text for a bool", `creation_rules:\n  - mac_only_encrypted: "true"\n${age}`, 2, 25, /true or false/],
    ["yes for a bool", `creation_rules:\n  - mac_only_encrypted: yes\n${age}`, 2, 25, /true or false/],
    ["a threshold in words", `creation_rules:\n  - shamir_threshold: two\n${age}`, 2, 23, /whole number/],
    ["a threshold below zero", `creation_rules:\n  - shamir_threshold: -1\n${age}`, 2, 23, /whole number/],
    [
      "a threshold above the groups",
      `creation_rules:\n  - shamir_threshold: 2\n${age}`,
      2,
      5,
      /threshold 2 does not fit 1 key/,
    ],
    [
      "a threshold of 1 of 2",
      "creation_rules:\n  - shamir_threshold: 1\n    key_groups: [{age: [age1x]}, {age: [age1y]}]\n",
      2,
      5,
      /threshold 1 does not fit 2 key/,
    ],
    [
      "a path_regex that is none",
      `creation_rules:\n  - path_regex: "("\n${age}`,
      2,
      17,
      /path_regex is not a valid RE2/,
    ],
    [
      "a look-ahead",
      `creation_rules:\n  - path_regex: a(?=b)\n${age}`,
      2,
      17,
      /path_regex is not a valid RE2/,
    ],
    [
      "a selection that is none",
      `creation_rules:\n  - encrypted_regex: "["\n${age}`,
      2,
      22,
      /encrypted_regex is not a valid RE2/,
    ],
    [
      "two selections",
      `creation_rules:\n  - encrypted_regex: a\n    unencrypted_suffix: b\n${age}`,
      3,
      25,
      /only one selection rule may be set, not unencrypted_suffix and encrypted_regex/,
    ],
    [
      "a recipient that is none",
      "creation_rules:\n  - age: AGE-SECRET-KEY-1X\n",
      2,
      10,
      /not a age key|not an age key/,
    ],
    ["a store that is none", "stores:\n  yml:\n    indent: 2\n", 2, 3, /did you mean yaml\?/],
    [
      "an option of a store that is none",
      "stores:\n  yaml:\n    indentation: 2\n",
      3,
      5,
      /unknown key "indentation"/,
    ],
    [
      "an indentation in words",
      "stores:\n  yaml:\n    indent: wide\n",
      3,
      13,
      /indent must be a whole number/,
    ],
  ])("%s", async (_, text, line, column, says) => {
    const failure = await rejectionOf(parse(text))
    expect(failure.message).toMatch(says)
    expect(failure).toMatchObject({ details: { line, column } })
    if (failure.code !== "duplicate-key") {
      expect(failure).toMatchObject({ code: "config-invalid", details: { file: FILE, line, column } })
      expect(failure.message.startsWith(`${FILE}:${line}:${column}: `)).toBe(true)
    }
  })

  test("what is no YAML at all too", async () => {
    expect(await rejectionOf(parse("creation_rules:\n\t- a\n"))).toMatchObject({
      code: "syntax",
      details: { line: 2 },
    })
  })

  test("a key pasted where a recipient belongs is not repeated", async () => {
    const secret = "AGE-SECRET-KEY-1QQQQQQQQQQQQQQ"
    const failure = await rejectionOf(parse(`creation_rules:\n  - age: ${secret}\n`))
    expect(failure.message).not.toContain("SECRET")
  })

  test("deep, wide and self-repeating ones are refused in no time", async () => {
    const start = performance.now()
    const bomb = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    for (let i = 1; i < 12; i++)
      bomb.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(",")}]`,
      )
    await expect(parse(`${bomb.join("\n")}\n`)).rejects.toMatchObject({ name: "ConclaveError" })
    await expect(parse("[".repeat(100_000))).rejects.toMatchObject({ code: "too-deep" })
    expect(performance.now() - start).toBeLessThan(1_500)
  })
})
