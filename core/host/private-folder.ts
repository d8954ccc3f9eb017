/** A temporary folder that is ours alone (0700), for pipes: it may be on a disk, and no secret may be written into it. */

import { tmpdir } from "node:os"
import { makeMarkedFolder, removeFolder } from "./ram/leftovers.ts"

export type PrivateFolder = { readonly path: string; remove(): void }

/** What a shell takes as it is: the path goes into command lines. */
const PLAIN_PATH = /^[\w./:@%+,-]+$/

/** Left over by a kill, it goes when the next one is made where folders of this name are looked for. */
export function createPrivateFolder(): PrivateFolder {
  const path = makeMarkedFolder(PLAIN_PATH.test(tmpdir()) ? tmpdir() : "/tmp", "pipe")
  return { path, remove: () => removeFolder(path) }
}
