/** Sessions of `sops unset`. */

import type { Session } from "../command-session.ts"
import { YAML } from "./set.ts"

function unsets(name: string, words: readonly string[]): Session {
  return { name, fixtures: { "f.yaml": YAML }, steps: [{ words: ["unset", ...words] }] }
}

export const UNSET_SESSIONS: readonly Session[] = [
  unsets("a key", ["f.yaml", '["a"]["b"]']),
  unsets("a map", ["f.yaml", '["a"]']),
  unsets("an item of a list", ["f.yaml", '["l"][0]']),
  unsets("a null", ["f.yaml", '["n"]']),
  unsets("a value in clear", ["f.yaml", '["open_unencrypted"]']),
  {
    name: "the last key, in each format",
    fixtures: {
      "f.yaml": { plain: "a: 1\n" },
      "f.json": { plain: '{"a": 1}' },
      "f.env": { plain: "A=1\nB=2\n" },
      "f.ini": { plain: "[s]\na = 1\nb = 2\n" },
    },
    steps: [
      { words: ["unset", "f.yaml", '["a"]'] },
      { words: ["unset", "f.json", '["a"]'] },
      { words: ["unset", "f.env", '["A"]'] },
      { words: ["unset", "f.ini", '["s"]["a"]'] },
    ],
  },
  {
    name: "every item of a list",
    fixtures: { "f.yaml": YAML },
    steps: [{ words: ["unset", "f.yaml", '["l"][1]'] }, { words: ["unset", "f.yaml", '["l"][0]'] }],
  },
  unsets("--idempotent with what is there", ["--idempotent", "f.yaml", '["a"]["b"]']),
  unsets("--idempotent with what is not", ["--idempotent", "f.yaml", '["gone"]']),
  unsets("--idempotent with an item beyond the end", ["--idempotent", "f.yaml", '["l"][77]']),
  unsets("--output-type", ["--output-type", "json", "f.yaml", '["a"]["b"]']),
  unsets("flags without effect", [
    "--shamir-secret-sharing-threshold=3",
    "--decryption-order",
    "age",
    "f.yaml",
    '["a"]',
  ]),
  {
    name: "--ignore-mac",
    fixtures: {
      "f.yaml": { ...YAML, alter: (text) => text.replace("open_unencrypted: 1", "open_unencrypted: 2") },
    },
    steps: [{ words: ["unset", "f.yaml", '["a"]'] }, { words: ["unset", "--ignore-mac", "f.yaml", '["a"]'] }],
  },

  unsets("what is not there", ["f.yaml", '["gone"]']),
  unsets("an item beyond the end", ["f.yaml", '["l"][77]']),
  unsets("below a value", ["f.yaml", '["a"]["b"]["c"]']),
  unsets("below a null", ["f.yaml", '["n"]["c"]']),
  unsets("a dotted path", ["f.yaml", "a.b"]),
  unsets("no path", ["f.yaml"]),
  unsets("too many words", ["f.yaml", '["a"]', "--idempotent"]),
  unsets("a file that is not there", ["gone.yaml", '["a"]']),
  unsets("a kind of key twice in the order", ["--decryption-order", "pgp,pgp", "f.yaml", '["a"]']),
  unsets("a flag of set alone", ["--value-stdin", "f.yaml", '["a"]']),
  {
    name: "a stranger",
    fixtures: { "f.yaml": YAML },
    people: ["bob"],
    steps: [{ words: ["unset", "f.yaml", '["a"]'] }],
  },
  {
    name: "places where sops crashes",
    fixtures: { "f.yaml": YAML },
    steps: [
      {
        words: ["unset", "f.yaml", '["l"]["k"]'],
        differs: { because: "sops crashes here", sops: 2, conclave: 1 },
      },
      {
        words: ["unset", "f.yaml", '["l"][-1]'],
        differs: { because: "sops crashes here", sops: 2, conclave: 91 },
      },
      { words: ["unset", "f.yaml", ""], differs: { because: "sops crashes here", sops: 2, conclave: 91 } },
    ],
  },
]
