/**
 * Writes the code cache of one bundle (see `bundle.ts`): loads it, lets the
 * command do a typical piece of work so that V8 has compiled what that needs,
 * and keeps the result. Run by the build, in a process of its own for each.
 *
 *     node code-cache.cjs BUNDLE [WORDS…]
 */

import { readFileSync, writeFileSync } from "node:fs"
import { Script } from "node:vm"
import { codeCachePath, runModule, wrapModule } from "./bundle.ts"

async function main(): Promise<void> {
  const [file = "", ...words] = process.argv.slice(2)
  const script = new Script(wrapModule(readFileSync(file, "utf8")), { filename: file })
  const bundle = runModule(script, file)
  if (words.length > 0) await bundle.start(words)
  writeFileSync(codeCachePath(file), script.createCachedData())
}

main()
