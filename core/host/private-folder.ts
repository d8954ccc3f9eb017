/** A temporary folder that is ours alone (0700), for pipes: it may be on a disk, and no secret may be written into it. */

import { tmpdir } from "node:os"
import { ConclaveError } from "../errors.ts"
import { makeMarkedFolder, removeFolder } from "./ram/leftovers.ts"

export type PrivateFolder = { readonly path: string; remove(): void }

/** What a shell takes as it is: the path goes into command lines. */
const PLAIN_PATH = /^[\w./:@%+,-]+$/
/** Where the user's own cannot be used: TMPDIR may be that of root, who has become another user. */
const EVERYBODYS = "/tmp"

/**
 * Left over by a kill, it goes when the next one is made where folders of this name are looked for.
 *
 * @throws {@link ConclaveError} `process-failed` if it cannot be made.
 */
export function createPrivateFolder(): PrivateFolder {
  let reason = "unknown"
  for (const base of [tmpdir(), EVERYBODYS].filter((folder) => PLAIN_PATH.test(folder))) {
    try {
      const path = makeMarkedFolder(base, "pipe")
      return { path, remove: () => removeFolder(path) }
    } catch (error) {
      reason = (error as NodeJS.ErrnoException).code ?? "unknown"
    }
  }
  throw new ConclaveError("process-failed", `no temporary folder can be made: ${reason}`, { reason })
}
