/** A scripted editor: a program that does to a file what a person would, and tells what it was given. */

import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Home } from "./home.ts"

/**
 * @param script - JavaScript with `file` (its path), `text` (what is in it),
 * `save(text)`, `round` (from 1, which time it was called) and all of Node's modules through `require`.
 * @returns A command line for `EDITOR`.
 */
export function scriptedEditor(home: Pick<Home, "path">, script: string, name = "editor"): string {
  const path = join(home.path, `${name}.cjs`)
  const rounds = join(home.path, `${name}.rounds`)
  writeFileSync(
    path,
    `#!${process.execPath}
const fs = require("node:fs")
const file = process.argv.at(-1)
const round = fs.existsSync(${JSON.stringify(rounds)}) ? Number(fs.readFileSync(${JSON.stringify(rounds)}, "utf8")) + 1 : 1
fs.writeFileSync(${JSON.stringify(rounds)}, String(round))
const text = fs.readFileSync(file, "utf8")
const save = (text) => fs.writeFileSync(file, text)
const run = async () => { ${script} }
run()
`,
  )
  chmodSync(path, 0o755)
  return path
}
