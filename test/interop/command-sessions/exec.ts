/** Sessions of `sops exec-env` and `sops exec-file`. */

import type { Fixture, Session, Step } from "../command-session.ts"

const SCALARS: Fixture = {
  plain: `# a comment
s: hello world
q: it's "quoted" $HOME
i: 5
big: 123456789012
f: 1.5
whole: 2.0
huge: 1e21
tiny: 0.00001
b: true
t: 2001-12-14T21:59:43.123Z
e: ""
lines: "a\\nb"
u: é
`,
}
const DOTENV: Fixture = { plain: "K=v\nE=\nURL=a=b\nMULTI=a\\nb\n" }

/** Without a shell's own variables, in an order of its own: the order of an environment says nothing. */
const PRINT = "env | grep -v '^PWD=' | sort"

function env(name: string, fixture: Fixture, words: readonly string[], rest: Partial<Step> = {}): Session {
  const file = words.find((word) => /^f\./.test(word)) ?? "f.yaml"
  return { name, fixtures: { [file]: fixture }, steps: [{ words: ["exec-env", ...words], ...rest }] }
}

function file(name: string, fixture: Fixture, words: readonly string[], rest: Partial<Step> = {}): Session {
  const encrypted = words.find((word) => /^f\./.test(word)) ?? "f.yaml"
  return { name, fixtures: { [encrypted]: fixture }, steps: [{ words: ["exec-file", ...words], ...rest }] }
}

/** The home of a session is closed to other users, and so is its folder for temporary files. */
const OPEN = { env: { TMPDIR: "/tmp" } }
const OWNER = "head -1 {}; stat -c '%U %a' {} $(dirname {})"

const LOADER = "a name by which a file could take over the process is refused unless it is allowed"
const NULL = "null is no text; sops writes <nil>"
const NAME = "no name that a shell could pass on"
const SIGNAL = "128 and the number of the signal, as a shell says it; sops says 255"

export const EXEC_ENV_SESSIONS: readonly Session[] = [
  env("every kind of scalar", SCALARS, ["--pristine", "f.yaml", PRINT]),
  env("dotenv", DOTENV, ["--pristine", "f.env", PRINT]),
  env("json", { plain: '{"a": 1, "b": 2.50, "c": "x", "d": false}' }, ["--pristine", "f.json", PRINT]),
  env("a binary file that is text", { plain: "just text" }, ["--pristine", "f.bin", PRINT]),
  env("the caller's environment", DOTENV, ["f.env", 'echo "$K $OURS"'], { env: { OURS: "yes" } }),
  env("a variable that the caller has", DOTENV, ["f.env", 'echo "$K"'], { env: { K: "ours" } }),
  env("standard input", DOTENV, ["f.env", "cat"], { input: "through" }),
  env("an exit code", DOTENV, ["f.env", "exit 7"]),
  env("a command that is not there", DOTENV, ["f.env", "no-such-command"]),
  env("--same-process", DOTENV, ["--same-process", "f.env", 'echo "$K"; exit 9']),
  env("--user", DOTENV, ["--user", "nobody", "f.env", 'id; echo "$HOME $USER $LOGNAME $K"']),
  env("--user with nobody of this name", DOTENV, ["--user", "no-such-user", "f.env", "id"]),
  env("--background", DOTENV, ["--background", "f.env", "echo never seen"]),
  env("--background with --same-process", DOTENV, ["--background", "--same-process", "f.env", "true"]),
  env("--decryption-order", DOTENV, ["--decryption-order", "age,pgp", "f.env", 'echo "$K"']),
  env("--enable-local-keyservice", DOTENV, ["--enable-local-keyservice=true", "f.env", 'echo "$K"']),
  env("a flag behind the file", DOTENV, ["f.env", "--pristine", PRINT], {
    differs: {
      because: "sops takes the command for the value of the flag, and mixes up file and command",
      sops: 2,
      conclave: 0,
      stdout: /^E=\nK=v\n/,
    },
  }),
  env("only the first document", { plain: "a: 1\n---\nb: 2\n" }, ["--pristine", "f.yaml", PRINT]),

  env("a flag that is none", DOTENV, ["--ignore-mac", "f.env", "true"]),
  env("no command", DOTENV, ["f.env"]),
  env("a word too many", DOTENV, ["f.env", "true", "more"]),
  { name: "a file that is not there", steps: [{ words: ["exec-env", "gone.env", "true"] }] },
  { name: "a plain file", texts: { "f.env": "A=1\n" }, steps: [{ words: ["exec-env", "f.env", "true"] }] },
  env("a file for someone else", DOTENV, ["f.env", "true"], { env: { SOPS_AGE_KEY: "" } }),
  env(
    "an altered file",
    {
      plain: "a: 1\nb_unencrypted: 1\n",
      alter: (text) => text.replace("b_unencrypted: 1", "b_unencrypted: 2"),
    },
    ["f.yaml", "true"],
  ),
  env("a list", { plain: "a: [1]\n" }, ["f.yaml", "true"]),
  env("a map", { plain: "a: {b: 1}\n" }, ["f.yaml", "true"]),
  env("sections of an INI file", { plain: "[s]\na = 1\n" }, ["f.ini", "true"]),
  env("a name with =", { plain: '"a=b": 1\n' }, ["f.yaml", "true"]),
  env("a value with NUL", { plain: '"a": "b\\0c"\n' }, ["f.yaml", "true"]),

  env("null", { plain: "a: null\n" }, ["f.yaml", "true"], {
    differs: { because: NULL, sops: 0, conclave: 1 },
  }),
  env("PATH", { plain: "PATH: /bin\n" }, ["f.yaml", "/bin/true"], {
    differs: { because: LOADER, sops: 0, conclave: 1 },
  }),
  env("an emptied proxy", { plain: 'https_proxy: ""\n' }, ["f.yaml", "true"], {
    differs: { because: LOADER, sops: 0, conclave: 1 },
  }),
  env(
    "a loader variable that is allowed",
    { plain: "NODE_OPTIONS: --x\n" },
    ["f.yaml", 'echo "$NODE_OPTIONS"'],
    {
      env: { CONCLAVE_ALLOW_ENV: "NODE_OPTIONS" },
    },
  ),
  env("a name with a blank", { plain: '"a b": 1\n' }, ["f.yaml", "true"], {
    differs: { because: NAME, sops: 0, conclave: 1 },
  }),
  env("a command that a signal ends", DOTENV, ["f.env", "kill -TERM $$"], {
    differs: { because: SIGNAL, sops: 255, conclave: 143 },
  }),
]

