/** Runs the built program on a terminal made by util-linux' `script`, and answers what it asks. */

import { spawn, spawnSync } from "node:child_process"
import { commandLine, type Home } from "./home.ts"

const SCRIPT = "script"

/** Elsewhere (macOS) `script` takes other options, and the tests with a terminal are left out. */
export const hasTerminal = spawnSync(SCRIPT, ["--version"]).stdout?.toString().includes("util-linux") === true

export type Dialogue = { readonly status: number; readonly screen: string }

/** @param answers - Each is typed once its question stands on the screen. */
export function inTerminal(
  home: Home,
  words: readonly string[],
  answers: readonly (readonly [question: RegExp, answer: string])[],
  more: Readonly<Record<string, string>> = {},
): Promise<Dialogue> {
  const { command, env } = commandLine(home.path)
  const line = [...command, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ")
  return new Promise((resolve, reject) => {
    const child = spawn(SCRIPT, ["--quiet", "--return", "--command", line, "/dev/null"], {
      cwd: home.path,
      env: { ...env, ...more },
    })
    const waiting = [...answers]
    let screen = ""
    child.stdout.on("data", (chunk: Buffer) => {
      screen += chunk.toString()
      const [question, answer] = waiting[0] ?? []
      if (question === undefined || !question.test(screen)) return
      waiting.shift()
      child.stdin.write(`${answer}\n`)
    })
    child.on("error", reject)
    child.on("close", (code) => resolve({ status: code ?? -1, screen }))
  })
}
