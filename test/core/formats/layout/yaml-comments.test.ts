/** Comments of a YAML file: encrypted where they stand, and for the keys that they stand under. */

import { expect, it } from "vitest"
import { open, seal } from "./harness.ts"

async function back(source: string): Promise<string> {
  return (await open("yaml", (await seal("yaml", source)).text)).text
}

it.each([
  ["above a key", "# c\na: 1\n"],
  ["behind a value", "a: 1 # c\n"],
  ["behind a key that opens a map", "a: # c\n  b: 1\n"],
  ["between items", "a:\n  # c\n  - b # d\n  # e\n  - f\n"],
  ["behind a dash", "a:\n  - # c\n    b: 1\n"],
  ["in and behind a flow collection", "a: [b, # c\n  d # e\n  ] # f\n"],
  ["behind a block's header", "a: | # c\n  b\n"],
  ["behind a list at the end", "a:\n- b\n# c\n"],
  ["further in, behind a blank line at the end", "a:\n  b: 1\n\n  # c\n"],
  ["below a key without a value", "a:\n  b:\n  # c\n"],
  ["behind a null that is a document", "a: 1\n---\n~ # c\n"],
  ["in front of the first document", "# c\n---\na: 1\n"],
  ["behind the end of a document", "a: 1\n...\n# c\n---\nb: 1\n"],
  ["behind a list of nulls at the end", "a:\n  - # c\n    # d\n    -\n"],
  ["above an over-indented key", "a:\n      # c\n  b: 1\n"],
  ["in CRLF", "# c\r\na: 1 # d\r\n\r\n# e\r\n"],
  ["with a `#` directly behind a `#`", "## c\na: 1 #no blank\n"],
])("a comment %s is encrypted and comes back", async (_, source) => {
  const { text, notices } = await seal("yaml", source)
  expect(text.slice(0, text.indexOf("sops:"))).not.toMatch(/# ?[c-fn]/)
  expect(notices.filter(({ code }) => code !== "respelled")).toEqual([])
  expect(await back(source)).toBe(source.replace("~ #", " #"))
})

it("an empty comment stays as it is", async () => {
  expect((await seal("yaml", "#\na: 1 #\n")).text).toMatch(/^#\na: ENC.* #\nsops/)
})

it("a comment that the rule leaves in clear is not touched", async () => {
  const rule = { field: "encrypted_regex", pattern: "^secret$" } as const
  const source = "# clear\nsecret:\n  # hidden\n  a: b\nother: [ # clear too\n  c]\n"
  const { text, notices } = await seal("yaml", source, { rule })
  expect(text).toMatch(/^# clear\nsecret:\n {2}#ENC.*\n {2}a: ENC.*\nother: \[ # clear too\n {2}c\]\nsops:/)
  expect(notices).toEqual([])
  expect((await open("yaml", text)).text).toBe(source)
})

it("a comment behind an opening bracket, which sops does not see, gets a line of its own", async () => {
  const source = "a: [ # c\n    b,\n  ]\nd: { # e\n  f: 1 }\n"
  const { text, notices } = await seal("yaml", source)
  expect(text).toMatch(/^a: \[\n {4}#ENC.*\n {4}"ENC/)
  expect(notices).toEqual([
    { code: "moved-comment", line: 1, at: "" },
    { code: "moved-comment", line: 4, at: "" },
  ])
  expect(await back(source)).toBe("a: [\n    # c\n    b,\n  ]\nd: {\n  # e\n  f: 1 }\n")
})

it("a comment that sops does not see anywhere near is refused, and not left in clear", async () => {
  const source = "l:\n  - u: 1\n  # x\n\n  - {}\n"
  await expect(seal("yaml", source)).rejects.toMatchObject({ code: "comment-hidden", details: { line: 3 } })
})

it("a rule by comments holds for the values that it governs", async () => {
  const rule = { field: "encrypted_comment_regex", pattern: "secret" } as const
  const source = "# secret\na: 1\nb: 2 # note\nc:\n  # secret\n  - d\n  - e\n"
  const { text } = await seal("yaml", source, { rule })
  expect(text).toMatch(/^# secret\na: ENC.*\nb: 2 # note\nc:\n {2}# secret\n {2}- ENC.*\n {2}- e\n/)
  expect((await open("yaml", text)).text).toBe(source)
})
