/** Where a result goes: standard output, a named file, or back over its source. */

import { UsageError } from "./command.ts"
import type { Context } from "./context.ts"
import type { Source } from "./source.ts"

export type Target = { readonly inPlace: boolean; readonly output?: string | undefined }

/** @throws {@link UsageError} if the two flags contradict each other or the source. */
export function checkTarget(target: Target, source: Pick<Source, "path">): void {
  if (target.inPlace && target.output !== undefined)
    throw new UsageError("--in-place and --output exclude each other")
  if (target.inPlace && source.path === null) throw new UsageError("--in-place needs a FILE")
}

/**
 * @param secret - Whether the bytes are plaintext: a new file is then 0600.
 * @returns The file that was written, as the user named it; `null` for standard output.
 */
export async function writeResult(
  bytes: Uint8Array,
  target: Target,
  source: Source,
  secret: boolean,
  context: Context,
): Promise<string | null> {
  if (target.inPlace && source.path !== null) {
    await context.files.replace(source.path, bytes, { expected: source.bytes, secret })
    return source.shown
  }
  if (target.output !== undefined && target.output !== "-") {
    await context.files.replace(context.files.resolve(target.output), bytes, { secret })
    return target.output
  }
  return null
}

/** @throws {@link UsageError} instead of putting control bytes on a terminal. */
export function refuseBinary(bytes: Uint8Array, context: Context): void {
  if (context.terminal.stdout.isTTY && bytes.subarray(0, 8192).includes(0)) {
    throw new UsageError("the result is binary; name a file with --output, or redirect")
  }
}
