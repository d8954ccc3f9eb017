/** Sessions of `sops set` and `sops --set`. */

import type { Fixture, Session } from "../command-session.ts"
import { recipientOf } from "../keys.ts"

const ALICE = recipientOf("alice")

export const YAML: Fixture = {
  plain: 'a:\n    b: one\n    c: 2\nl:\n    - x\n    - "y"\nn: null\nopen_unencrypted: 1\n',
}
const JSON_FILE: Fixture = { plain: '{"a": {"b": "one"}, "l": [1, "x"]}' }
const ENV: Fixture = { plain: "A=one\nB=two\n" }
const INI: Fixture = { plain: "[s]\na = one\n" }

/** Read as its default: nothing changes. */
export const BINARY_RULE = {
  because: "sops adds the rule that a binary file has not",
  conclave: "values",
} as const

const CRASH = "sops crashes here"

function setsOne(name: string, index: string, value: string, file = "f.yaml", fixture = YAML): Session {
  return { name, fixtures: { [file]: fixture }, steps: [{ words: ["set", file, index, value] }] }
}

function fails(name: string, words: readonly string[], fixture = YAML): Session {
  return { name, fixtures: { "f.yaml": fixture }, steps: [{ words }] }
}

export const SET_SESSIONS: readonly Session[] = [
  setsOne("a text", '["a"]["b"]', '"two"'),
  setsOne("the same text again", '["a"]["b"]', '"one"'),
  setsOne("a number, which is a float", '["a"]["b"]', "5"),
  setsOne("a fraction", '["a"]["b"]', "-1.5e-7"),
  setsOne("a large number", '["a"]["b"]', "100000000000000000000000"),
  setsOne("true", '["a"]["b"]', "true"),
  setsOne("null", '["a"]["b"]', "null"),
  setsOne("an empty text, which stays in clear", '["a"]["b"]', '""'),
  setsOne("a text of several lines", '["a"]["b"]', '"line\\n\\tsecond\\n"'),
  setsOne("text beyond ASCII", '["a"]["ü"]', '"ß😀\\u0007"'),
  setsOne("a map in place of a text", '["a"]["b"]', '{"x": 1, "y": [1, 2.5, "s", null, true], "z": {}}'),
  setsOne("a map with a key twice, the second time in clear", '["m"]', '{"k": 1, "k_unencrypted": 2}'),
  setsOne("a text in place of a map", '["a"]', '"flat"'),
  setsOne("a new key at the end", '["new"]', '"z"'),
  setsOne("a new key in a map", "['a']['new']", '"z"'),
  setsOne("new maps and lists on the way", '["new"][0]["q"][0]', '"z"'),
  setsOne("below a null", '["n"]["deep"][0]', '"z"'),
  setsOne("an item of a list", '["l"][0]', '"z"'),
  setsOne("an item at the end of a list", '["l"][2]', '"z"'),
  setsOne("a map at the end of a list", '["l"][2]["k"]', '"z"'),
  setsOne("a value that stands in clear", '["open_unencrypted"]', "7"),
  setsOne("a key with a dot and a colon", '["a.b:c"]', '"z"'),
  setsOne("JSON: a number", '["a"]["b"]', "5", "f.json", JSON_FILE),
  setsOne("JSON: a map", '["m"]', '{"x": [1, {"y": 2.0}]}', "f.json", JSON_FILE),
  setsOne("JSON: an item", '["l"][1]', '"z"', "f.json", JSON_FILE),
  setsOne("dotenv: a text", '["A"]', '"two words"', "f.env", ENV),
  setsOne("dotenv: a number, which gets a fraction", '["A"]', "5", "f.env", ENV),
  setsOne("dotenv: a new key", '["NEW"]', '"z"', "f.env", ENV),
  setsOne("INI: a text", '["s"]["a"]', '"two"', "f.ini", INI),
  setsOne("INI: a number, which gets a fraction", '["s"]["a"]', "5", "f.ini", INI),
  setsOne("INI: a new section", '["t"]["a"]', '"z"', "f.ini", INI),
  {
    ...setsOne("binary: its one value", '["data"]', '"other"', "f.bin", { plain: "some\0bytes" }),
    files: { "f.bin": BINARY_RULE },
  },
  setsOne("several documents: the first", '["a"]', '"z"', "f.yaml", { plain: "a: 1\n---\na: 2\n" }),
  setsOne("comments stay", '["b"]', '"z"', "f.yaml", { plain: "# top\na: 1 # in line\n# above\nb: 2\n" }),

  {
    name: "a value from a file",
    fixtures: { "f.yaml": YAML },
    texts: { value: '"from a file"\n' },
    steps: [{ words: ["set", "--value-file", "f.yaml", '["a"]["b"]', "value"] }],
  },
  {
    name: "a value from standard input",
    fixtures: { "f.yaml": YAML },
    steps: [{ words: ["set", "--value-stdin", "f.yaml", '["a"]["b"]'], input: '"from stdin"\n' }],
  },
  {
    name: "--idempotent leaves what is there",
    fixtures: { "f.yaml": YAML },
    steps: [{ words: ["set", "--idempotent", "f.yaml", '["a"]["b"]', '"one"'] }],
  },
  {
    name: "--idempotent writes what is new, and a float for an int",
    fixtures: { "f.yaml": YAML },
    steps: [{ words: ["set", "-idempotent=true", "f.yaml", '["a"]["c"]', "2"] }],
  },
  {
    name: "--input-type for a name that says nothing",
    fixtures: { secrets: { ...YAML, arguments: ["--input-type", "yaml", "--output-type", "yaml"] } },
    steps: [
      { words: ["set", "--input-type", "yaml", "--output-type", "yaml", "secrets", '["a"]["b"]', '"z"'] },
    ],
    files: { secrets: { because: "sops decrypt takes the name for binary", conclave: "values" } },
  },
  {
    name: "--output-type writes the file in another format",
    fixtures: { "f.yaml": YAML },
    steps: [{ words: ["set", "--output-type", "json", "f.yaml", '["a"]["b"]', '"z"'] }],
  },
  {
    name: "--indent",
    fixtures: { "f.yaml": YAML, "f.json": JSON_FILE },
    steps: [
      { words: ["--indent", "2", "set", "f.yaml", '["a"]["b"]', '"z"'] },
      { words: ["--indent", "3", "set", "f.json", '["a"]["b"]', '"z"'] },
    ],
  },
  {
    name: "the configuration's indentation, and --config",
    fixtures: { "f.yaml": YAML },
    texts: { ".sops.yaml": "stores:\n  yaml:\n    indent: 2\n", other: "stores:\n  yaml:\n    indent: 3\n" },
    steps: [
      { words: ["set", "f.yaml", '["a"]["b"]', '"y"'] },
      { words: ["--config", "other", "set", "f.yaml", '["a"]["b"]', '"z"'] },
    ],
  },
  {
    name: "flags without effect",
    fixtures: { "f.yaml": YAML },
    steps: [
      {
        words: [
          "set",
          "--shamir-secret-sharing-threshold",
          "2",
          "--enable-local-keyservice",
          "--decryption-order",
          "age,zork",
          "f.yaml",
          '["a"]["b"]',
          '"z"',
        ],
      },
    ],
  },
  {
    name: "a file with encrypted_regex",
    fixtures: { "f.yaml": { ...YAML, arguments: ["--encrypted-regex", "^(b|new)$"] } },
    steps: [
      { words: ["set", "f.yaml", '["a"]["b"]', '"z"'] },
      { words: ["set", "f.yaml", '["a"]["c"]', '"clear"'] },
      { words: ["set", "f.yaml", '["new"]["x"]', "1"] },
    ],
  },
  {
    name: "a file with mac_only_encrypted",
    fixtures: { "f.yaml": { ...YAML, global: ["--mac-only-encrypted"] } },
    steps: [{ words: ["set", "f.yaml", '["a"]["b"]', '"z"'] }],
  },
  {
    name: "--ignore-mac",
    fixtures: {
      "f.yaml": { ...YAML, alter: (text) => text.replace("open_unencrypted: 1", "open_unencrypted: 2") },
    },
    steps: [
      { words: ["set", "f.yaml", '["a"]["b"]', '"z"'] },
      { words: ["set", "--ignore-mac", "f.yaml", '["a"]["b"]', '"z"'] },
    ],
  },

  fails("no arguments", ["set"]),
  fails("no value", ["set", "f.yaml", '["a"]']),
  fails("flags behind the arguments", ["set", "f.yaml", '["a"]', '"z"', "--idempotent"]),
  fails("a value and --value-stdin", ["set", "--value-stdin", "f.yaml", '["a"]', '"z"']),
  fails("--value-file and --value-stdin", ["set", "--value-file", "--value-stdin", "f.yaml", '["a"]']),
  fails("a value's file that is not there", ["set", "--value-file", "f.yaml", '["a"]', "gone"]),
  fails("a dotted path", ["set", "f.yaml", "a.b", '"z"']),
  fails("an open bracket", ["set", "f.yaml", '["a"', '"z"']),
  fails("a word in brackets", ["set", "f.yaml", "[a]", '"z"']),
  fails("a value that is no JSON", ["set", "f.yaml", '["a"]', "z"]),
  fails("two values", ["set", "f.yaml", '["a"]', "1 2"]),
  fails("a number above every float", ["set", "f.yaml", '["a"]', "1e999"]),
  fails("a list as the value", ["set", "f.yaml", '["a"]', "[1]"]),
  fails("the key of the metadata", ["set", "f.yaml", '["sops"]', '"z"']),
  fails("a file that is not there", ["set", "gone.yaml", '["a"]', '"z"']),
  fails("a kind of key twice in the order", [
    "set",
    "--decryption-order",
    "age,age",
    "f.yaml",
    '["a"]',
    '"z"',
  ]),
  fails("a flag that is none", ["set", "--zork", "f.yaml", '["a"]', '"z"']),
  fails("a flag's value that is no number", [
    "set",
    "--shamir-secret-sharing-threshold",
    "x",
    "f.yaml",
    '["a"]',
    "1",
  ]),
  fails("an altered value", ["set", "f.yaml", '["a"]["b"]', '"z"'], {
    ...YAML,
    alter: (text) =>
      text.replace(/(b: ENC\[AES256_GCM,data:)(.)/, (_, head, first) => head + (first === "A" ? "B" : "A")),
  }),
  fails("an altered date", ["set", "f.yaml", '["a"]["b"]', '"z"'], {
    ...YAML,
    alter: (text) => text.replace(/lastmodified: "\d{4}/, 'lastmodified: "2020'),
  }),
  fails("no MAC", ["set", "f.yaml", '["a"]["b"]', '"z"'], {
    ...YAML,
    alter: (text) => text.replace(/ {4}mac: .*\n/, ""),
  }),
  {
    name: "files that are not encrypted",
    texts: { "plain.yaml": "a: 1\n", "broken.yaml": "a: [\n", "empty.yaml": "" },
    steps: [
      { words: ["set", "plain.yaml", '["a"]', "1"] },
      { words: ["set", "broken.yaml", '["a"]', "1"] },
      { words: ["set", "empty.yaml", '["a"]', "1"] },
    ],
  },
  {
    name: "a stranger",
    fixtures: { "f.yaml": YAML },
    people: ["bob"],
    steps: [{ words: ["set", "f.yaml", '["a"]["b"]', '"z"'] }],
  },
  {
    name: "places where sops crashes",
    fixtures: { "f.yaml": YAML },
    steps: [
      {
        words: ["set", "f.yaml", '["l"][-1]', '"z"'],
        differs: { because: CRASH, sops: 2, conclave: 91 },
      },
      { words: ["set", "f.yaml", '["l"]["k"]', '"z"'], differs: { because: CRASH, sops: 2, conclave: 91 } },
      { words: ["set", "f.yaml", "", '"z"'], differs: { because: CRASH, sops: 2, conclave: 91 } },
    ],
  },
  {
    name: "far behind the end of a list",
    fixtures: { "f.yaml": YAML },
    steps: [
      {
        words: ["set", "f.yaml", '["l"][9]', '"z"'],
        differs: { because: "sops puts it at the end, where a typo is not noticed", sops: 0, conclave: 91 },
      },
    ],
    files: { "f.yaml": { because: "nothing is written", conclave: "unchanged" } },
  },
  {
    name: "below a value",
    fixtures: { "f.yaml": YAML },
    steps: [
      {
        words: ["set", "f.yaml", '["a"]["b"]["c"]', '"z"'],
        differs: { because: "sops throws the value away", sops: 0, conclave: 91 },
      },
    ],
    files: { "f.yaml": { because: "nothing is written", conclave: "unchanged" } },
  },
  {
    name: "a number whose digits a float does not hold",
    fixtures: { "f.yaml": YAML },
    steps: [
      {
        words: ["set", "f.yaml", '["a"]["b"]', "9007199254740993"],
        differs: { because: "sops writes another number", sops: 0, conclave: 7 },
      },
    ],
    files: { "f.yaml": { because: "nothing is written", conclave: "unchanged" } },
  },
  {
    name: "a value that the file's rule leaves in clear and the configuration's encrypts",
    fixtures: { "f.yaml": { ...YAML, arguments: ["--encrypted-regex", "^b$"] } },
    texts: {
      ".sops.yaml": `creation_rules:\n  - age: ${ALICE}\n`,
    },
    steps: [
      {
        words: ["set", "f.yaml", '["a"]["password"]', '"z"'],
        differs: { because: "sops writes it in clear (R59)", sops: 0, conclave: 1 },
      },
    ],
    files: { "f.yaml": { because: "nothing is written", conclave: "unchanged" } },
  },
  {
    name: "a file's rule that differs, where nothing comes to stand in clear",
    fixtures: { "f.yaml": { ...YAML, arguments: ["--encrypted-regex", "^b$"] } },
    texts: {
      ".sops.yaml": `creation_rules:\n  - age: ${ALICE}\n`,
    },
    steps: [{ words: ["set", "f.yaml", '["a"]["b"]', '"z"'] }],
  },

  ...(
    [
      ["a misspelt key of the configuration", "creation_rules:\n  - agee: x\n    age: y\n"],
      ["an expression that is none", `creation_rules:\n  - encrypted_regex: "("\n    age: ${ALICE}\n`],
    ] as const
  ).map(
    ([name, config]): Session => ({
      name,
      fixtures: { "f.yaml": YAML },
      texts: { ".sops.yaml": config },
      steps: [
        {
          words: ["set", "f.yaml", '["a"]["b"]', '"z"'],
          differs: {
            because: "sops does not look at it, or takes it for no rule (R53, R54)",
            sops: 0,
            conclave: 1,
          },
        },
      ],
      files: { "f.yaml": { because: "nothing is written", conclave: "unchanged" } },
    }),
  ),
  fails("a configuration that is not there", ["--config", "gone", "set", "f.yaml", '["a"]', "1"]),
  {
    name: "a configuration that is no YAML",
    fixtures: { "f.yaml": YAML },
    texts: { ".sops.yaml": "creation_rules: [\n" },
    steps: [{ words: ["set", "f.yaml", '["a"]', "1"] }, { words: ["unset", "f.yaml", '["a"]'] }],
  },

  {
    name: "--set",
    fixtures: { "f.yaml": YAML, "f.json": JSON_FILE },
    steps: [
      { words: ["--set", '["a"]["b"] "two"', "f.yaml"] },
      { words: ["-set", '["l"][0] {"x": 5}', "f.yaml"] },
      { words: ['--set=["a"]["b"] 5', "f.json"] },
      { words: ["--set", '["a"]["b"] "two"', "-i", "f.yaml"] },
    ],
  },
  {
    name: "--set with a configuration that has a rule for the file, and with one that has none",
    fixtures: { "f.yaml": YAML, "g.yaml": YAML },
    texts: {
      ".sops.yaml": `creation_rules:\n  - path_regex: ^f\n    age: ${ALICE}\n`,
    },
    steps: [
      { words: ["--set", '["a"]["b"] "two"', "f.yaml"] },
      { words: ["--set", '["a"]["b"] "two"', "g.yaml"] },
      { words: ["set", "g.yaml", '["a"]["b"]', '"two"'] },
    ],
  },
  fails("--set without a value", ["--set", '["a"]', "f.yaml"]),
  fails("--set with a value that is no JSON", ["--set", '["a"] z', "f.yaml"]),
  fails("--set with a path that is none", ["--set", 'a "z"', "f.yaml"]),
  fails("--set without a file", ["--set", '["a"] "z"']),
  fails("--set with a file that is not there", ["--set", '["a"] "z"', "gone.yaml"]),
]
