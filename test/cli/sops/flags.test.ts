import { describe, expect, test } from "vitest"
import { FlagError, type FlagSpec, parseFlags } from "#cli/sops/flags.ts"

const TABLE: readonly FlagSpec[] = [
  { names: ["in-place", "i"], kind: "bool" },
  { names: ["output"], kind: "string", variable: "OUTPUT" },
  { names: ["indent"], kind: "int" },
  { names: ["age"], kind: "strings" },
]

const parse = (words: readonly string[], places: "anywhere" | "first" = "anywhere", env = {}) =>
  parseFlags(TABLE, words, env, places)

describe("the flags of sops", () => {
  test("are spelled as Go spells them", () => {
    for (const words of [["-i"], ["--in-place"], ["-in-place=true"], ["--i=T"], ["-i=1"]])
      expect(parse(words).bool("in-place")).toBe(true)
    expect(parse(["-i=false"]).bool("in-place")).toBe(false)
    expect(parse(["-output", "x"]).text("output")).toBe("x")
    expect(parse(["--output=a=b"]).text("output")).toBe("a=b")
    expect(parse(["--indent", "3"]).int("indent")).toBe(3)
    expect(parse(["--age", "a", "-age=b"]).all("age")).toEqual(["a", "b"])
  })

  test("of a command may stand behind its arguments", () => {
    const flags = parse(["f.yaml", "-i", "path", "--output", "-i", "value"])
    expect(flags.positionals).toEqual(["f.yaml", "path", "value"])
    expect([flags.bool("in-place"), flags.text("output")]).toEqual([true, "-i"])
  })

  test("are arguments behind another one where the command has no such flag", () => {
    expect(parse(["f.yaml", "-5", "--zork", "-"]).positionals).toEqual(["f.yaml", "-5", "--zork", "-"])
    expect(parse(["-i", "--", "-i", "x"]).positionals).toEqual(["-i", "x"])
  })

  test("before a command end at its name", () => {
    const flags = parse(["-i", "rotate", "--output", "x"], "first")
    expect(flags.positionals).toEqual(["rotate", "--output", "x"])
    expect(flags.has("output")).toBe(false)
  })

  test("come from variables where they are not given", () => {
    expect(parse([], "anywhere", { OUTPUT: "v" }).text("output")).toBe("v")
    expect(parse(["--output", "w"], "anywhere", { OUTPUT: "v" }).text("output")).toBe("w")
    expect(parse([], "anywhere", { OUTPUT: "" }).has("output")).toBe(false)
  })

  test.each([
    [["--zork"], "flag provided but not defined: -zork"],
    [["--output"], "flag needs an argument: -output"],
    [["--indent", "x"], 'invalid value "x" for flag -indent'],
    [["-i=maybe"], 'invalid value "maybe" for flag -i'],
  ])("%j is refused", (words, message) => {
    expect(() => parse(words)).toThrow(new FlagError(message))
  })
})
