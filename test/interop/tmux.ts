/** A terminal that a test types into and looks at. */

import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { onTestFinished } from "vitest"

export function has(program: string): boolean {
  return spawnSync("sh", ["-c", 'command -v "$0"', program]).status === 0
}

export type Screen = {
  /** Keys as tmux names them: `Enter`, `Escape`, `C-o`; anything else is typed as it is. */
  type(...keys: string[]): void
  shown(): string
  /** The process of this name that was started here. */
  pidOf(program: string): number
  /** Waits until the screen matches. */
  see(pattern: RegExp, timeoutMs?: number): Promise<string>
}

/** Starts a command line in a terminal of 120 by 40; the screen then ends with `exit N`. Must be called within a test. */
export function openTerminal(command: string, cwd: string, env: Readonly<Record<string, string>>): Screen {
  const sockets = mkdtempSync(join(tmpdir(), "tmux-"))
  const tmux = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      "tmux",
      ["-S", join(sockets, "s"), "-f", "/dev/null", ...words],
      {
        encoding: "utf8",
        cwd,
        env: { ...env, TERM: "xterm-256color", LC_ALL: "C.UTF-8" },
      },
    )
    if (status !== 0) throw new Error(`tmux ${words[0]}: ${stderr}`)
    return stdout
  }
  tmux("new-session", "-d", "-x", "120", "-y", "40", `${command}; echo "exit $?"; sleep 600`)
  onTestFinished(() => {
    tmux("kill-server")
    rmSync(sockets, { recursive: true, force: true })
  })
  const shown = () => tmux("capture-pane", "-p", "-J")
  return {
    pidOf(program) {
      const own = new Set([Number(tmux("display-message", "-p", "#{pane_pid}"))])
      const table = spawnSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" }).stdout
      // Parents come before their children.
      for (const line of table.split("\n")) {
        const [pid = "", parent = "", name] = line.trim().split(/\s+/)
        if (!own.has(Number(parent))) continue
        own.add(Number(pid))
        if (name === program) return Number(pid)
      }
      throw new Error(`no ${program} here`)
    },
    type: (...keys) => void tmux("send-keys", ...keys),
    shown,
    async see(pattern, timeoutMs = 20_000) {
      for (const end = Date.now() + timeoutMs; Date.now() < end; ) {
        if (pattern.test(shown())) return shown()
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      throw new Error(`the screen never showed ${pattern}:\n${shown()}`)
    },
  }
}
