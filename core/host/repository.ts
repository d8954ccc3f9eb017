/**
 * Which repository a folder belongs to, read from its files: no git is run, and
 * nothing that a checkout brings along is obeyed.
 */

import { createHash } from "node:crypto"
import { readFileSync, realpathSync, statSync } from "node:fs"
import { dirname, join, resolve } from "node:path"

export type Repository = {
  /** Absolute, without links in it. */
  readonly root: string
  /** SHA-256 of the URL of the remote `origin`, in hex; empty without one. A URL may hold a token. */
  readonly origin: string
}

const MAX_CONFIG_SIZE = 1024 * 1024

/** @returns The folder itself, without an origin, where there is no repository. */
export function repositoryOf(folder: string): Repository {
  const start = realOf(resolve(folder))
  for (let root = start; ; root = dirname(root)) {
    const gitFolder = gitFolderOf(root)
    if (gitFolder !== null) return { root, origin: digestOf(originUrl(gitFolder)) }
    if (dirname(root) === root) return { root: start, origin: "" }
  }
}

function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // Not there yet: it is named as it will be.
    return path
  }
}

/** A folder in a clone; in a worktree or submodule a file that names the folder. */
function gitFolderOf(root: string): string | null {
  const path = join(root, ".git")
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return null
  if (stat.isDirectory()) return path
  const named = /^gitdir: (.+)$/m.exec(readText(path))?.[1]
  if (named === undefined) return path
  const folder = resolve(root, named.trim())
  // A worktree shares the configuration of its clone.
  const common = readText(join(folder, "commondir")).trim()
  return common === "" ? folder : resolve(folder, common)
}

function originUrl(gitFolder: string): string {
  let isOrigin = false
  for (const line of readText(join(gitFolder, "config")).split("\n")) {
    const section = /^\s*\[(.*)\]/.exec(line)?.[1]
    if (section !== undefined) isOrigin = /^remote\s+"origin"$/i.test(section.trim())
    const url = /^\s*url\s*=\s*(.*?)\s*$/i.exec(line)?.[1]
    if (isOrigin && url !== undefined) return url.replace(/^"(.*)"$/, "$1")
  }
  return ""
}

function digestOf(url: string): string {
  return url === "" ? "" : createHash("sha256").update(url).digest("hex")
}

/** Empty where there is no such file, or none of that size. */
function readText(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat?.isFile() || stat.size > MAX_CONFIG_SIZE) return ""
  return readFileSync(path, "utf8")
}
