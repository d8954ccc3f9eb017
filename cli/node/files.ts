/** The files port on the disk. */

import { access, mkdir, stat } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"
import { readInput, replaceFile } from "#core/host/files.ts"
import type { Files } from "../files.ts"
import type { Terminal } from "../terminal.ts"

const CIPHERTEXT_MODE = 0o666
const PLAINTEXT_MODE = 0o600
const PRIVATE_FOLDER_MODE = 0o700

export function nodeFiles(workingDirectory: string, terminal: Terminal): Files {
  return {
    resolve: (path) => resolve(workingDirectory, path),
    exists: (path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    read: (path, limit) => readInput(path, limit, { streams: true }),
    async replace(path, bytes, { expected, secret }) {
      const { warnings } = await replaceFile(path, bytes, {
        mode: secret ? PLAINTEXT_MODE : CIPHERTEXT_MODE,
        ...(expected === undefined ? {} : { expected }),
      })
      for (const warning of warnings) terminal.stderr.write(`warning: ${warning}\n`)
    },
    async makeFolderFor(path) {
      await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER_MODE })
    },
    async repositoryRoot(path) {
      let folder = path
      for (;;) {
        // A folder in a clone, a file in a worktree or submodule.
        const found = await stat(join(folder, ".git")).catch(() => null)
        if (found !== null) return folder
        const parent = dirname(folder)
        if (parent === folder) return null
        folder = parent
      }
    },
  }
}
