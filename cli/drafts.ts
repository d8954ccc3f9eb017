/** Where an edit goes that could not be written: encrypted, for its owner alone, named by file and time. */

import { basename, join } from "node:path"
import { ConclaveError } from "#core/errors.ts"
import type { Context } from "./context.ts"

/** @returns Its place; `null` if no folder took it. */
export async function keepDraft(file: string, sealed: Uint8Array, context: Context): Promise<string | null> {
  const time = context.clock
    .now()
    .toISOString()
    .replace(/[-:]|\.\d+/g, "")
  const name = `${basename(file)}-${time}.draft`
  for (const folder of context.draftFolders()) {
    const path = join(folder, name)
    try {
      await context.files.makeFolderFor(path)
      await context.files.replace(path, sealed, { expected: null, secret: true })
      return path
    } catch {
      // No room, no permission, or one is there already: the next folder may do.
    }
  }
  return null
}

/** The same failure, saying where the edit is. */
export function withDraft(error: ConclaveError, place: string | null): ConclaveError {
  const where =
    place === null
      ? "and the edit could not be kept either"
      : `the edit is kept, encrypted: conclave decrypt ${place}`
  return new ConclaveError(error.code, `${error.message}; ${where}`, error.details, { cause: error })
}
