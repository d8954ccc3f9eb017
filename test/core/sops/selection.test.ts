import { describe, expect, test } from "vitest"
import {
  chooseRule,
  compileRegex,
  compileRule,
  DEFAULT_RULE,
  RULE_FIELDS,
  type RuleField,
} from "#core/sops/selection.ts"
import { failureOf, rejectionOf } from "../../support/failure.ts"

describe("the rule of a file", () => {
  test("is SOPS' default where none is named", () => {
    expect(chooseRule(new Map())).toEqual(DEFAULT_RULE)
    expect(chooseRule(new Map(RULE_FIELDS.map((field) => [field, ""])))).toEqual({
      field: "unencrypted_suffix",
      pattern: "_unencrypted",
    })
  })

  test.each(RULE_FIELDS)("is %s where that is named alone", (field) => {
    expect(chooseRule(new Map([[field, "x"]]))).toEqual({ field, pattern: "x" })
  })

  test.each(RULE_FIELDS.flatMap((a, i) => RULE_FIELDS.slice(i + 1).map((b) => [a, b] as const)))(
    "is never both %s and %s",
    (a, b) => {
      const failure = failureOf(() =>
        chooseRule(
          new Map<RuleField, string>([
            [b, "x"],
            [a, "y"],
          ]),
        ),
      )
      expect(failure).toMatchObject({ code: "rule-conflict", details: { fields: [a, b] } })
      expect(failure.message).toBe(`only one selection rule may be set, not ${a} and ${b}`)
    },
  )
})

describe("a compiled rule", () => {
  test.each([
    ["unencrypted_suffix", "key", false],
    ["encrypted_suffix", "key", true],
    ["unencrypted_regex", "key", false],
    ["encrypted_regex", "key", true],
    ["unencrypted_comment_regex", "comment", false],
    ["encrypted_comment_regex", "comment", true],
  ] as const)("of %s looks at each %s; that a match encrypts is %s", async (field, by, matchEncrypts) => {
    const rule = { field, pattern: "x" }
    expect(await compileRule(rule)).toMatchObject({ rule, by, matchEncrypts })
  })

  test.each([
    ["_s", "a_s", true],
    ["_s", "_s", true],
    ["_s", "a_S", false],
    ["_s", "a_s_", false],
    // Never empty in practice, but what Go's HasSuffix says.
    ["", "anything", true],
    [".*", "a", false],
    [".*", "a.*", true],
    ["é", "caf\u00e9", true],
    ["é", "cafe\u0301", false],
  ])("takes the suffix %j literally: %j is %s", async (pattern, text, matches) => {
    expect((await compileRule({ field: "encrypted_suffix", pattern })).matches(text)).toBe(matches)
  })

  test.each([
    ["a", "xax", true],
    ["^a", "xa", false],
    ["^a$", "a", true],
    ["^a$", "a\n", false],
    ["(?i)PASS", "password", true],
    ["\\bkey\\b", "my-key-2", true],
    ["^[[:alpha:]]+$", "abc", true],
    ["^[[:alpha:]]+$", "abc1", false],
    ["(?P<n>a)b", "ab", true],
    ["a\\z", "ba", true],
    ["\\pL", "é", true],
    ["^\\w+$", "é", false],
    ["^.$", "é", true],
    ["^.$", "😀", true],
    ["^.$", "\n", false],
    ["(?s)^.$", "\n", true],
    ["(?m)^b$", "a\nb\nc", true],
    ["\\Qa.b\\E", "a.b", true],
    ["\\Qa.b\\E", "axb", false],
    ["x{2,3}", "axxa", true],
    ["\\x{1F600}", "😀", true],
    ["data|string", "stringData", true],
  ])("searches %j in %j as RE2 does: %s", async (pattern, text, matches) => {
    const rule = await compileRule({ field: "encrypted_regex", pattern })
    expect(rule.matches(text)).toBe(matches)
    // Remembered, and the same.
    expect(rule.matches(text)).toBe(matches)
  })
})

describe("what RE2 does not take is refused, never taken for no match", () => {
  test.each([
    ["an open parenthesis", "("],
    ["an open bracket", "[a"],
    ["nothing to repeat", "*a"],
    ["a look-ahead", "a(?=b)"],
    ["a look-behind", "(?<!a)b"],
    ["a back-reference", "(a)\\1"],
    ["an unknown escape", "\\y"],
    ["too much repetition", "a{1001}"],
    ["a lone backslash", "\\"],
    ["a range that runs backwards", "[b-a]"],
    ["an unknown flag", "(?x)a"],
  ])("%s", async (_, pattern) => {
    const failure = await rejectionOf(compileRule({ field: "encrypted_regex", pattern }))
    expect(failure).toMatchObject({ code: "regex-invalid", details: { field: "encrypted_regex" } })
    expect(failure.message).toBe("encrypted_regex is not a valid RE2 expression")
  })

  test("under the name of the place it stands at", async () => {
    expect(await rejectionOf(compileRegex("(", "path_regex"))).toMatchObject({
      code: "regex-invalid",
      details: { field: "path_regex" },
    })
  })
})

test("an expression that is catastrophic elsewhere takes linear time", async () => {
  const matches = await compileRegex("^(([a-z])+.)+[A-Z]([a-z])+$", "encrypted_regex")
  const start = performance.now()
  expect(matches("a".repeat(2_000))).toBe(false)
  expect(performance.now() - start).toBeLessThan(1_000)
})

test("a rule keeps its answers apart, however many keys it is asked about", async () => {
  const { matches } = await compileRule({ field: "encrypted_regex", pattern: "7$" })
  for (let i = 0; i < 12_000; i++) expect(matches(`key${i}`)).toBe(i % 10 === 7)
  expect(matches("__proto__")).toBe(false)
  expect(matches("constructor")).toBe(false)
})
