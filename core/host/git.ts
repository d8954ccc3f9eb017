/**
 * The few questions that conclave asks the system's git, so that nothing runs
 * which a branch has brought: no hooks, no file system monitor, no filters, no
 * external protocols, no prompt; revisions and paths that begin with `-` are
 * refused, and objects are read by id.
 */

import { execFile } from "node:child_process"
import { realpath } from "node:fs/promises"
import { basename, dirname, join, relative, sep } from "node:path"
import { ConclaveError } from "../errors.ts"

const HARDENED = [
  "-c",
  "safe.bareRepository=explicit",
  "-c",
  "protocol.ext.allow=never",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
]

/**
 * A file as a revision has it.
 *
 * @param file - Absolute; it need not be there any more.
 * @param limit - In bytes.
 * @throws {@link ConclaveError} `read-failed` if there is no git, no
 * repository, no such revision, or no such file in it; `too-large`.
 */
export async function readRevision(file: string, revision: string, limit: number): Promise<Uint8Array> {
  if (revision.startsWith("-") || revision === "") throw failed(file, "a revision cannot begin with a dash")
  const folder = await realpath(dirname(file)).catch(() => dirname(file))
  const root = (await run(folder, ["rev-parse", "--show-toplevel"], 64 * 1024, file))
    .toString()
    .replace(/\r?\n$/, "")
  const path = relative(root, join(folder, basename(file)))
    .split(sep)
    .join("/")
  const commit = (
    await run(folder, ["rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`], 4096, file)
  )
    .toString()
    .trim()
  return run(folder, ["cat-file", "blob", `${commit}:${path}`], limit, file)
}

/**
 * The commits whose merge a working tree holds, by names that a person knows:
 * of a merge that is going on, or of the last commit if that was one; else the
 * last commit alone. Empty before the first one.
 *
 * @param folder - Any in the repository.
 */
export async function mergedRevisions(folder: string): Promise<string[]> {
  const exists = (revision: string) =>
    run(folder, ["rev-parse", "--verify", "--quiet", `${revision}^{commit}`], 4096, folder).then(
      () => true,
      () => false,
    )
  for (const names of [
    ["HEAD", "MERGE_HEAD"],
    ["HEAD^1", "HEAD^2"],
    ["HEAD", "CHERRY_PICK_HEAD"],
    ["HEAD", "REBASE_HEAD"],
    ["HEAD"],
  ]) {
    const found = await Promise.all(names.map(exists))
    if (found.every(Boolean)) return names
  }
  return []
}

function run(folder: string, words: readonly string[], limit: number, file: string): Promise<Buffer> {
  const env = { ...process.env, GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" }
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, env, encoding: "buffer", maxBuffer: limit, windowsHide: true } as const
    execFile("git", [...HARDENED, ...words], options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout)
      if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
        return reject(
          new ConclaveError("too-large", `${file} is larger than ${limit} bytes in that revision`, {
            size: limit,
            limit,
          }),
        )
      }
      reject(failed(file, error.code === "ENOENT" ? "git is not installed" : firstLine(stderr.toString())))
    })
  })
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").replace(/^(fatal|error): /, "")
}

function failed(file: string, reason: string): ConclaveError {
  return new ConclaveError("read-failed", `${file} cannot be read from git: ${reason}`, { file, reason })
}
