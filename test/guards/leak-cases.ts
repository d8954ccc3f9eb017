/** Every command, and every way in which one can fail, on files whose secrets are canaries. */

import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { recipientOf } from "../interop/keys.ts"

export type Secrets = {
  /** Of a value: letters and digits. */
  readonly text: string
  readonly digits: string
  /** Of the identity that opens the files, and of its passphrase. */
  readonly identity: string
  readonly recipient: string
}

export type LeakCase = {
  readonly name: string
  readonly words: readonly string[]
  readonly status: number | "any"
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** Whether the values are what was asked for on standard output. */
  readonly shows?: boolean
  /** Files that are plaintext afterwards because that was asked for. */
  readonly leaves?: readonly string[]
  readonly prepare?: (folder: string) => void
}

/** The files that each case starts from. */
export function writeFixtures(folder: string, { text, digits, identity, recipient }: Secrets): void {
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content)
  write("plain.yaml", `# ${text}\nsecret: ${text}\nnumber: ${digits}\nlist:\n    - ${text}1\n`)
  write("plain.json", JSON.stringify({ secret: text, list: [text] }))
  write("plain.env", `SECRET=${text}\nNUMBER=${digits}\n`)
  write("plain.ini", `[s]\nsecret = ${text}\n`)
  write("plain.bin", `${text}\0${digits}`)
  write("plain-keys.txt", `${identity}\n`)
  write(".sops.yaml", `creation_rules:\n  - age: ${recipient}\n`)
}

const FORMATS = ["yaml", "json", "env", "ini", "bin"] as const
const BOB = recipientOf("bob")
const NOBODY = { SOPS_AGE_KEY_FILE: "" }

function change(name: string, by: (text: string) => string): (folder: string) => void {
  return (folder) => {
    const path = join(folder, name)
    const before = readFileSync(path, "utf8")
    const after = by(before)
    if (after === before) throw new Error(`${name} is as it was`)
    writeFileSync(path, after)
  }
}

function put(name: string, text: string): (folder: string) => void {
  return (folder) => writeFileSync(join(folder, name), text)
}

/** What works, and shows no value. */
function quietWork({ text, recipient }: Secrets): LeakCase[] {
  const ok = { status: 0 }
  return [
    ...FORMATS.flatMap((format): LeakCase[] => [
      { name: `encrypt ${format}`, words: ["encrypt", `plain.${format}`], ...ok },
      { name: `encrypt ${format} in place`, words: ["encrypt", "-i", `plain.${format}`], ...ok },
      {
        name: `decrypt ${format} in place`,
        words: ["decrypt", "-i", `a.${format}`],
        leaves: [`a.${format}`],
        ...ok,
      },
      { name: `filestatus of ${format}`, words: ["filestatus", `a.${format}`], ...ok },
    ]),
    {
      name: "encrypt from standard input",
      words: ["encrypt", "--filename-override", "x.yaml"],
      input: `a: ${text}\n`,
      ...ok,
    },
    { name: "encrypt to a file", words: ["encrypt", "-o", "out.yaml", "plain.yaml"], ...ok },
    {
      name: "encrypt only some",
      words: ["encrypt", "--canonical", "--encrypted-regex", "secret|list", "plain.json"],
      ...ok,
    },
    {
      name: "decrypt to a file",
      words: ["decrypt", "-o", "out.yaml", "a.yaml"],
      leaves: ["out.yaml"],
      ...ok,
    },
    { name: "sops encrypt", words: ["sops", "encrypt", "plain.yaml"], ...ok },
    { name: "sops -e -i", words: ["sops", "-e", "-i", "plain.yaml"], ...ok },
    { name: "sops -d -i", words: ["sops", "-d", "-i", "a.yaml"], leaves: ["a.yaml"], ...ok },
    { name: "sops filestatus", words: ["sops", "filestatus", "a.yaml"], ...ok },
    { name: "ls", words: ["ls", "a.yaml"], ...ok },
    {
      name: "set from standard input",
      words: ["set", "a.yaml", "secret", "--stdin"],
      input: `${text}new`,
      ...ok,
    },
    { name: "set from a file", words: ["set", "a.yaml", "new", "--value-file", "plain-keys.txt"], ...ok },
    { name: "unset", words: ["unset", "a.yaml", "secret"], ...ok },
    { name: "rekey", words: ["rekey", "--add-age", BOB, "a.yaml"], ...ok },
    { name: "groups add", words: ["groups", "add", "--age", BOB, "a.yaml"], ...ok },
    {
      name: "updatekeys",
      words: ["updatekeys", "--yes", "a.yaml"],
      prepare: put(".sops.yaml", `creation_rules:\n  - age: ${recipient},${BOB}\n`),
      ...ok,
    },
    { name: "identity show", words: ["identity", "show", "plain-keys.txt"], ...ok },
    { name: "identity list", words: ["identity", "list"], ...ok },
    { name: "doctor", words: ["doctor", "a.yaml"], status: "any" },
    { name: "exec-env", words: ["exec-env", "a.env", "true"], ...ok },
    { name: "exec-file", words: ["exec-file", "a.yaml", "cat {} > /dev/null"], ...ok },
    { name: "sops exec-file", words: ["sops", "exec-file", "a.yaml", "cat {} > /dev/null"], ...ok },
    { name: "edit without a change", words: ["edit", "a.yaml"], env: { EDITOR: "true" }, status: "any" },
    {
      name: "edit with a change",
      words: ["edit", "a.yaml"],
      env: { EDITOR: "sed -i s/list/items/" },
      status: "any",
    },
    {
      name: "edit with an error",
      words: ["edit", "a.yaml"],
      env: { EDITOR: "sed -i s/list:/[/" },
      status: "any",
    },
    { name: "unlock --status", words: ["unlock", "--status"], status: "any" },
    { name: "lock", words: ["lock"], status: "any" },
  ]
}

