/** Private folders named so that those of killed processes are known and removed at the next start. */

import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { isGone, MARK_PATTERN, processMark } from "../process-mark.ts"

const NAME = new RegExp(`^conclave-[a-z-]+-(${MARK_PATTERN})-[A-Za-z0-9]{6}$`)

/** A fresh folder, 0700. @param name - What for: small letters and hyphens. */
export function makeMarkedFolder(base: string, name: string): string {
  return mkdtempSync(join(base, `conclave-${name}-${processMark()}-`))
}

/** Removes what processes of this user have left that are gone. Says nothing about what it cannot remove. */
export function removeLeftovers(base: string, remove: (folder: string) => void = removeFolder): void {
  for (const name of namesIn(base)) {
    const mark = NAME.exec(name)?.[1]
    if (mark === undefined || !isGone(mark)) continue
    const path = join(base, name)
    const stat = lstatSync(path, { throwIfNoEntry: false })
    if (stat?.isDirectory() !== true || stat.uid !== (process.getuid?.() ?? stat.uid)) continue
    try {
      remove(path)
    } catch {
      // The next start tries again.
    }
  }
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
