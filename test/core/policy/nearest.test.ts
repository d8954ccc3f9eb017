import { expect, test } from "vitest"
import { nearest } from "#core/policy/nearest.ts"

const WORDS = ["age", "pgp", "encrypted_regex", "unencrypted_regex", "path_regex", "key_groups"]

test.each([
  ["encrypted-regex", "encrypted_regex"],
  ["Encrypted_Regex", "encrypted_regex"],
  ["encrypted_regexp", "encrypted_regex"],
  ["encypted_regex", "encrypted_regex"],
  ["encrpyted_regex", "encrypted_regex"],
  ["enrcypted_regxe", "encrypted_regex"],
  ["pathregex", "path_regex"],
  ["paht_regex", "path_regex"],
  ["keygroups", "key_groups"],
  ["ag", "age"],
  ["agee", "age"],
  ["gae", "age"],
])("%s was probably %s", (word, meant) => {
  expect(nearest(word, WORDS)).toBe(meant)
})

test.each([
  "",
  "a",
  "xyz",
  "regex",
  "recipients",
  "encrypted",
  "encrypted_regexxxx",
  "🔑",
  "x".repeat(100_000),
])("%.20s was probably none of them", (word) => {
  expect(nearest(word, WORDS)).toBeNull()
})

test("nothing is near where there is nothing", () => expect(nearest("age", [])).toBeNull())

test("the nearest is taken, and of equals the first", () => {
  expect(nearest("abcde1", ["abcde22", "abcde2"])).toBe("abcde2")
  expect(nearest("abcdex", ["abcdey", "abcdez"])).toBe("abcdey")
})
