/** A folder of its own for each test, removed behind it. */

import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { onTestFinished } from "vitest"

/** Must be called within a test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "conclave-test-"))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
