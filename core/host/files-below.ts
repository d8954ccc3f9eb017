/** Every file below a folder: links to files too, links to folders not, and nothing of git's own. */

import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { ConclaveError } from "../errors.ts"

/** More is no folder of secrets, but a mistake. */
const MAX_FILES = 100_000

/**
 * @returns Paths from the folder, `/` between steps, sorted.
 * @throws {@link ConclaveError} `read-failed`, `too-large` for too many files.
 */
export function filesBelow(folder: string): string[] {
  const found: string[] = []
  const waiting = [""]
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    for (const entry of entriesOf(join(folder, below))) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) {
        if (entry.name !== ".git") waiting.push(path)
      } else if (entry.isFile() || (entry.isSymbolicLink() && leadsToFile(join(folder, path)))) {
        found.push(path)
      }
      if (found.length > MAX_FILES) {
        const details = { size: found.length, limit: MAX_FILES }
        throw new ConclaveError("too-large", `${folder} holds more than ${MAX_FILES} files`, details)
      }
    }
  }
  return found.sort()
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown"
    throw new ConclaveError("read-failed", `cannot read ${folder}: ${reason}`, { file: folder, reason })
  }
}

function leadsToFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
