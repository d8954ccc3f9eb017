/**
 * `node test/bench/kms.mjs`: a tree of files, each wrapped by AWS KMS, behind
 * 20 ms of latency: conclave in one process for all of them, sops once for each.
 * Counts the calls that reach the service. `--files N` for another number.
 *
 * AWS is played by the stand-in of the tests, in this process. sops is the
 * pinned peer (`test/interop/peers.mjs`); without it only conclave is measured.
 */

import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { cpus, loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { pathToFileURL } from "node:url"
import { build } from "esbuild"
import { peers } from "../interop/peers.mjs"

const LATENCY_MS = 20
const CONCLAVE = join(import.meta.dirname, "../../dist/conclave.cjs")
const count = Number(process.argv[process.argv.indexOf("--files") + 1]) || 500

async function bundle(folder) {
  const define = { "process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": '"true"' }
  const common = {
    bundle: true,
    platform: "node",
    target: "node20.19",
    mainFields: ["module", "main"],
    define,
  }
  const at = (file) => join(import.meta.dirname, file)
  await build({
    ...common,
    format: "cjs",
    entryPoints: [at("kms-tree.ts")],
    outfile: join(folder, "tree.cjs"),
  })
  await build({
    ...common,
    format: "esm",
    entryPoints: [at("../support/fake-aws.ts")],
    outfile: join(folder, "aws.mjs"),
  })
  return { tree: join(folder, "tree.cjs"), aws: await import(pathToFileURL(join(folder, "aws.mjs")).href) }
}

/** Not `spawnSync`: the service answers in this process. */
function run(command, env) {
  const [file, ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "pipe"] })
    let stdout = ""
    let stderr = ""
    child.stdout.on("data", (chunk) => {
      stdout += chunk
    })
    child.stderr.on("data", (chunk) => {
      stderr += chunk
    })
    child.on("error", reject)
    child.on("close", (status) => {
      if (status === 0) resolve(stdout)
      else reject(new Error(`${command.slice(0, 3).join(" ")} failed: ${stderr}`))
    })
  })
}

async function timed(aws, work) {
  const before = aws.calls.length
  const start = performance.now()
  await work()
  return { seconds: (performance.now() - start) / 1000, calls: aws.calls.length - before }
}

async function encryptTree(home, arn, env) {
  const files = Array.from({ length: count }, (_, index) => join(home, `secret-${index}.yaml`))
  const queue = files.entries()
  const lane = async () => {
    for (const [index, file] of queue) {
      const plain = join(home, `plain-${index}.yaml`)
      writeFileSync(plain, `service: ${index}\npassword: a value of ordinary length ${index}\n`)
      writeFileSync(file, await run([process.execPath, CONCLAVE, "encrypt", "--kms", arn, plain], env))
    }
  }
  await Promise.all([lane(), lane(), lane(), lane()])
  return files
}

async function main() {
  const home = mkdtempSync(join(tmpdir(), "conclave-bench-"))
  const { tree, aws: module } = await bundle(home)
  const aws = await module.startFakeAws()
  try {
    const env = {
      PATH: process.env.PATH,
      HOME: home,
      AWS_ACCESS_KEY_ID: module.ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: module.SECRET_KEY,
      AWS_ENDPOINT_URL: aws.url,
      AWS_EC2_METADATA_DISABLED: "true",
    }
    const files = await encryptTree(home, aws.key(), env)
    aws.delayMs = LATENCY_MS
    const whole = () => timed(aws, () => run([process.execPath, tree, ...files], env))
    const runs = [await whole(), await whole(), await whole()]
    const copies = await timed(aws, () => run([process.execPath, tree, ...files.map(() => files[0])], env))
    const sops = peers()?.sops["3.13.2"]
    const theirs =
      sops === undefined
        ? null
        : await timed(aws, async () => {
            for (const file of files) await run([sops, "decrypt", file], env)
          })
    // Before and behind sops' half a minute, so that a busy machine slows both.
    runs.push(await whole(), await whole())
    const conclave = runs.toSorted((a, b) => a.seconds - b.seconds)[2]
    return { conclave, copies, theirs, mostAtOnce: aws.mostAtOnce() }
  } finally {
    await aws.close()
    rmSync(home, { recursive: true, force: true })
  }
}

const { conclave, copies, theirs, mostAtOnce } = await main()
const line = (what, { seconds, calls }) =>
  console.log(`${what.padEnd(44)}${seconds.toFixed(2).padStart(8)} s${String(calls).padStart(6)} calls`)
console.log(`${count} files of AWS KMS, ${LATENCY_MS} ms for each call; at most ${mostAtOnce} calls at once`)
console.log(`node ${process.version}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`)
line("conclave, one process (median of 5)", conclave)
line(`conclave, ${count} copies of one file`, copies)
if (theirs === null) console.log("no sops to compare with")
else {
  line("sops 3.13.2, one by one", theirs)
  console.log(`conclave is ${(theirs.seconds / conclave.seconds).toFixed(1)} times as fast`)
}
