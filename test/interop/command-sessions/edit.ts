/** Sessions of `sops edit` and of `sops` with a file name alone; sed is the editor. */

import type { Fixture, Session, Step } from "../command-session.ts"
import { recipientOf } from "../keys.ts"
import { BINARY_RULE } from "./set.ts"

const ALICE = recipientOf("alice")
const BOB = recipientOf("bob")
const KEY = ["--age", ALICE]

const YAML: Fixture = {
  plain: '# top\na:\n    b: one\n    c: 2\nl:\n    - x\n    - "y"\n\nn: null # none\nopen_unencrypted: 1\n',
}

/** An editor that is a command of sed on the file. */
function sed(command: string): { readonly EDITOR: string } {
  return { EDITOR: `sed -i -e '${command}'` }
}

function edits(name: string, command: string, file = "f.yaml", fixture = YAML, ...flags: string[]): Session {
  return {
    name,
    fixtures: { [file]: fixture },
    steps: [{ words: ["edit", ...flags, file], env: sed(command) }, shows(file, flags)],
  }
}

function shows(file: string, flags: readonly string[]): Step {
  const at = flags.indexOf("--input-type")
  return { words: ["decrypt", ...(at < 0 ? [] : flags.slice(at, at + 4)), file] }
}

/** A file that is not there yet; only its first line is changed. */
function creates(
  name: string,
  file: string,
  flags: readonly string[] = KEY,
  more: Partial<Session> = {},
): Session {
  return {
    name,
    made: [file],
    steps: [{ words: ["edit", ...flags, file], env: sed("s/Welcome to SOPS/Hello/") }, shows(file, flags)],
    ...more,
  }
}

function once(name: string, step: Step, fixture: Fixture = YAML): Session {
  return { name, fixtures: { "f.yaml": fixture }, steps: [step] }
}

const CONFIG = `creation_rules:\n  - path_regex: x[.]yaml$\n    age: ${BOB}\n  - path_regex: f[.]\n    age: ${ALICE}\n    encrypted_regex: ^hello$\n`

