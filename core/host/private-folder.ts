/** A temporary folder that is ours alone (0700), for pipes and sockets: it is on a disk, and no secret may be written into it. */

import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

export type PrivateFolder = { readonly path: string; remove(): Promise<void> }

/** What a shell takes as it is: the path goes into command lines. */
const PLAIN_PATH = /^[\w./:@%+,-]+$/

export async function createPrivateFolder(): Promise<PrivateFolder> {
  const base = PLAIN_PATH.test(tmpdir()) ? tmpdir() : "/tmp"
  const path = await mkdtemp(join(base, "conclave-"))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
