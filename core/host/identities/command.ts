/** Runs a command of the user's own choosing for the identities that it prints. */

import { spawn } from "node:child_process"
import { concat, wipe } from "../../bytes.ts"
import { splitCommandLine } from "./command-line.ts"

export type CommandResult =
  | { readonly ok: true; readonly stdout: Uint8Array }
  /** Why, without what it printed. */
  | { readonly ok: false; readonly reason: string }

/**
 * Runs a command line without a shell. It has no input; what it prints to
 * stderr ("touch your token") goes to the user.
 *
 * @param limit - Of its output, in bytes; a command that prints more is ended.
 */
export async function runCommand(
  commandLine: string,
  env: Readonly<Record<string, string | undefined>>,
  limit: number,
): Promise<CommandResult> {
  const words = splitCommandLine(commandLine)
  if (words === null) return { ok: false, reason: "the command has an open quote or ends in a backslash" }
  const [program, ...args] = words
  if (program === undefined) return { ok: false, reason: "the command is empty" }

  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "inherit"] })
    const chunks: Uint8Array[] = []
    let size = 0
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) child.kill()
      else chunks.push(chunk)
    })
    child.on("error", (error: NodeJS.ErrnoException) => {
      resolve({ ok: false, reason: `the command cannot be run: ${error.code ?? "unknown"}` })
    })
    child.on("close", (code, signal) => {
      const stdout = concat(...chunks)
      wipe(...chunks)
      if (size > limit) resolve({ ok: false, reason: `the command printed more than ${limit} bytes` })
      else if (code === 0) resolve({ ok: true, stdout })
      else resolve({ ok: false, reason: `the command ended with ${signal ?? code}` })
    })
  })
}
