import { expect, test } from "vitest"
import { splitCommandLine } from "../../../../core/host/identities/command-line.ts"

// What google/shlex, by which sops splits, makes of each.
test.each([
  ["", []],
  [" \t\r\n ", []],
  ["op read secret", ["op", "read", "secret"]],
  ["  a   b\nc ", ["a", "b", "c"]],
  ["a 'b c' \"d e\"", ["a", "b c", "d e"]],
  ["a'b'\"c\"d", ["abcd"]],
  ["'' \"\"", ["", ""]],
  ["a\\ b \\'c\\\"", ["a b", "'c\""]],
  ["'a\\b'", ["a\\b"]],
  ['"a\\"b\\\\c\\n"', ['a"b\\cn']],
  ["a # b 'c", ["a"]],
  ["a # b\nc", ["a", "c"]],
  ["a#b", ["a#b"]],
  ["'#' a", ["#", "a"]],
  ["$HOME `id` *.txt ~ a;b|c>d", ["$HOME", "`id`", "*.txt", "~", "a;b|c>d"]],
  ["é 🔑", ["é", "🔑"]],
])("splits %j", (text, words) => {
  expect(splitCommandLine(text)).toEqual(words)
})

test.each(["a 'b", 'a "b', 'a "b\\"', "a \\", '"\\'])("refuses %j", (text) => {
  expect(splitCommandLine(text)).toBe(null)
})
