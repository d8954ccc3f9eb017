/** What the scanner refuses: the place and the words of yaml.v3 3.0.4. */

import { describe, expect, it } from "vitest"
import { ConclaveError } from "#core/errors.ts"
import { scan } from "./scanner-listing.ts"

const CASES: readonly [name: string, source: string, line: number, column: number, problem: string][] = [
  ["a key without its colon", "a: b\nc\nd: e\n", 3, 1, "could not find expected ':'"],
  ["a value within a value", "a: b: c\n", 1, 5, "mapping values are not allowed in this context"],
  [
    "a sequence entry behind a value",
    "a: - b\n",
    1,
    4,
    "block sequence entries are not allowed in this context",
  ],
  ["a key behind a value", "a: ? b\n", 1, 4, "mapping keys are not allowed in this context"],
  ["a tab for indentation", "a:\n\tb: c\n", 2, 1, "found character that cannot start any token"],
  [
    "a tab in a plain scalar's indentation",
    "a:\n  b: c\n\td\n",
    3,
    1,
    "found a tab character that violates indentation",
  ],
  [
    "a tab in a block scalar's indentation",
    "a: |\n\tb\n",
    2,
    1,
    "found a tab character where an indentation space is expected",
  ],
  [
    "an indicator that nothing can start with",
    "a: @b\n",
    1,
    4,
    "found character that cannot start any token",
  ],
  ["a grave accent", "`a`", 1, 1, "found character that cannot start any token"],
  ["a percent sign within a line", "a: %b", 1, 4, "found character that cannot start any token"],
  ["a literal scalar in a flow", "[|\n a]", 1, 2, "found character that cannot start any token"],
  ["no closing quote", 'a: "b\nc: d\n', 3, 1, "found unexpected end of stream"],
  ["no closing single quote", "'a", 1, 3, "found unexpected end of stream"],
  ["a document indicator within quotes", "'a\n--- b'", 2, 1, "found unexpected document indicator"],
  ["an unknown escape", 'a: "\\q"', 1, 5, "found unknown escape character"],
  ["too few hexadecimal digits", '"\\x4"', 1, 4, "did not find expected hexdecimal number"],
  ["an escaped surrogate", '"\\ud800"', 1, 4, "found invalid Unicode character escape code"],
  ["an escape beyond Unicode", '"\\U00110000"', 1, 4, "found invalid Unicode character escape code"],
  ["a backslash at the end", '"\\', 1, 2, "found unknown escape character"],
  ["an anchor without a name", "& a", 1, 2, "did not find expected alphabetic or numeric character"],
  [
    "an anchor that goes on with other characters",
    "&a.b c",
    1,
    3,
    "did not find expected alphabetic or numeric character",
  ],
  ["an alias without a name", "* a", 1, 2, "did not find expected alphabetic or numeric character"],
  ["a verbatim tag that is not closed", "!<a b", 1, 4, "did not find the expected '>'"],
  ["a verbatim tag that is empty", "!<> b", 1, 3, "did not find expected tag URI"],
  ["a tag that is followed by text", "!a{b", 1, 3, "did not find expected whitespace or line break"],
  ["a handle without suffix", "!a! b", 1, 4, "did not find expected tag URI"],
  ["a broken escape in a tag", "!%4g a", 1, 2, "did not find URI escaped octet"],
  ["a leading octet that is none", "!%80 a", 1, 2, "found an incorrect leading UTF-8 octet"],
  ["a trailing octet that is none", "!%c3%41 a", 1, 5, "found an incorrect trailing UTF-8 octet"],
  ["an indentation of 0", "|0\n a", 1, 2, "found an indentation indicator equal to 0"],
  ["text behind a block scalar's header", "| a\n", 1, 3, "did not find expected comment or line break"],
  ["an unknown directive", "%FOO\n---\n", 1, 5, "found unknown directive name"],
  ["a directive without name", "% \n", 1, 2, "could not find expected directive name"],
  [
    "a directive's name with other characters",
    "%YAML. 1",
    1,
    6,
    "found unexpected non-alphabetical character",
  ],
  ["a version without minor number", "%YAML 1\n", 1, 8, "did not find expected digit or '.' character"],
  ["a version that is no number", "%YAML a\n", 1, 7, "did not find expected version number"],
  ["a version that is too long", "%YAML 1.100\n", 1, 11, "found extremely long version number"],
  ["text behind a version", "%YAML 1.1 a\n", 1, 11, "did not find expected comment or line break"],
  ["a tag directive without handle", "%TAG a b\n", 1, 6, "did not find expected '!'"],
  ["a tag directive with an open handle", "%TAG !a b\n", 1, 8, "did not find expected '!'"],
  ["a tag directive without prefix", "%TAG !a! \n", 1, 10, "did not find expected tag URI"],
  ["no space behind a handle", "%TAG !a!b\n", 1, 9, "did not find expected whitespace"],
  ["text behind a prefix", "%TAG !a! b{\n", 1, 11, "did not find expected whitespace or line break"],
  [
    "a key of more than 1024 characters",
    `${"a".repeat(1025)}: b`,
    1,
    1026,
    "mapping values are not allowed in this context",
  ],
  ["a key of two lines", "a: 1\nb\n c: d", 3, 3, "could not find expected ':'"],
]

describe("the scanner's refusals", () => {
  it.each(CASES)("%s is refused", (_name, source, line, column, problem) => {
    const error = refusal(source)
    expect(error.code).toBe("syntax")
    expect(error.details).toEqual({ format: "yaml", line, column })
    expect(error.message).toMatch(new RegExp(`^line ${line}, column ${column}: .*${literally(problem)}$`))
  })

  it("the message names the line where the broken thing starts, and no text of the document", () => {
    expect(refusal('a: 1\nb: "canary\nc: d\n').message).toBe(
      "line 4, column 1: while scanning a quoted scalar that starts in line 2: found unexpected end of stream",
    )
  })
})

function refusal(source: string): ConclaveError {
  try {
    scan(source)
  } catch (error) {
    if (error instanceof ConclaveError) return error
    throw error
  }
  throw new Error("nothing was refused")
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
}
