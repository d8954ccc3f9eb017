/** The files port on the disk. */

// Synchronous on purpose: these are quick, and loading `fs/promises` is a part of a cold start that is felt.
import { existsSync, mkdirSync, statSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { readInput, replaceFile } from "#core/host/files.ts"
import type { Files } from "../files.ts"
import type { Terminal } from "../terminal.ts"

const CIPHERTEXT_MODE = 0o666
const PLAINTEXT_MODE = 0o600
const PRIVATE_FOLDER_MODE = 0o700
/** A write takes milliseconds, unless the disk is busy. */
const LOCK_WAIT_MS = 10_000

export function nodeFiles(workingDirectory: string, terminal: Terminal): Files {
  return {
    resolve: (path) => resolve(workingDirectory, path),
    exists: async (path) => existsSync(path),
    read: (path, limit) => readInput(path, limit, { streams: true }),
    async replace(path, bytes, { expected, secret }) {
      // Loaded only by commands that write. Between the look at the target and the rename nobody of ours may pass.
      const { lockFile } = await import("#core/host/lock.ts")
      const lock = await lockFile(path, { purpose: "write", waitMs: LOCK_WAIT_MS })
      const mode = secret ? PLAINTEXT_MODE : CIPHERTEXT_MODE
      const options = expected === undefined ? { mode } : { mode, expected }
      const { warnings } = await replaceFile(path, bytes, options).finally(() => lock.release())
      for (const warning of warnings) terminal.stderr.write(`warning: ${warning}\n`)
    },
    async makeFolderFor(path) {
      mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER_MODE })
    },
    isFolder: async (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
    async filesBelow(folder) {
      const { filesBelow } = await import("#core/host/files-below.ts")
      return filesBelow(folder)
    },
    async readRevision(path, revision, limit) {
      // Loaded only here: few commands start a process.
      const { readRevision } = await import("#core/host/git.ts")
      return readRevision(path, revision, limit)
    },
    async mergedRevisions(path) {
      const { mergedRevisions } = await import("#core/host/git.ts")
      return mergedRevisions(dirname(path))
    },
    async repositoryRoot(path) {
      let folder = path
      for (;;) {
        // A folder in a clone, a file in a worktree or submodule.
        if (existsSync(join(folder, ".git"))) return folder
        const parent = dirname(folder)
        if (parent === folder) return null
        folder = parent
      }
    },
  }
}