export const EDIT_SESSIONS: readonly Session[] = [
  edits("a text", "s/one/two/"),
  edits("a number", "s/c: 2/c: 3/"),
  edits("a new key and a new item", "s/- x/- x\\n    - new/; s/^n: null/m: {k: v, e: []}\\nn: null/"),
  edits("a key that goes", "/b: one/d"),
  edits("a key with another name", "s/b: one/renamed: one/"),
  edits("a comment", "s/# top/# other/"),
  edits("a type", 's/c: 2/c: "2"/'),
  edits("JSON", "s/one/two/", "f.json", { plain: '{"a": {"b": "one"}, "l": [1, 2.5, "x"]}' }),
  edits("dotenv", "s/one/two/", "f.env", { plain: "# note\nA=one\nB=b\n" }),
  edits("INI", "s/one/two/", "f.ini", { plain: "[s]\na = one\nb = b\n" }),
  {
    ...edits("a binary file", "s/some/other/", "f.bin", { plain: "some\nbytes" }),
    files: { "f.bin": BINARY_RULE },
  },
  {
    ...edits("a text beside an integral float", "s/one/two/", "f.yaml", { plain: "a: one\nf: 2.0\n" }),
    files: {
      "f.yaml": { because: "sops makes an int of it, whose value nobody has changed", conclave: "values" },
    },
  },
  edits("several documents", "s/a: 2/a: 3/", "f.yaml", { plain: "a: 1\n---\na: 2\n" }),
  edits(
    "with --input-type",
    "s/one/two/",
    "f.txt",
    { plain: "a: one\n", arguments: ["--input-type", "yaml", "--output-type", "yaml"] },
    "--input-type",
    "yaml",
    "--output-type",
    "yaml",
  ),
  edits("with --indent", "s/one/two/", "f.yaml", YAML),
  edits("with --decryption-order", "s/one/two/", "f.yaml", YAML, "--decryption-order", "age,pgp"),
  edits(
    "with a kind twice in --decryption-order",
    "s/one/two/",
    "f.yaml",
    YAML,
    "--decryption-order",
    "age,age",
  ),
  edits("with keys named, which only a new file is for", "s/one/two/", "f.yaml", YAML, "--age", BOB),
  {
    name: "the same twice, and back",
    fixtures: { "f.yaml": YAML },
    steps: [
      { words: ["edit", "f.yaml"], env: sed("s/one/two/") },
      { words: ["edit", "f.yaml"], env: sed("s/two/three/") },
      { words: ["f.yaml"], env: sed("s/three/one/") },
      { words: ["decrypt", "f.yaml"] },
    ],
  },
  once("nothing", { words: ["edit", "f.yaml"], env: { EDITOR: "true" } }),
  once("nothing, in the oldest form", { words: ["f.yaml"], env: { EDITOR: "true" } }),
  once("an editor that fails", { words: ["edit", "f.yaml"], env: { EDITOR: "false" } }),
  once("an editor that is not there", { words: ["edit", "f.yaml"], env: { EDITOR: "no-such-editor" } }),
  once("an editor whose quotes do not close", { words: ["edit", "f.yaml"], env: { EDITOR: "sed 's/" } }),
  once("SOPS_EDITOR before EDITOR", {
    words: ["edit", "f.yaml"],
    env: { SOPS_EDITOR: "true", EDITOR: "false" },
  }),
  once("words in quotes", {
    words: ["edit", "f.yaml"],
    env: { EDITOR: `sh -c 'sed -i "s/one/two \\"three\\"/" "$0"'` },
  }),
  once("a file under another name", {
    words: ["--filename-override", "f.yaml", "f.yaml"],
    env: sed("s/one/two/"),
  }),
  once("no file", { words: ["edit"] }),
  once("more files than one", { words: ["edit", "f.yaml", "g.yaml"], env: sed("s/one/two/") }),
  once("without an identity", { words: ["edit", "f.yaml"], env: { ...sed("s/one/two/"), SOPS_AGE_KEY: "" } }),
  once("a flag that is none", { words: ["edit", "--no-such", "f.yaml"] }),
  once(
    "a changed MAC",
    { words: ["edit", "f.yaml"], env: sed("s/one/two/") },
    { ...YAML, alter: (text) => text.replace("open_unencrypted: 1", "open_unencrypted: 2") },
  ),
  once(
    "a changed MAC, ignored",
    { words: ["edit", "--ignore-mac", "f.yaml"], env: sed("s/one/two/") },
    { ...YAML, alter: (text) => text.replace("open_unencrypted: 1", "open_unencrypted: 2") },
  ),
  {
    name: "the keys beside the values",
    fixtures: { "f.yaml": YAML },
    steps: [
      {
        words: ["edit", "--show-master-keys", "f.yaml"],
        env: sed("s/one/two/"),
        differs: { because: "sops throws the edit away and says nothing", sops: 0, conclave: 1 },
      },
      {
        words: ["-s", "f.yaml"],
        env: sed("s/one/two/"),
        differs: { because: "sops throws the edit away and says nothing", sops: 0, conclave: 1 },
      },
    ],
    files: { "f.yaml": { because: "sops writes the file anew", conclave: "unchanged" } },
  },
  {
    name: "a file that is not encrypted",
    texts: { "f.yaml": "a: 1\n" },
    steps: [{ words: ["edit", "f.yaml"], env: sed("s/1/2/") }],
  },

  creates("a new YAML file", "n.yaml"),
  creates("a new JSON file", "n.json"),
  creates("a new dotenv file", "n.env"),
  creates("a new INI file", "n.ini"),
  creates("a new binary file", "n.bin"),
  creates("a new file for two", "n.yaml", ["--age", `${ALICE},${BOB}`]),
  creates("a new file by a rule of suffix", "n.yaml", [...KEY, "--encrypted-suffix", "_key"]),
  creates("a new file by a rule of clear suffix", "n.yaml", [...KEY, "--unencrypted-suffix", "_key"]),
  creates("a new file by a regex", "n.yaml", [...KEY, "--encrypted-regex", "^example"]),
  creates("a new file by a regex for what stays clear", "n.yaml", [
    ...KEY,
    "--unencrypted-regex",
    "^example",
  ]),
  creates("a new file of another type", "n.txt", [...KEY, "--input-type", "yaml", "--output-type", "yaml"]),
  {
    ...creates("a new file with a threshold, which one group has no use for", "n.yaml", [
      ...KEY,
      "--shamir-secret-sharing-threshold",
      "1",
    ]),
    files: {
      "n.yaml": { because: "sops stores it, and breaks the file when a group is added", conclave: "values" },
    },
  },
  {
    name: "a new file by variables and global flags",
    texts: { "other.yaml": CONFIG },
    made: ["n.yaml", "f.json"],
    steps: [
      {
        words: ["--mac-only-encrypted", "edit", "--encrypted-regex", "^hello$", "n.yaml"],
        env: { ...sed("s/Welcome/Hello/"), SOPS_AGE_RECIPIENTS: ALICE },
      },
      { words: ["decrypt", "n.yaml"] },
      { words: ["--config", "other.yaml", "edit", "f.json"], env: sed("s/Welcome/Hello/") },
      { words: ["decrypt", "f.json"] },
    ],
  },
  {
    name: "to another format, which JSON read as YAML can be",
    fixtures: { "f.yaml": YAML },
    steps: [
      { words: ["edit", "--output-type", "json", "f.yaml"], env: sed("s/one/two/") },
      { words: ["decrypt", "--input-type", "json", "--output-type", "json", "f.yaml"] },
    ],
  },
  creates("a new file with keys of the configuration", "f.yaml", [], { texts: { ".sops.yaml": CONFIG } }),
  creates("a new file that no rule matches", "n.yaml", [], { texts: { ".sops.yaml": CONFIG } }),
  creates("a new file without keys", "n.yaml", []),
  {
    name: "a new file in the oldest form, by another name",
    texts: { ".sops.yaml": CONFIG },
    made: ["n.yaml"],
    steps: [
      { words: ["--filename-override", "f.yaml", "n.yaml"], env: sed("s/Welcome/Hello/") },
      { words: ["decrypt", "n.yaml"] },
    ],
  },
  {
    name: "a new file whose example is left alone",
    made: ["n.yaml"],
    steps: [{ words: ["edit", ...KEY, "n.yaml"], env: { EDITOR: "true" } }],
  },
  {
    name: "a file that no rule matches, in both forms",
    texts: { ".sops.yaml": `creation_rules:\n  - path_regex: other\n    age: ${ALICE}\n` },
    fixtures: { "f.yaml": YAML },
    steps: [
      { words: ["edit", "f.yaml"], env: sed("s/one/two/") },
      { words: ["f.yaml"], env: sed("s/two/three/") },
    ],
  },
]
