/** The file or stream that a command works on, with its format. */

import { sizeLimit } from "#core/document/document.ts"
import { ConclaveError } from "#core/errors.ts"
import { type Format, MAX_TEXT_SIZE } from "#core/formats/format.ts"
import { formatNamed } from "#core/formats/registry.ts"
import { formatFor, isFormatName } from "#core/formats/select.ts"
import { UsageError } from "./command.ts"
import type { Context } from "./context.ts"

export type Source = {
  /** As the user wrote it; `-` for standard input. */
  readonly shown: string
  /** Absolute; what configuration and format are chosen by. With `--filename-override` that one. */
  readonly name: string
  /** Absolute; `null` for standard input. */
  readonly path: string | null
  readonly bytes: Uint8Array
  readonly format: Format
}

export type SourceOptions = {
  readonly inputType?: string | undefined
  readonly filenameOverride?: string | undefined
  readonly maxSize?: string | undefined
}

/** Reads FILE, or standard input for `-` or nothing. */
export async function readSource(
  file: string | undefined,
  options: SourceOptions,
  context: Context,
): Promise<Source> {
  const shown = file ?? "-"
  const path = shown === "-" ? null : context.files.resolve(shown)
  const override = options.filenameOverride
  const name = override !== undefined && override !== "" ? context.files.resolve(override) : (path ?? "-")
  const format = chooseFormat(name, options.inputType)
  const limit = sizeLimit(format, maxSizeOf(options.maxSize))
  if (path !== null && !(await context.files.exists(path))) {
    throw new ConclaveError("read-failed", `${shown} does not exist`, { file: shown, reason: "ENOENT" })
  }
  const bytes =
    path === null ? await context.terminal.stdin.read(limit) : await context.files.read(path, limit)
  return { shown, name, path, bytes, format }
}

/** By an explicit name, else by the suffix. An unknown word is an error here; sops falls back to the suffix. */
export function chooseFormat(fileName: string, type: string | undefined): Format {
  if (type === undefined || type === "") return formatNamed(formatFor(fileName))
  if (!isFormatName(type))
    throw new UsageError(`unknown format ${type}: one of yaml, json, dotenv, ini, binary`)
  return formatNamed(type)
}

function maxSizeOf(text: string | undefined): number {
  if (text === undefined) return MAX_TEXT_SIZE
  if (!/^[1-9]\d{0,12}$/.test(text)) throw new UsageError("--max-size takes a number of bytes")
  return Number(text)
}
