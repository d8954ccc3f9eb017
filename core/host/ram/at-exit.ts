/** Does what must be done before the process goes: at its end, and when a signal ends it that nobody else listens to. */

import { constants } from "node:os"

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const
/** As a shell says that a signal ended a command. */
const SIGNALLED = 128

const tasks = new Set<() => void>()

/** @returns Takes the task back. */
export function atExit(task: () => void): () => void {
  if (tasks.size === 0) listen()
  tasks.add(task)
  return () => {
    if (tasks.delete(task) && tasks.size === 0) stopListening()
  }
}

function listen(): void {
  process.on("exit", runTasks)
  for (const signal of SIGNALS) process.on(signal, end)
}

function stopListening(): void {
  process.off("exit", runTasks)
  for (const signal of SIGNALS) process.off(signal, end)
}

/** Without a listener a signal ends the process at once, and no exit is told. */
function end(signal: NodeJS.Signals): void {
  process.exit(SIGNALLED + constants.signals[signal])
}

function runTasks(): void {
  for (const task of tasks) {
    try {
      task()
    } catch {
      // The others must still be done; what is left is found at the next start.
    }
  }
}
