/** Puts the test plugin, `age-plugin-test`, on a PATH of its own, and has two key pairs for it. */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const SCRIPT = join(import.meta.dirname, "age-plugin-test.mjs")

/** Each half of a pair holds the same bytes; the checksums are right. */
export const PLUGIN_PAIR = {
  recipient: "age1test1vdhkucmvv9mx2grsd36kw6twyp4k27fqxylp9v80",
  identity: "AGE-PLUGIN-TEST-1VDHKUCMVV9MX2GRSD36KW6TWYP4K27FQXYGWUCPQ",
}
export const OTHER_PAIR = {
  recipient: "age1test1vdhkucmvv9mx2grsd36kw6twyp4k27fqxgwlrxkg",
  identity: "AGE-PLUGIN-TEST-1VDHKUCMVV9MX2GRSD36KW6TWYP4K27FQXGES6JS8",
}

/** A folder with the plugin in it; `remove` it at the end. */
export function createPluginFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "conclave-plugin-"))
  const program = join(path, "age-plugin-test")
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${SCRIPT}' "$@"\n`)
  chmodSync(program, 0o755)
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
