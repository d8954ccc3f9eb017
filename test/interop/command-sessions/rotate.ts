/** Sessions of `sops rotate` and `sops -r`. */

import type { Session } from "../command-session.ts"
import { recipientOf } from "../keys.ts"
import { BINARY_RULE, YAML } from "./set.ts"

const [ALICE, BOB, CAROL] = [recipientOf("alice"), recipientOf("bob"), recipientOf("carol")]
const FOR_TWO = { ...YAML, arguments: ["--age", `${ALICE},${BOB}`] }

function rotates(name: string, words: readonly string[], fixture = YAML): Session {
  return { name, fixtures: { "f.yaml": fixture }, steps: [{ words }] }
}

export const ROTATE_SESSIONS: readonly Session[] = [
  rotates("to standard output", ["rotate", "f.yaml"]),
  rotates("in place", ["rotate", "-i", "f.yaml"]),
  rotates("to another file", ["rotate", "--output", "g.yaml", "f.yaml"]),
  rotates("as another format", ["rotate", "--output-type", "json", "f.yaml"]),
  rotates("with --indent", ["--indent", "2", "rotate", "f.yaml"]),
  rotates("with a kind of key that is none", ["rotate", "--decryption-order", "zork", "f.yaml"]),
  rotates("a comment and several documents", ["rotate", "-i", "f.yaml"], {
    plain: "# top\na: 1\n---\nb: 2.5\nc:\n    - x\n",
  }),
  rotates("mac_only_encrypted", ["rotate", "-i", "f.yaml"], { ...YAML, global: ["--mac-only-encrypted"] }),
  rotates("encrypted_regex", ["rotate", "-i", "f.yaml"], {
    ...YAML,
    arguments: ["--encrypted-regex", "^a$"],
  }),
  {
    name: "other formats, by name and by --input-type",
    fixtures: {
      "f.json": { plain: '{"a": [1, 2.5, "x", null]}' },
      "f.env": { plain: "A=1\n# note\nB=2\n" },
      "f.ini": { plain: "[s]\n; note\na = 1\n" },
      "f.bin": { plain: "bytes" },
      "f.txt": { plain: "A=1\n", arguments: ["--input-type", "dotenv", "--output-type", "dotenv"] },
    },
    steps: [
      { words: ["rotate", "-i", "f.json"] },
      { words: ["rotate", "-i", "f.env"] },
      { words: ["rotate", "-i", "f.ini"] },
      { words: ["rotate", "-i", "f.bin"] },
      { words: ["rotate", "--input-type", "dotenv", "--output-type", "dotenv", "-i", "f.txt"] },
      { words: ["rotate", "--filename-override", "x.env", "-i", "f.txt"] },
      { words: ["rotate", "f.env", "-i"] },
    ],
    files: { "f.bin": BINARY_RULE },
  },
  {
    name: "adding and removing readers",
    fixtures: { "f.yaml": YAML },
    steps: [
      { words: ["rotate", "-i", "--add-age", `${BOB},${CAROL}`, "f.yaml"] },
      { words: ["rotate", "-i", "--rm-age", CAROL, "f.yaml"] },
      { words: ["rotate", "-i", "--add-age", CAROL, "--rm-age", BOB, "f.yaml"] },
      { words: ["rotate", "-i", "--rm-age", BOB, "f.yaml"] },
    ],
  },
  {
    name: "readers of groups",
    fixtures: { "f.yaml": { ...YAML, global: ["--config", "rules"] } },
    texts: {
      rules: `creation_rules:\n  - key_groups:\n      - age: [${ALICE}]\n      - age: [${BOB}]\n`,
    },
    people: ["alice", "bob"],
    steps: [
      { words: ["rotate", "-i", "--add-age", CAROL, "f.yaml"] },
      { words: ["rotate", "-i", "--rm-age", CAROL, "f.yaml"] },
    ],
  },
  {
    name: "-r, in its forms",
    fixtures: { "f.yaml": FOR_TWO },
    steps: [
      { words: ["-r", "f.yaml"] },
      { words: ["--rotate", "-i", "f.yaml"] },
      { words: ["-r=true", "--rm-age", BOB, "-i", "f.yaml"] },
      { words: ["-rotate", "-add-age", CAROL, "--output", "g.yaml", "f.yaml"] },
    ],
  },
  {
    name: "a configuration without a rule for the file: no matter to rotate, an error to -r",
    fixtures: { "f.yaml": YAML },
    texts: { ".sops.yaml": `creation_rules:\n  - path_regex: ^x\n    age: ${ALICE}\n` },
    steps: [{ words: ["rotate", "-i", "f.yaml"] }, { words: ["-r", "-i", "f.yaml"] }],
  },
  {
    name: "a reader whom no rule names keeps access, as in sops",
    fixtures: { "f.yaml": FOR_TWO },
    texts: { ".sops.yaml": `creation_rules:\n  - age: ${ALICE}\n` },
    steps: [{ words: ["rotate", "-i", "f.yaml"] }],
  },

  rotates("no file", ["rotate"]),
  rotates("-i and --output", ["rotate", "-i", "--output", "x", "f.yaml"]),
  rotates("a file that is not there", ["rotate", "gone.yaml"]),
  rotates("-r and a file that is not there", ["-r", "gone.yaml"]),
  rotates("keys for a file that is not there", ["rotate", "--add-age", BOB, "gone.yaml"]),
  rotates("-r and keys for a file that is not there", ["-r", "--rm-age", BOB, "gone.yaml"]),
  rotates("a recipient that is none", ["rotate", "-i", "--add-age", "nonsense", "f.yaml"]),
  rotates("a PGP key that is not there", ["rotate", "-i", "--add-pgp", "ABCDEF", "f.yaml"]),
  rotates("an ARN that is none", ["rotate", "-i", "--add-kms", "arn:nonsense", "f.yaml"]),
  rotates("a vault that is none", ["rotate", "-i", "--add-hc-vault-transit", "nonsense", "f.yaml"]),
  rotates("an Azure key that is none", ["rotate", "-i", "--rm-azure-kv", "nonsense", "f.yaml"]),
  rotates("all readers removed", ["rotate", "-i", "--rm-age", ALICE, "f.yaml"]),
  rotates("--ignore-mac, which rotate has not", ["rotate", "--ignore-mac", "f.yaml"]),
  rotates("a kind of key twice in the order", ["rotate", "--decryption-order", "age,age", "f.yaml"]),
  rotates("no MAC", ["rotate", "-i", "f.yaml"], {
    ...YAML,
    alter: (text) => text.replace(/mac: .*/, 'mac: ""'),
  }),
  {
    name: "a stranger",
    fixtures: { "f.yaml": YAML },
    people: ["bob"],
    steps: [{ words: ["rotate", "-i", "f.yaml"] }],
  },
  {
    name: "a reader who is there already",
    fixtures: { "f.yaml": YAML },
    steps: [{ words: ["rotate", "-i", "--add-age", ALICE, "f.yaml"] }],
    files: {
      "f.yaml": {
        because: "sops lists the key twice, and crashes when it is to remove it",
        conclave: "values",
      },
    },
  },
  {
    name: "two readers at a time",
    fixtures: { "f.yaml": { ...YAML, arguments: ["--age", `${ALICE},${BOB},${CAROL}`] } },
    steps: [{ words: ["rotate", "-i", "--rm-age", `${CAROL},${BOB}`, "f.yaml"] }],
  },
]
