/** Runs a program that asks for a passphrase, on a terminal made by util-linux' `script`. */

import { spawn, spawnSync } from "node:child_process"
import type { SopsVersion } from "./peers.mjs"
import { conclaveCommand, requirePeers } from "./programs.ts"

const SCRIPT = "script"

/** Whether there is a `script` that takes these options; elsewhere (macOS) the tests with a terminal are left out. */
export const hasTerminal = spawnSync(SCRIPT, ["--version"]).stdout?.toString().includes("util-linux") === true

export type Dialogue = { readonly status: number; readonly screen: string }

/**
 * Runs `command` and types the answer whenever the screen asks for a passphrase.
 *
 * @param command - For `/bin/sh`, so that its output can be sent to a file.
 * @param question - Another question than that for a passphrase; global.
 */
export function inTerminal(
  command: string,
  answer: string | (() => string),
  env: Readonly<Record<string, string>>,
  cwd: string,
  question: RegExp = /(?:passphrase[^\n]*|again): ?/gi,
): Promise<Dialogue> {
  return new Promise((resolve, reject) => {
    const child = spawn(SCRIPT, ["--quiet", "--return", "--command", command, "/dev/null"], { cwd, env })
    let screen = ""
    let answered = 0
    child.stdout.on("data", (chunk: Buffer) => {
      screen += chunk.toString()
      const asked = screen.match(question)?.length ?? 0
      for (; answered < asked; answered++)
        child.stdin.write(`${typeof answer === "string" ? answer : answer()}\n`)
    })
    child.on("error", reject)
    child.on("close", (code) => resolve({ status: code ?? -1, screen }))
  })
}

/** How `/bin/sh` starts a program. */
export function programLine(name: "conclave" | SopsVersion): string {
  const words = name === "conclave" ? [...conclaveCommand(), "sops"] : [requirePeers().sops[name]]
  return words.map((word) => `'${word}'`).join(" ")
}
