/**
 * `npm run bench`: whole processes of conclave and sops side by side, medians
 * in milliseconds. Each pair runs alternately, so that a busy machine slows
 * both; NODE_EXTRA_CA_CERTS is unset, since reading it costs Node 40 ms.
 *
 * The documents are made anew, for a fresh age key, in a temporary folder.
 * sops is the pinned peer (`test/interop/peers.mjs`), or else the one in PATH;
 * without any only conclave is measured. `--json` prints one JSON document.
 */

import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { peers } from "../interop/peers.mjs"

const CONCLAVE = join(import.meta.dirname, "../../dist/conclave.cjs")

const CASES = [
  { name: "decrypt 10 values", values: 10, command: "decrypt", runs: 31 },
  { name: "decrypt 1,000 values", values: 1_000, command: "decrypt", runs: 21 },
  { name: "decrypt 20,000 values", values: 20_000, command: "decrypt", runs: 7 },
  { name: "encrypt 1,000 values", values: 1_000, command: "encrypt", runs: 21 },
]

/** A tree of services with ten values each: texts, numbers, booleans. */
function document(values) {
  const lines = []
  for (let at = 0; at < values; at += 10) {
    lines.push(`service_${at / 10}:`)
    for (let of = 0; of < 6; of++) lines.push(`    text_${of}: a value of ordinary length ${at + of}`)
    lines.push(
      `    port: ${1024 + at}`,
      `    ratio: ${at / 8 + 0.5}`,
      "    enabled: true",
      "    list:",
      "        - one",
    )
  }
  return `${lines.join("\n")}\n`
}

function findSops() {
  const pinned = peers()?.sops["3.13.2"]
  const path = pinned ?? "sops"
  const answer = spawnSync(path, ["--version", "--disable-version-check"], { encoding: "utf8" })
  if (answer.status !== 0) return null
  const build = spawnSync("go", ["version", "-m", path], { encoding: "utf8" })
  const compiler = /: (go[\d.]+)/.exec(build.stdout ?? "")?.[1]
  const version = answer.stdout.split("\n")[0]?.replace(/ \(.*/, "")
  return {
    path,
    version: [version, compiler, pinned ? "pinned peer" : "from PATH"].filter(Boolean).join(", "),
  }
}

function environment(home) {
  const { NODE_EXTRA_CA_CERTS: _, ...rest } = process.env
  return { ...rest, HOME: home, XDG_CONFIG_HOME: home, SOPS_AGE_KEY_FILE: join(home, "key.txt") }
}

function run(command, env) {
  const [file, ...args] = command
  const start = performance.now()
  const { status, stdout, stderr } = spawnSync(file, args, { env, maxBuffer: 1 << 28 })
  const took = performance.now() - start
  if (status !== 0) throw new Error(`${command.join(" ")} failed: ${stderr}`)
  return { took, stdout }
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** Medians of several commands, run in turn. */
function measure(commands, runs, env) {
  const took = commands.map(() => [])
  for (let round = 0; round <= runs; round++) {
    commands.forEach((command, index) => {
      const { took: once } = run(command, env)
      // The first round warms the disk's cache.
      if (round > 0) took[index].push(once)
    })
  }
  return took.map(median)
}

function prepare(home, env) {
  const file = join(home, "key.txt")
  run([process.execPath, CONCLAVE, "identity", "new", "--no-passphrase", "--quiet", "--output", file], env)
  const recipient = /age1[a-z0-9]+/.exec(readFileSync(file, "utf8"))?.[0]
  if (recipient === undefined) throw new Error("the new identity file names no recipient")
  for (const { values } of CASES) {
    const plain = join(home, `plain-${values}.yaml`)
    writeFileSync(plain, document(values))
    const encrypt = [process.execPath, CONCLAVE, "encrypt", "--canonical", "--age", recipient, plain]
    writeFileSync(join(home, `secret-${values}.yaml`), run(encrypt, env).stdout)
  }
  return recipient
}

function commandsFor({ command, values }, home, recipient, sops) {
  const args =
    command === "decrypt"
      ? ["decrypt", join(home, `secret-${values}.yaml`)]
      : ["encrypt", "--age", recipient, join(home, `plain-${values}.yaml`)]
  const ours = [process.execPath, CONCLAVE, ...args]
  return sops === null ? [ours] : [ours, [sops.path, ...args]]
}

function main() {
  const home = mkdtempSync(join(tmpdir(), "conclave-bench-"))
  try {
    const env = environment(home)
    const sops = findSops()
    const recipient = prepare(home, env)
    const [bareNode] = measure([[process.execPath, "-e", "0"]], 21, env)
    const results = CASES.map((one) => {
      const [conclave, theirs] = measure(commandsFor(one, home, recipient, sops), one.runs, env)
      return { name: one.name, runs: one.runs, conclaveMs: conclave, sopsMs: theirs ?? null }
    })
    return {
      node: process.version,
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      sops,
      bareNode,
      results,
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function print({ node, cpu, cores, sops, bareNode, results }) {
  console.log(`node ${node} on ${cores} × ${cpu}; \`node -e 0\` takes ${bareNode.toFixed(1)} ms`)
  console.log(sops === null ? "no sops to compare with" : `compared with ${sops.version}`)
  console.log(
    `\n${"median of whole processes, ms".padEnd(34)}${"conclave".padStart(10)}${"sops".padStart(10)}${"ratio".padStart(10)}`,
  )
  for (const { name, runs, conclaveMs, sopsMs } of results) {
    const label = `${name} (${runs} runs)`.padEnd(34)
    const theirs = sopsMs === null ? "-" : sopsMs.toFixed(1)
    const ratio = sopsMs === null ? "-" : (conclaveMs / sopsMs).toFixed(2)
    console.log(`${label}${conclaveMs.toFixed(1).padStart(10)}${theirs.padStart(10)}${ratio.padStart(10)}`)
  }
}

const report = main()
if (process.argv.includes("--json")) console.log(JSON.stringify(report, null, 2))
else print(report)
