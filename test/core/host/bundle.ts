/** A room of core/host as one file that a bare Node can run, for tests that need a process to kill. */

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { buildSync } from "esbuild"

const ROOT = resolve(import.meta.dirname, "../../..")

/** @param module - Its path from the root. @returns The file, and what removes it. */
export function bundleModule(module: string): { readonly file: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "conclave-bundle-"))
  const file = join(folder, "module.mjs")
  buildSync({
    entryPoints: [join(ROOT, module)],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "silent",
  })
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
