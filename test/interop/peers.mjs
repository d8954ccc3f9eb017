/**
 * The real programs that conclave is compared with, each at one pinned version:
 * sops 3.13.1 and 3.13.2 and age 1.3.1, built from source by `go install`; and
 * moto, a stand-in for AWS that is not ours, installed by `pip` into an
 * environment of its own. Where there is no Python its tests are left out.
 *
 * They lie in `$CONCLAVE_PEERS`, or else in `${XDG_CACHE_HOME:-~/.cache}/conclave-peers`,
 * so that `npm ci` does not throw them away: `sops-3.13.1/sops`, `sops-3.13.2/sops`,
 * `age/age`, `age/age-keygen`, `moto-5.2.5/bin/moto_server`. What is there and runs
 * is not built again.
 *
 * Run as a program this installs what is missing (minutes for each sops the
 * first time). Exit codes: 0 all there, 1 an install failed, 3 no Go toolchain.
 * Imported, `peers()` says where they are and installs nothing.
 */

import { spawnSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { pathToFileURL } from "node:url"

const SOPS_MODULE = "github.com/getsops/sops/v3/cmd/sops"
const AGE_MODULE = "filippo.io/age/cmd"

const PINNED = [
  {
    name: "sops 3.13.1",
    folder: "sops-3.13.1",
    modules: [`${SOPS_MODULE}@v3.13.1`],
    programs: [{ file: "sops", ask: ["--version", "--disable-version-check"], says: "3.13.1" }],
  },
  {
    name: "sops 3.13.2",
    folder: "sops-3.13.2",
    modules: [`${SOPS_MODULE}@v3.13.2`],
    programs: [{ file: "sops", ask: ["--version", "--disable-version-check"], says: "3.13.2" }],
  },
  {
    name: "age 1.3.1",
    folder: "age",
    // The plugin takes a passphrase from its environment; age itself asks only on a terminal.
    modules: ["age", "age-keygen", "age-plugin-batchpass"].map((name) => `${AGE_MODULE}/${name}@v1.3.1`),
    programs: [
      { file: "age", ask: ["--version"], says: "1.3.1" },
      { file: "age-keygen", ask: ["--version"], says: "1.3.1" },
      { file: "age-plugin-batchpass", ask: ["--version"], says: "" },
    ],
  },
]

const MOTO = { version: "5.2.5", python: "python3" }

export function peersFolder() {
  const { CONCLAVE_PEERS, XDG_CACHE_HOME } = process.env
  if (CONCLAVE_PEERS) return CONCLAVE_PEERS
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "conclave-peers")
}

/** Where the pinned programs are, or null when one is missing or is another version. */
export function peers() {
  const folder = peersFolder()
  if (!PINNED.every((peer) => isInstalled(folder, peer))) return null
  return {
    sops: { "3.13.1": join(folder, "sops-3.13.1", "sops"), "3.13.2": join(folder, "sops-3.13.2", "sops") },
    age: join(folder, "age", "age"),
    ageKeygen: join(folder, "age", "age-keygen"),
  }
}

/** The program that plays AWS, or null without it. */
export function motoServer() {
  const bin = join(motoFolder(), "bin")
  const code = "import importlib.metadata as m, flask; print(m.version('moto'))"
  const answer = spawnSync(join(bin, "python"), ["-c", code], { encoding: "utf8" })
  return answer.status === 0 && answer.stdout.trim() === MOTO.version ? join(bin, "moto_server") : null
}

function motoFolder() {
  return join(peersFolder(), `moto-${MOTO.version}`)
}

function installMoto() {
  const steps = [
    [MOTO.python, "-m", "venv", motoFolder()],
    [
      join(motoFolder(), "bin", "pip"),
      "install",
      "--quiet",
      "--disable-pip-version-check",
      `moto[server]==${MOTO.version}`,
    ],
  ]
  for (const [program, ...words] of steps) {
    if (spawnSync(program, words, { stdio: ["ignore", "inherit", "inherit"] }).status !== 0) return false
  }
  return motoServer() !== null
}

function isInstalled(folder, peer) {
  return peer.programs.every(({ file, ask, says }) => {
    const answer = spawnSync(join(folder, peer.folder, file), ask, { encoding: "utf8" })
    return answer.status === 0 && answer.stdout.includes(says)
  })
}

function install(folder, peer) {
  const target = join(folder, peer.folder)
  mkdirSync(target, { recursive: true })
  for (const module of peer.modules) {
    const { status } = spawnSync("go", ["install", "-ldflags", "-s -w", module], {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, GOBIN: target, CGO_ENABLED: "0" },
    })
    if (status !== 0) return false
  }
  return isInstalled(folder, peer)
}

function main() {
  const folder = peersFolder()
  console.log(`peers: in ${folder}`)
  const missing = PINNED.filter((peer) => {
    const there = isInstalled(folder, peer)
    if (there) console.log(`peers: ${peer.name} is there`)
    return !there
  })
  if (missing.length > 0 && spawnSync("go", ["version"]).status !== 0) {
    console.error("peers: there is no Go toolchain (`go`) to build sops and age with")
    return 3
  }
  for (const peer of missing) {
    if (!timed(`${peer.name} (${peer.modules.join(", ")})`, () => install(folder, peer))) return 1
  }
  const moto = `moto ${MOTO.version}`
  if (motoServer() !== null) console.log(`peers: ${moto} is there`)
  else if (spawnSync(MOTO.python, ["--version"]).status !== 0)
    console.log(`peers: without Python (${MOTO.python}) there is no ${moto}: its tests are left out`)
  else if (!timed(moto, installMoto)) return 1
  return 0
}

function timed(what, install) {
  console.log(`peers: installing ${what}`)
  const start = performance.now()
  const done = install()
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  if (done) console.log(`peers: installed (${seconds} s)`)
  else console.error(`peers: ${what} could not be installed (${seconds} s)`)
  return done
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = main()
