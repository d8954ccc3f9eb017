/** Bundles the program: a tiny entry, one file for each command, heavy libraries apart and loaded when needed. */

import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join, resolve } from "node:path"
import { build } from "esbuild"

const { version } = JSON.parse(readFileSync("package.json", "utf8"))
const entries = readdirSync("cli/entries").map((file) => basename(file, ".ts"))

/** Imported dynamically by our code, therefore bundles of their own beside the commands. */
const LIBRARIES = {
  re2js: "re2js",
  "age-encryption": "age-encryption",
  "bcrypt-pbkdf": "bcrypt-pbkdf",
  "noble-chacha": "@noble/ciphers/chacha.js",
  "noble-ed25519": "@noble/curves/ed25519.js",
  "noble-scrypt": "@noble/hashes/scrypt.js",
}

/** What outside keys use of their providers' kits, each a file `…-sdk.ts`: the same. */
const KITS = "core/host/keys"
const kits = readdirSync(KITS)
  .filter((file) => file.endsWith("-sdk.ts"))
  .map((file) => basename(file, ".ts"))

/** A dynamic import of a heavy library becomes a require of its bundle. */
const apart = {
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind }) => {
      if (kind !== "dynamic-import") return undefined
      const library = Object.entries(LIBRARIES).find(([, module]) => module === path)?.[0]
      const name = library ?? kits.find((kit) => path === `./${kit}.ts`)
      return name === undefined ? undefined : { path: `../lib/${name}.cjs`, external: true }
    })
  },
}

const common = {
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  define: { CONCLAVE_VERSION: JSON.stringify(version), CONCLAVE_ENTRIES: JSON.stringify(entries) },
  // A dynamic import becomes a require: Node otherwise reads the whole bundle a second time, for its export names.
  supported: { "dynamic-import": false },
  logLevel: "warning",
}

// Built beside and then put in place: whoever runs the program meanwhile finds the old one or the new one.
const out = `dist.${process.pid}`
await Promise.all([
  build({
    ...common,
    entryPoints: { conclave: "cli/main.ts" },
    outdir: out,
    banner: { js: "#!/usr/bin/env node" },
  }),
  build({
    ...common,
    entryPoints: entries.map((name) => `cli/entries/${name}.ts`),
    outdir: `${out}/commands`,
    plugins: [apart],
  }),
  build({ ...common, entryPoints: LIBRARIES, outdir: `${out}/lib` }),
  build({
    ...common,
    entryPoints: kits.map((kit) => `${KITS}/${kit}.ts`),
    outdir: `${out}/lib`,
    // Of modules only what is used is bundled: a third less than of their CommonJS.
    mainFields: ["module", "main"],
    define: {
      // Which Node a later version of Amazon's kit will want is no news for the user of this one.
      "process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": '"true"',
    },
  }),
  build({ ...common, entryPoints: { "code-cache": "cli/code-cache.ts" }, outdir: out }),
  // The library for other programs: a module whose dependencies stay packages.
  build({
    bundle: true,
    entryPoints: { core: "core/index.ts" },
    outdir: out,
    platform: "neutral",
    format: "esm",
    target: "es2023",
    packages: "external",
    logLevel: "warning",
  }),
])

/** What each command does while its code cache is made; a command that is not here is only loaded. */
const vector = "test/vectors/sops/yaml-types"
const WORK = {
  decrypt: ["--quiet", `${vector}/encrypted.yaml`],
  encrypt: [
    "--quiet",
    "--age",
    "age1ughy2sa98xnpqh8dt83aud0qllt4cle5p4tfqkz84mev587e7s2stkgk8t",
    `${vector}/plain.yaml`,
  ],
  filestatus: [`${vector}/encrypted.yaml`],
  sops: ["decrypt", `${vector}/encrypted.yaml`],
}

/** The cache only saves time: a command that cannot be warmed compiles at its start, and that is said. */
function writeCodeCaches() {
  const home = mkdtempSync(join(tmpdir(), "conclave-build-"))
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    SOPS_AGE_KEY_FILE: resolve("test/vectors/keys/alice.age-key.txt"),
  }
  for (const name of entries) {
    const words = [`${out}/code-cache.cjs`, resolve(`${out}/commands/${name}.cjs`), ...(WORK[name] ?? [])]
    const { status, stderr } = spawnSync(process.execPath, words, {
      env,
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
    })
    if (status !== 0) console.warn(`no code cache for ${name}: ${stderr}`)
  }
  rmSync(home, { recursive: true, force: true })
  rmSync(`${out}/code-cache.cjs`)
}

writeCodeCaches()
rmSync("dist", { recursive: true, force: true })
renameSync(out, "dist")
