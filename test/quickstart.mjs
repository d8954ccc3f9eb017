/**
 * The guided tour: a temporary git repository, fresh age keys, no network.
 * Prints each real command before it runs it, and fails if one does not do
 * what the tour says.
 */

import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

const program = resolve(import.meta.dirname, "../dist/conclave.cjs")
const folder = mkdtempSync(join(tmpdir(), "conclave-quickstart-"))
const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: "1", TERM: "dumb" }

function say(text) {
  console.log(`\n# ${text}`)
}

/** Runs one command of the tour and shows it as one would type it. */
function run(words, { expect = 0, quiet = false, extra = {} } = {}) {
  const shown = Object.entries(extra)
    .map(([name, value]) => `${name}=${value} `)
    .join("")
  console.log(`$ ${shown}${words.map((word) => (/^[\w./:=@-]+$/.test(word) ? word : `'${word}'`)).join(" ")}`)
  const [name, ...args] = words
  const [file, all] = name === "conclave" ? [process.execPath, [program, ...args]] : [name, args]
  const result = spawnSync(file, all, { cwd: folder, env: { ...env, ...extra }, encoding: "utf8" })
  if (!quiet) process.stdout.write(result.stdout + result.stderr)
  if (result.status !== expect) throw new Error(`expected exit code ${expect}, got ${result.status}`)
  return result.stdout
}

function check(condition, what) {
  if (!condition) throw new Error(`the tour expected: ${what}`)
}

try {
  say("A key of your own. Without --no-passphrase it asks for one, and the file is encrypted.")
  const alice = run(["conclave", "identity", "new", "--no-passphrase"]).trim()

  say("A repository whose .sops.yaml says who reads what.")
  execFileSync("git", ["init", "-q", "-b", "main"], { cwd: folder, env })
  writeFileSync(join(folder, ".sops.yaml"), `creation_rules:\n  - path_regex: ^secrets/\n    age: ${alice}\n`)
  mkdirSync(join(folder, "secrets"))
  writeFileSync(
    join(folder, "secrets/db.yaml"),
    "# the payments database\ndatabase:\n    host: db.internal\n    password: correct horse\n",
  )
  run(["cat", ".sops.yaml"])
  run(["cat", "secrets/db.yaml"])

  say("Encrypt it in place, and commit what is safe to commit.")
  run(["conclave", "encrypt", "--in-place", "secrets/db.yaml"])
  const encrypted = readFileSync(join(folder, "secrets/db.yaml"), "utf8")
  check(!encrypted.includes("correct horse"), "no plaintext in the file")
  console.log("$ head -5 secrets/db.yaml")
  console.log(encrypted.split("\n").slice(0, 5).join("\n"))
  run(["git", "add", "."], { quiet: true })
  run([
    "git",
    "-c",
    "user.name=you",
    "-c",
    "user.email=you@example.com",
    "commit",
    "-q",
    "-m",
    "add the database secrets",
  ])

  say("Read it again: the whole file, one value, another format.")
  run(["conclave", "decrypt", "secrets/db.yaml"])
  const password = run(["conclave", "decrypt", "--extract", "database.password", "secrets/db.yaml"])
  console.log()
  check(password === "correct horse", "the password comes back")
  run(["conclave", "decrypt", "--output-type", "json", "secrets/db.yaml"])

  say("Change values: one made for you, one through an editor that never sees a disk.")
  run(["conclave", "set", "--generate", "hex:16", "secrets/db.yaml", "database.token"])
  run(["conclave", "edit", "secrets/db.yaml"], { extra: { EDITOR: "sed -i s/correct/incorrect/" } })
  run(["conclave", "ls", "secrets/db.yaml"])
  run(["git", "diff", "--stat"])
  run(["conclave", "get", "secrets/db.yaml", "database.password"])
  run(["git", "checkout", "-q", "secrets/db.yaml"])

  say("Hand it to a program: as a file that is on no disk.")
  run(["conclave", "exec-file", "secrets/db.yaml", "--", "grep", "-c", "password", "{}"])

  say("Three custodians, two of whom open a file together: three key groups, a threshold of 2.")
  const custodians = ["carol", "dave", "erin"].map((name) => {
    const recipient = run(["conclave", "identity", "new", "--no-passphrase", "--output", `${name}.txt`], {
      quiet: true,
    })
    return { name, recipient: recipient.trim() }
  })
  const groups = custodians.map(({ recipient }) => `      - age: [${recipient}]\n`).join("")
  writeFileSync(
    join(folder, ".sops.yaml"),
    `creation_rules:\n  - path_regex: ^breakglass/\n    shamir_threshold: 2\n    key_groups:\n${groups}  - age: ${alice}\n`,
  )
  mkdirSync(join(folder, "breakglass"))
  writeFileSync(join(folder, "breakglass/root.json"), '{"token": "open sesame"}\n')
  run(["conclave", "encrypt", "-i", "breakglass/root.json"])
  say("One of them alone does not open it:")
  run(["conclave", "decrypt", "breakglass/root.json"], {
    expect: 128,
    extra: { SOPS_AGE_KEY_FILE: "carol.txt" },
  })
  say("Two do:")
  writeFileSync(
    join(folder, "two.txt"),
    ["carol.txt", "erin.txt"].map((name) => readFileSync(join(folder, name), "utf8")).join(""),
  )
  run(["conclave", "decrypt", "breakglass/root.json"], { extra: { SOPS_AGE_KEY_FILE: "two.txt" } })

  say("Someone without a key swaps two values in the committed file. It does not go unnoticed:")
  writeFileSync(
    join(folder, "secrets/db.yaml"),
    encrypted.replace(/host: (.*)\n {4}password: (.*)\n/, "host: $2\n    password: $1\n"),
  )
  run(["conclave", "decrypt", "secrets/db.yaml"], { expect: 25 })

  console.log("\nThat was the tour. Everything it made was in a temporary folder, which is gone now.")
} finally {
  rmSync(folder, { recursive: true, force: true })
}
