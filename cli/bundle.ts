/**
 * Loads a command's bundle. Where the build has left V8's compiled code beside
 * it, made by this very version of Node, that is used: compiling is a fifth of
 * a cold start. V8 itself refuses what does not fit, and then compiles.
 */

import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { Script } from "node:vm"

export type Bundle = { start(words: readonly string[]): Promise<void> }

type ModuleFunction = (
  exports: Bundle,
  require: NodeJS.Require,
  module: { exports: Bundle },
  filename: string,
  dirname: string,
) => void

/** @param name - A file of `cli/entries`, without its ending. */
export function loadBundle(name: string): Bundle {
  const file = join(__dirname, "commands", `${name}.cjs`)
  const require = createRequire(file)
  const cachedData = readCodeCache(file)
  if (cachedData === null) return require(file) as Bundle
  const script = new Script(wrapModule(readFileSync(file, "utf8")), { filename: file, cachedData })
  return runModule(script, file)
}

/** Where the code cache of a bundle lies for this Node. */
export function codeCachePath(file: string): string {
  return `${file}.${process.arch}-${process.version}.cache`
}

function readCodeCache(file: string): Buffer | null {
  try {
    return readFileSync(codeCachePath(file))
  } catch {
    // None was made for this Node: it compiles the source, as without a cache.
    return null
  }
}

/** As Node wraps a CommonJS module; the code cache is of this text. */
export function wrapModule(source: string): string {
  return `(function (exports, require, module, __filename, __dirname) {${source}\n})`
}

export function runModule(script: Script, file: string): Bundle {
  const module = { exports: {} as Bundle }
  const run = script.runInThisContext() as ModuleFunction
  run(module.exports, createRequire(file), module, file, dirname(file))
  return module.exports
}
