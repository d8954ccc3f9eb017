/**
 * Finds and reads `.sops.yaml`. For conclave the one at the root of the target
 * file's repository counts; stock sops looks from the current directory
 * upwards, and `conclave sops` does as it does.
 */

import { dirname, join, relative, sep } from "node:path"
import { ConclaveError, hasCode } from "#core/errors.ts"
import { parseSopsConfig, type SopsConfig } from "#core/policy/sops-config.ts"
import type { Context } from "./context.ts"

const NAME = ".sops.yaml"
const MAX_CONFIG_SIZE = 1024 * 1024
/** As many folders as sops goes up. */
const MAX_LEVELS = 100

export type Lookup = "repository" | "working-directory"

export type FoundConfig = {
  readonly config: SopsConfig
  /** Of a file, as the configuration's `path_regex` is matched against it. */
  pathOf(file: string): string
}

/**
 * @param file - Absolute path of the file that the configuration is for.
 * @param explicit - `--config` or `SOPS_CONFIG`: this one and no other.
 * @returns `null` when there is none.
 * @throws {@link ConclaveError} `config-invalid`, `regex-invalid`, `config-missing` if it cannot be read.
 */
export async function findConfig(
  context: Context,
  file: string,
  lookup: Lookup,
  explicit = context.env["SOPS_CONFIG"],
): Promise<FoundConfig | null> {
  const path =
    explicit !== undefined && explicit !== ""
      ? context.files.resolve(explicit)
      : await locate(context, lookup === "repository" ? dirname(file) : context.workingDirectory, lookup)
  if (path === null) return null
  const config = await parseSopsConfig(await readConfig(path, context), path)
  return { config, pathOf: (target) => relativeTo(dirname(path), target) }
}

/** Told apart from the failure to read the file that the command is for. */
async function readConfig(path: string, context: Context): Promise<Uint8Array> {
  try {
    return await context.files.read(path, MAX_CONFIG_SIZE)
  } catch (cause) {
    if (!hasCode(cause, "read-failed")) throw cause
    const { reason } = cause.details
    throw new ConclaveError(
      "config-missing",
      `cannot read the configuration ${path}: ${reason}`,
      { file: path },
      { cause },
    )
  }
}

async function locate(context: Context, start: string, lookup: Lookup): Promise<string | null> {
  if (lookup === "repository") {
    const root = await context.files.repositoryRoot(start)
    if (root !== null) {
      const path = join(root, NAME)
      return (await context.files.exists(path)) ? path : null
    }
  }
  let folder = start
  for (let level = 0; level < MAX_LEVELS; level++) {
    const path = join(folder, NAME)
    if (await context.files.exists(path)) return path
    const parent = dirname(folder)
    if (parent === folder) return null
    folder = parent
  }
  return null
}

/** Inside the configuration's folder relative to it, outside absolute, always with `/`. */
function relativeTo(folder: string, file: string): string {
  const path = relative(folder, file)
  const inside = path !== "" && !path.startsWith(`..${sep}`) && path !== ".."
  return (inside ? path : file).split(sep).join("/")
}

/** The error of a command that needs a configuration and found none. */
export function configMissing(file: string): ConclaveError {
  return new ConclaveError(
    "config-missing",
    `no recipients for ${file}: no .sops.yaml, and no key was named`,
    { file },
  )
}