/** What shows values on standard output, and must do so nowhere else. */
const SHOWING: readonly LeakCase[] = [
  ...FORMATS.map(
    (format): LeakCase => ({
      name: `decrypt ${format}`,
      words: ["decrypt", `a.${format}`],
      status: 0,
      shows: true,
    }),
  ),
  { name: "decrypt a part", words: ["decrypt", "--extract", "secret", "a.yaml"], status: 0, shows: true },
  { name: "decrypt to JSON", words: ["decrypt", "--output-type", "json", "a.yaml"], status: 0, shows: true },
  { name: "sops decrypt", words: ["sops", "-d", "a.yaml"], status: 0, shows: true },
  { name: "get", words: ["get", "a.yaml", "secret"], status: 0, shows: true },
]

/** What fails. */
function failures({ text, digits, identity }: Secrets): LeakCase[] {
  const decrypting = (name: string, status: number, more: Partial<LeakCase> = {}): LeakCase => ({
    name,
    words: ["decrypt", "a.yaml"],
    status,
    ...more,
  })
  const encrypting = (
    name: string,
    file: string,
    source: string,
    status: LeakCase["status"] = "any",
  ): LeakCase => ({
    name,
    words: ["encrypt", file],
    status,
    prepare: put(file, source),
  })
  return [
    decrypting("a stranger's identity", 128, { env: { SOPS_AGE_KEY_FILE: "bob-keys.txt" } }),
    decrypting("no identity", 128, { env: NOBODY }),
    decrypting("an identity with a letter too few", 128, {
      env: { ...NOBODY, SOPS_AGE_KEY: identity.slice(0, -1) },
    }),
    decrypting("an identity in small and capital letters", 128, {
      env: { ...NOBODY, SOPS_AGE_KEY: identity.slice(0, 40) + identity.slice(40).toLowerCase() },
    }),
    decrypting("a file of identities with more in it", 128, {
      env: { SOPS_AGE_KEY_FILE: "plain-odd.txt" },
      prepare: put("plain-odd.txt", `${identity}x\npassword=${text}\n`),
    }),
    decrypting("a command for identities that is cut short", 128, {
      env: { ...NOBODY, SOPS_AGE_KEY_CMD: `sh -c "echo ${identity.slice(0, -2)}; exit 1"` },
    }),
    decrypting("a MAC that does not fit", 51, {
      prepare: change("a.yaml", (all) => all.replace(/^number: .*\n/m, "")),
    }),
    decrypting("a value that was moved", 25, {
      prepare: change("a.yaml", (all) => all.replace(/^secret:/m, "moved:")),
    }),
    decrypting("a value in clear", 65, {
      prepare: change("a.yaml", (all) => all.replace(/^secret: .*/m, `secret: ${text}`)),
      leaves: ["a.yaml"],
    }),
    decrypting("a type that does not fit", 65, {
      prepare: change("a.yaml", (all) => all.replace(/^(secret: .*)type:str/m, "$1type:int")),
    }),
    decrypting("a file that was cut", 65, {
      prepare: change("a.yaml", (all) => all.slice(0, all.indexOf("    mac:") + 30)),
    }),
    decrypting("an expression that is none", 78, {
      prepare: change("a.yaml", (all) => all.replace(/unencrypted_suffix: .*/, 'encrypted_regex: "("')),
    }),
    decrypting("a folder that cannot be written to", 3, {
      words: ["decrypt", "-o", "nowhere/out.yaml", "a.yaml"],
    }),
    decrypting("a path that leads nowhere", 91, { words: ["decrypt", "--extract", "secret.x", "a.yaml"] }),
    decrypting("a format that cannot hold it", 4, {
      words: ["decrypt", "--output-type", "dotenv", "a.yaml"],
    }),
    decrypting("words that are none", 64, { words: ["decrypt", "--nope", "a.yaml"] }),
    { name: "get of nothing", words: ["get", "a.yaml", "secret.x"], status: 91 },
    { name: "exec-env of a list", words: ["exec-env", "a.yaml", "true"], status: 1 },
    {
      name: "exec-env of a command that is not there",
      words: ["exec-env", "a.env", "--", "no-such-program"],
      status: 127,
    },
    {
      name: "set a list to a key's place",
      words: ["set", "a.yaml", "list.x", "--stdin"],
      input: text,
      status: 91,
    },
    {
      name: "set what is no JSON",
      words: ["set", "a.yaml", "x", "--stdin", "--json-value"],
      input: `{"a": ${text}`,
      status: 2,
    },

    encrypting("a quote that is not closed", "plain-x.yaml", `a: "${text}\nb: ${digits}\n`, 2),
    encrypting("a tab", "plain-x.yaml", `a:\n\tb: ${text}\n`, 2),
    encrypting("a key twice", "plain-x.yaml", `a: ${text}\na: ${text}2\n`, 2),
    encrypting("a value that is no YAML", "plain-x.yaml", `a: @${text}\n`, 2),
    encrypting("an alias of nothing", "plain-x.yaml", `a: *${text}\n`, 2),
    encrypting("a tag that is none", "plain-x.yaml", `a: !!int ${text}\n`, 2),
    encrypting("a text without a key", "plain-x.yaml", `${text}\n`, 23),
    encrypting("an integer that is too large", "plain-x.yaml", `a: 1${digits}${digits}\n`, "any"),
    encrypting("a line without its colon", "plain-x.yaml", `a: x\n${text}\nb: y\n`, 2),
    encrypting("JSON that ends too early", "plain-x.json", `{"a": "${text}"`, 2),
    encrypting("JSON with text behind", "plain-x.json", `{"a": "x"} ${text}`, 2),
    encrypting("JSON without quotes", "plain-x.json", `{"a": ${text}}`, 2),
    encrypting("dotenv without its sign", "plain-x.env", `${text}\n`, 2),
    encrypting("INI without its sign", "plain-x.ini", `[s]\n${text}\n`, 2),
    encrypting("INI with a comment sign in a value", "plain-x.ini", `[s]\na = ${text};${text}\n`, 2),
    { name: "encrypt twice", words: ["encrypt", "a.yaml"], status: 203 },
    { name: "an identity for a recipient", words: ["encrypt", "--age", identity, "plain.yaml"], status: 78 },
    {
      name: "an identity for a recipient in the configuration",
      words: ["encrypt", "plain.yaml"],
      status: 78,
      prepare: put(".sops.yaml", `creation_rules:\n  - age: ${identity}\n`),
      leaves: [".sops.yaml"],
    },
    {
      name: "a configuration that is misspelt",
      words: ["encrypt", "plain.yaml"],
      status: 78,
      prepare: put(".sops.yaml", `creation_rules:\n  - agee: ${identity}\n`),
      leaves: [".sops.yaml"],
    },
    {
      name: "a folder that cannot be changed",
      words: ["encrypt", "-o", "locked/out.yaml", "plain.yaml"],
      status: "any",
      prepare: (folder) => chmodSync(join(folder, "locked"), 0o500),
    },
    { name: "identity show of what is none", words: ["identity", "show", "plain.yaml"], status: 78 },
  ]
}

export function leakCases(secrets: Secrets): LeakCase[] {
  return [...quietWork(secrets), ...SHOWING, ...failures(secrets)]
}
