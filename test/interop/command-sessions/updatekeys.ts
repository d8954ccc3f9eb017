/** Sessions of `sops updatekeys`. */

import type { Session } from "../command-session.ts"
import { type Person, recipientOf } from "../keys.ts"
import { BINARY_RULE, YAML } from "./set.ts"

const [ALICE, BOB, CAROL] = [recipientOf("alice"), recipientOf("bob"), recipientOf("carol")]

const flat = (...recipients: string[]) => `creation_rules:\n  - age: ${recipients.join(",")}\n`

const grouped = (threshold: number | null, ...people: Person[]) =>
  [
    "creation_rules:",
    ...(threshold === null ? ["  - key_groups:"] : [`  - shamir_threshold: ${threshold}`, "    key_groups:"]),
    ...people.map((person) => `      - age: [${recipientOf(person)}]`),
    "",
  ].join("\n")

const UPDATE = { words: ["updatekeys", "-y", "f.yaml"] }

export const UPDATEKEYS_SESSIONS: readonly Session[] = [
  {
    name: "nothing to do, without any key",
    fixtures: { "f.yaml": YAML },
    texts: { ".sops.yaml": flat(ALICE) },
    people: [],
    steps: [UPDATE, { words: ["updatekeys", "f.yaml"] }],
  },
  {
    name: "a reader added",
    fixtures: { "f.yaml": YAML },
    texts: { ".sops.yaml": flat(ALICE, BOB) },
    steps: [UPDATE, UPDATE],
  },
  {
    name: "a reader removed and one added",
    fixtures: { "f.yaml": { ...YAML, arguments: ["--age", `${BOB},${ALICE}`] } },
    texts: { ".sops.yaml": flat(ALICE, CAROL) },
    steps: [{ words: ["updatekeys", "--yes", "f.yaml"] }],
  },
  {
    name: "other formats",
    fixtures: {
      "f.json": { plain: '{"a": 1}' },
      "f.env": { plain: "A=1\n" },
      "f.ini": { plain: "[s]\na = 1\n" },
      "f.bin": { plain: "bytes" },
    },
    texts: { ".sops.yaml": flat(ALICE, BOB) },
    steps: [{ words: ["updatekeys", "-y", "f.json", "f.env", "f.ini", "f.bin"] }],
    files: { "f.bin": BINARY_RULE },
  },
  {
    name: "--input-type and --config",
    fixtures: {
      "f.txt": { plain: "A=1\n", arguments: ["--input-type", "dotenv", "--output-type", "dotenv"] },
    },
    texts: { rules: flat(ALICE, BOB) },
    steps: [{ words: ["--config", "rules", "updatekeys", "-y", "--input-type", "dotenv", "f.txt"] }],
    files: { "f.txt": { because: "sops decrypt takes the name for binary", conclave: "values" } },
  },
  {
    name: "yes on standard input",
    fixtures: { "f.yaml": YAML },
    texts: { ".sops.yaml": flat(ALICE, BOB) },
    steps: [{ words: ["updatekeys", "f.yaml"], input: "y\n" }],
  },
  {
    name: "no on standard input",
    fixtures: { "f.yaml": YAML },
    texts: { ".sops.yaml": flat(ALICE, BOB) },
    steps: [{ words: ["updatekeys", "f.yaml"], input: "n\n" }],
  },
  {
    name: "something else, then yes",
    fixtures: { "f.yaml": YAML },
    texts: { ".sops.yaml": flat(ALICE, BOB) },
    steps: [{ words: ["updatekeys", "f.yaml"], input: "what\nY\ny\n" }],
  },
  {
    name: "an answer for each of two files",
    fixtures: { "f.yaml": YAML, "g.yaml": YAML },
    texts: { ".sops.yaml": flat(ALICE, BOB) },
    steps: [{ words: ["updatekeys", "f.yaml", "g.yaml"], input: "n\ny\n" }],
  },
  {
    name: "no answer",
    fixtures: { "f.yaml": YAML },
    texts: { ".sops.yaml": flat(ALICE, BOB) },
    steps: [{ words: ["updatekeys", "f.yaml"] }, { words: ["updatekeys", "f.yaml"], input: "\n" }],
  },
  {
    name: "a reader more in a group",
    fixtures: { "f.yaml": { ...YAML, global: ["--config", "rules"] } },
    people: ["alice", "bob"],
    texts: {
      rules: grouped(2, "alice", "bob"),
      ".sops.yaml": `creation_rules:\n  - shamir_threshold: 2\n    key_groups:\n      - age: [${ALICE}, ${CAROL}]\n      - age: [${BOB}]\n`,
    },
    steps: [UPDATE],
  },
  {
    name: "a group goes, and the threshold with it",
    fixtures: { "f.yaml": { ...YAML, global: ["--config", "rules"] } },
    people: ["alice", "bob", "carol"],
    texts: { rules: grouped(3, "alice", "bob", "carol"), ".sops.yaml": grouped(2, "alice", "bob") },
    steps: [UPDATE],
  },
  {
    name: "a rule without a threshold keeps the file's",
    fixtures: { "f.yaml": { ...YAML, global: ["--config", "rules"] } },
    people: ["alice", "bob", "carol"],
    texts: {
      rules: grouped(2, "alice", "bob", "carol"),
      ".sops.yaml": grouped(null, "alice", "bob", "dave"),
    },
    steps: [UPDATE, UPDATE],
  },
  {
    name: "one group becomes three, with no threshold named",
    fixtures: { "f.yaml": YAML },
    people: ["alice", "bob", "carol"],
    texts: { ".sops.yaml": grouped(null, "alice", "bob", "carol") },
    steps: [UPDATE, UPDATE],
  },

  {
    name: "no configuration",
    fixtures: { "f.yaml": YAML },
    steps: [UPDATE, { words: ["updatekeys"] }],
  },
  {
    name: "no file, one that is not there, one that is not encrypted",
    fixtures: { "f.yaml": YAML },
    texts: { ".sops.yaml": flat(ALICE), "plain.yaml": "a: 1\n", "broken.yaml": "a: [\n" },
    steps: [
      { words: ["updatekeys"] },
      { words: ["updatekeys", "-y", "gone.yaml"] },
      { words: ["updatekeys", "-y", "plain.yaml"] },
      { words: ["updatekeys", "-y", "broken.yaml"] },
      { words: ["updatekeys", "-y", "."] },
      { words: ["updatekeys", "-y", "gone.yaml", "f.yaml"] },
    ],
  },
  {
    name: "a configuration with no rule for it, or none at all",
    fixtures: { "f.yaml": YAML },
    texts: {
      ".sops.yaml": `creation_rules:\n  - path_regex: ^x\n    age: ${ALICE}\n`,
      none: "stores:\n  yaml:\n    indent: 2\n",
    },
    steps: [UPDATE, { words: ["--config", "none", "updatekeys", "-y", "f.yaml"] }],
  },
  {
    name: "a stranger",
    fixtures: { "f.yaml": YAML },
    texts: { ".sops.yaml": flat(ALICE, BOB) },
    people: ["bob"],
    steps: [UPDATE],
  },
  {
    name: "the threshold flag, which updatekeys has not",
    fixtures: { "f.yaml": YAML },
    texts: { ".sops.yaml": flat(ALICE, BOB) },
    steps: [
      {
        words: ["updatekeys", "--shamir-secret-sharing-threshold", "2", "-y", "f.yaml"],
        differs: {
          because: "sops takes it for the name of a file, beside f.yaml",
          sops: 1,
          conclave: 1,
          stdout: /^$/,
        },
      },
    ],
    files: { "f.yaml": { because: "nothing is written", conclave: "unchanged" } },
  },

  {
    name: "one group becomes three, and the configuration says 2",
    fixtures: { "f.yaml": YAML },
    people: ["alice", "bob", "carol"],
    texts: { ".sops.yaml": grouped(2, "alice", "bob", "carol") },
    steps: [
      {
        ...UPDATE,
        differs: {
          because: "sops passes over the configuration's threshold and makes it 3 (R48)",
          sops: 0,
          conclave: 0,
          stdout:
            /^The following changes will be made to the file's groups:\n\+\+\+ shamir_threshold: 2\nGroup 1\n/,
        },
      },
    ],
    files: {
      "f.yaml": {
        because: "the configuration's threshold counts",
        conclave: { says: /shamir_threshold: 2\n/ },
      },
    },
  },
  {
    name: "groups become one",
    fixtures: { "f.yaml": { ...YAML, global: ["--config", "rules"] } },
    people: ["alice", "bob"],
    texts: { rules: grouped(2, "alice", "bob"), ".sops.yaml": flat(ALICE) },
    steps: [
      {
        ...UPDATE,
        differs: {
          because: "sops leaves a threshold of 1, at which the next group makes the file unreadable (R49)",
          sops: 0,
          conclave: 0,
          stdout: /groups:\n--- shamir_threshold: 2\nGroup 1\n/,
        },
      },
    ],
    files: {
      "f.yaml": {
        because: "one group has no threshold",
        conclave: { says: /mac: ENC/, saysNot: /shamir_threshold/ },
      },
    },
  },
  {
    name: "an altered file",
    fixtures: {
      "f.yaml": { ...YAML, alter: (text) => text.replace("open_unencrypted: 1", "open_unencrypted: 2") },
    },
    texts: { ".sops.yaml": flat(ALICE, BOB) },
    steps: [
      { ...UPDATE, differs: { because: "sops wraps anew what it has not verified", sops: 0, conclave: 51 } },
    ],
    files: { "f.yaml": { because: "nothing is written", conclave: "unchanged" } },
  },
]
