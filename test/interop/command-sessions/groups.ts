/** Sessions of `sops groups add` and `sops groups delete`. */

import type { Session } from "../command-session.ts"
import { recipientOf } from "../keys.ts"
import { YAML } from "./set.ts"

const [ALICE, BOB, CAROL] = [recipientOf("alice"), recipientOf("bob"), recipientOf("carol")]

const THREE = {
  texts: {
    rules: [
      "creation_rules:",
      "  - shamir_threshold: 2",
      "    key_groups:",
      ...[ALICE, BOB, CAROL].map((recipient) => `      - age: [${recipient}]`),
      "",
    ].join("\n"),
  },
  fixtures: { "f.yaml": { ...YAML, global: ["--config", "rules"] } },
  people: ["alice", "bob", "carol"],
} as const

function onOne(name: string, ...words: string[]): Session {
  return {
    name,
    fixtures: { "f.yaml": YAML },
    people: ["alice", "bob"],
    steps: [{ words: ["groups", ...words] }],
  }
}

const STATIC = "sops' script runs sops at every key; ours is static"

export const COMPLETION_SESSIONS: readonly Session[] = [
  {
    name: "scripts for bash and zsh",
    steps: [
      {
        words: ["completion", "bash"],
        differs: { because: STATIC, sops: 0, conclave: 0, stdout: /complete -o default .* sops\n$/ },
      },
      {
        words: ["completion", "zsh"],
        differs: { because: STATIC, sops: 0, conclave: 0, stdout: /^#compdef sops\n/ },
      },
    ],
  },
  {
    name: "no shell, and shells that sops does not know",
    steps: [
      {
        words: ["completion"],
        differs: { because: "help is ours", sops: 0, conclave: 0, stdout: /bash\n {3}zsh\n/ },
      },
      { words: ["completion", "fish"] },
      { words: ["completion", "zork"] },
    ],
  },
]

export const GROUPS_SESSIONS: readonly Session[] = [
  onOne("add to standard output", "add", "--file", "f.yaml", "--age", BOB),
  onOne("add in place", "add", "-f", "f.yaml", "-i", "--age", BOB),
  onOne(
    "add several keys, also in one word",
    "add",
    "-f",
    "f.yaml",
    "--in-place",
    "--age",
    BOB,
    "--age",
    `${CAROL},${ALICE}`,
  ),
  {
    name: "add with a threshold, then another one",
    fixtures: { "f.yaml": YAML },
    people: ["alice", "bob"],
    steps: [
      {
        words: [
          "groups",
          "add",
          "-f",
          "f.yaml",
          "-i",
          "--age",
          BOB,
          "--shamir-secret-sharing-threshold",
          "2",
        ],
      },
      { words: ["groups", "add", "-f", "f.yaml", "-i", "--age", CAROL] },
    ],
  },
  {
    ...THREE,
    name: "delete to standard output, in place, and with a threshold",
    steps: [
      { words: ["groups", "delete", "-f", "f.yaml", "0"] },
      { words: ["groups", "delete", "-f", "f.yaml", "-i", "1"] },
      { words: ["groups", "delete", "-f", "f.yaml", "-i", "1"] },
    ],
  },
  {
    name: "the group's own help",
    steps: [
      {
        words: ["groups"],
        differs: { because: "help is ours", sops: 0, conclave: 0, stdout: /add\n {3}delete\n/ },
      },
    ],
  },
  { name: "a word that is no command of groups", steps: [{ words: ["groups", "zork"] }] },

  onOne("add with an argument", "add", "-f", "f.yaml", "--age", BOB, "x"),
  onOne("add without a file", "add", "--age", BOB),
  onOne("add to a file that is not there", "add", "-f", "gone.yaml", "--age", BOB),
  onOne("delete without an index", "delete", "-f", "f.yaml"),
  onOne("delete with a word for an index", "delete", "-f", "f.yaml", "x"),
  onOne("delete with a negative index", "delete", "-f", "f.yaml", "--", "-1"),
  onOne("delete with a flag of add", "delete", "-f", "f.yaml", "--age", BOB, "0"),
  {
    name: "a file that is not encrypted",
    texts: { "plain.yaml": "a: 1\n" },
    steps: [
      { words: ["groups", "add", "-f", "plain.yaml", "--age", BOB] },
      { words: ["groups", "delete", "-f", "plain.yaml", "0"] },
    ],
  },
  {
    name: "a stranger",
    fixtures: { "f.yaml": YAML },
    people: ["bob"],
    steps: [
      { words: ["groups", "add", "-f", "f.yaml", "--age", BOB] },
      { words: ["groups", "delete", "-f", "f.yaml", "0"] },
    ],
  },

  {
    name: "add of a recipient that is none",
    fixtures: { "f.yaml": YAML },
    steps: [
      {
        words: ["groups", "add", "-f", "f.yaml", "-i", "--age", "nonsense"],
        differs: {
          because: "sops says so, goes on, and leaves a file that nobody can open (R50)",
          sops: 0,
          conclave: 1,
        },
      },
    ],
    files: { "f.yaml": { because: "nothing is written", conclave: "unchanged" } },
  },
  {
    name: "add of a key that cannot be wrapped for",
    fixtures: { "f.yaml": YAML },
    steps: [
      {
        words: ["groups", "add", "-f", "f.yaml", "-i", "--age", BOB, "--pgp", "ABCDEF"],
        differs: { because: "sops writes the key without a share", sops: 0, conclave: 1 },
      },
    ],
    files: { "f.yaml": { because: "nothing is written", conclave: "unchanged" } },
  },
  {
    name: "add of a group without keys",
    fixtures: { "f.yaml": YAML },
    steps: [
      {
        words: ["groups", "add", "-f", "f.yaml", "-i"],
        differs: { because: "sops writes the empty group, whose share is lost", sops: 0, conclave: 1 },
      },
    ],
    files: { "f.yaml": { because: "nothing is written", conclave: "unchanged" } },
  },
  {
    name: "add with a threshold that no split can have",
    fixtures: { "f.yaml": YAML },
    steps: [
      {
        words: [
          "groups",
          "add",
          "-f",
          "f.yaml",
          "-i",
          "--age",
          BOB,
          "--shamir-secret-sharing-threshold",
          "5",
        ],
        differs: { because: "sops writes the file without the shares", sops: 0, conclave: 1 },
      },
    ],
    files: { "f.yaml": { because: "nothing is written", conclave: "unchanged" } },
  },
  {
    name: "add after a threshold of 1 was left behind (R49)",
    fixtures: {
      "f.yaml": {
        ...YAML,
        alter: (text) => text.replace(/(\n {4}unencrypted_suffix)/, "\n    shamir_threshold: 1$1"),
      },
    },
    people: ["alice", "bob"],
    steps: [{ words: ["groups", "add", "-f", "f.yaml", "-i", "--age", BOB] }],
    files: {
      "f.yaml": {
        because: "sops leaves a file that nobody can open",
        conclave: { says: /shamir_threshold: 2\n/ },
      },
    },
  },
  {
    ...THREE,
    name: "delete of a group that is not there",
    steps: [
      {
        words: ["groups", "delete", "-f", "f.yaml", "-i", "9"],
        differs: { because: "sops crashes here (R51)", sops: 2, conclave: 1 },
      },
    ],
  },
  {
    name: "delete of the last group",
    fixtures: { "f.yaml": YAML },
    steps: [
      {
        words: ["groups", "delete", "-f", "f.yaml", "-i", "0"],
        differs: { because: "sops writes a file without any key", sops: 0, conclave: 1 },
      },
    ],
    files: { "f.yaml": { because: "nothing is written", conclave: "unchanged" } },
  },
  {
    ...THREE,
    name: "delete down to one group",
    steps: [
      { words: ["groups", "delete", "-f", "f.yaml", "-i", "2"] },
      { words: ["groups", "delete", "-f", "f.yaml", "-i", "--shamir-secret-sharing-threshold", "1", "1"] },
    ],
    files: {
      "f.yaml": {
        because: "sops leaves a threshold of 1, at which the next group makes the file unreadable",
        conclave: { says: /mac: ENC/, saysNot: /shamir_threshold/ },
      },
    },
  },
]
