/** Bundles the program: a tiny entry, one file for each command, heavy libraries apart and loaded when needed. */

import { readFileSync, rmSync } from "node:fs"
import { basename } from "node:path"
import { build } from "esbuild"

const { version } = JSON.parse(readFileSync("package.json", "utf8"))
rmSync("dist", { recursive: true, force: true })

/** Imported dynamically by our code, therefore bundles of their own beside the commands. */
const LIBRARIES = { re2js: "re2js", "age-encryption": "age-encryption" }

/** A dynamic import of one of our entries, or of a heavy library, becomes a require of its bundle. */
const apart = {
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind }) => {
      if (kind !== "dynamic-import") return undefined
      const name = basename(path, ".ts")
      if (path.startsWith("./entries/")) return { path: `./commands/${name}.cjs`, external: true }
      if (Object.hasOwn(LIBRARIES, name)) return { path: `../lib/${name}.cjs`, external: true }
      return undefined
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
])
