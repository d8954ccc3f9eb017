/** The terminal port on the process's streams; questions go through `/dev/tty`. */

import { ConclaveError } from "#core/errors.ts"
import type { Terminal } from "../terminal.ts"

export function nodeTerminal(): Terminal {
  return {
    stdin: {
      // Asked only when it matters: the first touch of standard input makes its stream, which a cold start feels.
      get isTTY() {
        return process.stdin.isTTY === true
      },
      read: readStdin,
    },
    stdout: { isTTY: process.stdout.isTTY === true, write: (data) => writeAll(process.stdout, data) },
    stderr: { isTTY: process.stderr.isTTY === true, write: (text) => void process.stderr.write(text) },
    // Loaded only when someone is asked: most calls are not.
    async askHidden(question) {
      const { askTerminal } = await import("./prompt.ts")
      return askTerminal(question, "hidden")
    },
    async ask(question) {
      const { askTerminal } = await import("./prompt.ts")
      return askTerminal(question, "shown")
    },
  }
}

async function readStdin(limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit)
      throw new ConclaveError("too-large", `standard input is larger than ${limit} bytes`, { size, limit })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function writeAll(stream: NodeJS.WriteStream, data: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once("error", reject)
    stream.write(data, (error) => {
      stream.off("error", reject)
      if (error)
        reject(
          new ConclaveError(
            "write-failed",
            `standard output: ${(error as NodeJS.ErrnoException).code ?? "failed"}`,
            { file: "-", reason: (error as NodeJS.ErrnoException).code ?? "" },
          ),
        )
      else resolve()
    })
  })
}
