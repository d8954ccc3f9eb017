/** Any tree that a format can hold, and any selection rule. */

import fc from "fast-check"
import type { FormatName } from "#core/formats/format.ts"
import { MAX_INT, MIN_INT, str } from "#core/sops/scalar.ts"
import { DEFAULT_RULE, RULE_FIELDS, type SelectionRule } from "#core/sops/selection.ts"
import type { Comment, Entry, MapNode, Node, Tree } from "#core/sops/tree.ts"
import { bool, comment, entry, float, int, list, map, NULL, time } from "./trees.ts"

/** Texts that a format's reader or printer may take for something else. */
const ODD_TEXTS = [
  "",
  " ",
  "\n",
  "a\nb\n",
  " a\n  b",
  "null",
  "true",
  "yes",
  "~",
  "012",
  "0x1F",
  "1e3",
  ".inf",
  "2001-12-14",
  "1:30",
  "- a",
  "a: b",
  "a #b",
  "# a",
  "'",
  '"',
  "\\",
  "\\n",
  "{}",
  "[]",
  "&a",
  "*a",
  "!a",
  "|",
  ">",
  "%",
  "@",
  "`",
  "---",
  "...",
  "<<",
  "\t",
  "\u0000",
  "\u0085",
  "\u2028",
  "\ufeff",
  "é",
  "🔑",
  "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]",
  "x".repeat(200),
]

/** Not `<<`, which in YAML takes a map or a list of maps and nothing else, no encrypted comment either. */
const ODD_KEYS = [
  "__proto__",
  "constructor",
  "toString",
  "",
  "a b",
  "a:b",
  "a.b",
  "0",
  "é",
  "key_unencrypted",
  "s_s",
]

const word = fc.stringMatching(/^[a-z]{1,6}$/)
const text = fc.oneof(
  { weight: 3, arbitrary: word },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
)
const keyOf = (odd: readonly string[]) =>
  fc
    .oneof({ weight: 4, arbitrary: word }, { weight: 1, arbitrary: fc.constantFrom(...odd) })
    .filter((key) => key !== "sops")

const moment = fc
  .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9998-12-31T00:00:00Z"), noInvalidDate: true })
  .map((date) => time(date.toISOString().replace(/\.?0*Z$/, "Z")))

/** A negative zero in clear does not read back, and is refused: it has a test of its own. */
const number = fc.double().filter((value) => !Object.is(value, -0))
const integer = fc.bigInt({ min: MIN_INT, max: MAX_INT })

const note = fc.stringMatching(/^[ a-z]{1,8}$/).map((words) => comment(` ${words.trim() || "c"}`))

/** Without a lone surrogate, which UTF-8 cannot carry. */
function isWellFormed(value: string): boolean {
  return Buffer.from(value).toString() === value
}

type Kinds = {
  readonly leaf: fc.Arbitrary<Node>
  readonly notes: boolean
  readonly keys: fc.Arbitrary<string>
}

function nested({ leaf, notes, keys }: Kinds): fc.Arbitrary<MapNode> {
  const { branch } = fc.letrec<{ node: Node; branch: MapNode }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 5, arbitrary: leaf },
      { weight: 1, arbitrary: tie("branch") },
      { weight: 1, arbitrary: fc.array(tie("node"), { maxLength: 4 }).map((items) => list(...items)) },
    ),
    branch: fc
      .uniqueArray(fc.tuple(keys, tie("node"), fc.option(notes ? note : fc.constant(null))), {
        maxLength: 5,
        selector: ([key]) => key,
      })
      .map((items) => map(...items.flatMap(([key, value, before]) => withNote(before, entry(key, value))))),
  }))
  return branch
}

function withNote(before: Comment | null, item: Entry): (Comment | Entry)[] {
  return before === null ? [item] : [before, item]
}

/** One level of texts under keys that the flat formats can spell. */
function flat(value: fc.Arbitrary<string>): fc.Arbitrary<MapNode> {
  return fc
    .uniqueArray(fc.tuple(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/), value), {
      maxLength: 6,
      selector: ([key]) => key,
    })
    .map((items) =>
      map(...items.filter(([key]) => !key.startsWith("sops_")).map(([key, item]) => entry(key, item))),
    )
}

const scalar: fc.Arbitrary<Node> = fc.oneof(
  text.map(str),
  integer.map(int),
  number.map(float),
  fc.boolean().map(bool),
  fc.constant(NULL),
)
const finite = fc.oneof(
  text.filter(isWellFormed).map(str),
  integer.map(int),
  number.filter(Number.isFinite).map(float),
  fc.boolean().map(bool),
  fc.constant(NULL),
)
const line = text.filter((value) => isWellFormed(value) && !/[\r\0]|\\n/.test(value))

/** Trees by format; a printer may still refuse one, and says so. */
export const TREES: Readonly<Record<FormatName, fc.Arbitrary<Tree>>> = {
  yaml: fc.array(nested({ leaf: fc.oneof(scalar, moment), notes: true, keys: keyOf(ODD_KEYS) }), {
    minLength: 1,
    maxLength: 2,
  }),
  json: nested({ leaf: finite, notes: false, keys: keyOf(["<<", ...ODD_KEYS]) }).map((branch) => [branch]),
  dotenv: flat(line).map((branch) => [branch]),
  ini: fc
    .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,6}$/), flat(fc.oneof(word, line))), {
      maxLength: 3,
      selector: ([name]) => name,
    })
    .map((sections) => [
      map(...sections.filter(([name]) => name !== "sops").map(([name, section]) => entry(name, section))),
    ]),
  binary: fc.uint8Array({ maxLength: 64 }).map((bytes) => [map(entry("data", { kind: "bytes", bytes }))]),
}

export const rule: fc.Arbitrary<SelectionRule> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(DEFAULT_RULE) },
  { weight: 2, arbitrary: ruleOf("key", ["^[a-m]", "_s$", "e"]) },
  // A ciphertext begins otherwise: one that matches would be refused.
  { weight: 1, arbitrary: ruleOf("comment", ["^ [a-m]", "^ [^a]"]) },
)

function ruleOf(by: "key" | "comment", patterns: readonly string[]): fc.Arbitrary<SelectionRule> {
  const fields = RULE_FIELDS.filter((field) => field.includes("comment") === (by === "comment"))
  return fc.record({ field: fc.constantFrom(...fields), pattern: fc.constantFrom(...patterns) })
}
