/** The built program in a process of its own, with nothing of the caller's environment and without a terminal. */

import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { resolve } from "node:path"

/** As built, or another build of it. */
export const PROGRAM: string =
  process.env["CONCLAVE_PROGRAM"] ?? resolve(import.meta.dirname, "../../dist/conclave.cjs")

/** So that what would need more memory fails here, and not on the machine of whoever opens such a file. */
const MEMORY_LIMIT = "--max-old-space-size=512"

export type Outcome = {
  readonly status: number
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  readonly stderr: string
  readonly milliseconds: number
}

export type ProgramOptions = {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: Uint8Array | string
  /** How the program is started; a link of another name is another program. */
  readonly program?: string
  /** Called every few milliseconds while it runs. */
  readonly watch?: (pid: number) => void
}

const WATCH_INTERVAL_MS = 3

export function runProgram(words: readonly string[], options: ProgramOptions): Promise<Outcome> {
  const { cwd, env = {}, input = "", program = PROGRAM } = options
  if (!existsSync(program)) throw new Error(`${program} is missing: run \`npm run build\` first`)
  return new Promise((settle, reject) => {
    const start = performance.now()
    const child = spawn(process.execPath, [program, ...words], {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", HOME: cwd, TMPDIR: cwd, NODE_OPTIONS: MEMORY_LIMIT, ...env },
      stdio: "pipe",
      // A session of its own: a question through /dev/tty would otherwise wait for whoever runs the tests.
      detached: true,
    })
    const { pid } = child
    const timer = pid === undefined ? undefined : setInterval(() => options.watch?.(pid), WATCH_INTERVAL_MS)
    const stdout: Buffer[] = []
    let stderr = ""
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk))
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk
    })
    // A program that fails early need not read its input.
    child.stdin.on("error", () => undefined).end(input)
    child.on("error", reject)
    child.on("close", (status, signal) => {
      clearInterval(timer)
      settle({
        status: status ?? -1,
        signal,
        stdout: Buffer.concat(stdout),
        stderr,
        milliseconds: performance.now() - start,
      })
    })
  })
}