export const EXEC_FILE_SESSIONS: readonly Session[] = [
  file("a pipe", SCALARS, ["f.yaml", "cat {}"]),
  file("the path twice", SCALARS, ["f.yaml", "basename {}; cat '{}'"]),
  file("its mode and that of its folder", SCALARS, ["f.yaml", "stat -c '%a %F' {} $(dirname {})"]),
  file("bytes", { plain: "\0\n\r binary" }, ["f.bin", "od -c {}"]),
  file("a large file", { plain: `a: ${"x".repeat(300_000)}\n` }, ["f.yaml", "wc -c < {}"]),
  file("an exit code", SCALARS, ["f.yaml", "exit 3"]),
  file("no value in the environment", SCALARS, ["f.yaml", "env | grep -c 'hello world'"]),
  file("standard input", SCALARS, ["f.yaml", "cat; head -1 {}"], { input: "through" }),
  file("--no-fifo", SCALARS, ["--no-fifo", "f.yaml", "cat {}; stat -c '%a %F' {} $(dirname {})"]),
  file("--no-fifo, read twice and from its middle", SCALARS, [
    "--no-fifo",
    "f.yaml",
    "tail -c 5 {}; wc -l < {}",
  ]),
  file("--filename", SCALARS, ["--filename", "x.json", "f.yaml", "basename {}; wc -l < {}"]),
  file("--no-fifo with --filename", SCALARS, ["--no-fifo", "--filename", "x y", "f.yaml", "basename '{}'"]),
  file("--output-type", DOTENV, ["--output-type", "json", "f.env", "cat {}"]),
  file("--input-type", DOTENV, ["--input-type", "dotenv", "f.env", "cat {}"]),
  file("--user", SCALARS, ["--user", "nobody", "f.yaml", `id -un; ${OWNER}`], OPEN),
  file("--user with --no-fifo", SCALARS, ["--user", "nobody", "--no-fifo", "f.yaml", OWNER], OPEN),
  file("--decryption-order", SCALARS, ["--decryption-order=age", "f.yaml", "wc -l < {}"]),

  file("a flag that is none", SCALARS, ["--pristine", "f.yaml", "true"]),
  file("no command", SCALARS, ["f.yaml"]),
  file("a name that leads out", SCALARS, ["--filename", "../x", "f.yaml", "true"]),
  file("a name with a folder", SCALARS, ["--filename", "a/x", "f.yaml", "true"]),
  file("an unknown user", SCALARS, ["--user", "no-such-user", "f.yaml", "true"]),
  { name: "a file that is not there", steps: [{ words: ["exec-file", "gone.yaml", "true"] }] },

  file("a pipe that is read twice", SCALARS, ["f.yaml", "head -1 {}; timeout 2 head -1 {}"], {
    differs: {
      because: "every reader is served; sops serves one, and the next waits",
      sops: 124,
      conclave: 0,
      stdout: /^# a comment\n# a comment\n$/,
    },
  }),
  file("--background", SCALARS, ["--background", "f.yaml", "true"], {
    differs: { because: "sops removes the file before the command can read it", sops: 0, conclave: 8 },
  }),
  file("a command that a signal ends", SCALARS, ["f.yaml", "kill -KILL $$"], {
    differs: { because: SIGNAL, sops: 255, conclave: 137 },
  }),
]
