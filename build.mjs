/** Bundles the program: a tiny entry, one file for each command, heavy libraries apart and loaded when needed. */

import { readFileSync, rmSync } from "node:fs"
import { basename } from "node:path"
import { build } from "esbuild"

const { version } = JSON.parse(readFileSync("package.json", "utf8"))
rmSync("dist", { recursive: true, force: true })

/** Imported dynamically by our code, therefore bundles of their own beside the commands. */
const LIBRARIES = {
  re2js: "re2js",
  "age-encryption": "age-encryption",
  "noble-chacha": "@noble/ciphers/chacha.js",
  "noble-scrypt": "@noble/hashes/scrypt.js",
}

/** A dynamic import of one of our entries, or of a heavy library, becomes a require of its bundle. */
const apart = {
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind }) => {
      if (kind !== "dynamic-import") return undefined
      if (path.startsWith("./entries/"))
        return { path: `./commands/${basename(path, ".ts")}.cjs`, external: true }
      const library = Object.entries(LIBRARIES).find(([, module]) => module === path)
      return library === undefined ? undefined : { path: `../lib/${library[0]}.cjs`, external: true }
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
  define: { CONCLAVE_VERSION: JSON.stringify(version) },
  // A dynamic import becomes a require: Node otherwise reads the whole bundle a second time, for its export names.
  supported: { "dynamic-import": false },
  logLevel: "warning",
}

const entries = ["decrypt", "encrypt", "filestatus", "identity", "sops", "help"]

await Promise.all([
  build({
    ...common,
    entryPoints: { conclave: "cli/main.ts" },
    outdir: "dist",
    plugins: [apart],
    banner: { js: "#!/usr/bin/env node" },
  }),
  build({
    ...common,
    entryPoints: entries.map((name) => `cli/entries/${name}.ts`),
    outdir: "dist/commands",
    plugins: [apart],
  }),
  build({ ...common, entryPoints: LIBRARIES, outdir: "dist/lib" }),
  // The library for other programs: a module whose dependencies stay packages.
  build({
    bundle: true,
    entryPoints: { core: "core/index.ts" },
    outdir: "dist",
    platform: "neutral",
    format: "esm",
    target: "es2023",
    packages: "external",
    logLevel: "warning",
  }),
])
