/** The processes port on Node. */

import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { serveFifo } from "#core/host/fifo.ts"
import {
  replaceProcess,
  runGuarded,
  runProcess,
  shellCommand,
  startInBackground,
} from "#core/host/process.ts"
import { openRamFolder } from "#core/host/ram.ts"
import { becomeUser, findUser, userVariables } from "#core/host/user.ts"
import type { CommandLine, Environment, FileForCommand, Launcher } from "../launcher.ts"
import type { Terminal } from "../terminal.ts"

type CommandFor = (path: string) => CommandLine

export function nodeLauncher(terminal: Terminal): Launcher {
  return {
    ignoresCase: process.platform === "win32",
    shell: (text) => shellCommand(text),
    run: runProcess,
    runWithFile: (file, commandFor, env) =>
      file.as === "fifo"
        ? runWithFifo(file, commandFor, env)
        : runWithRamFile(file, commandFor, env, terminal),
    replace: replaceProcess,
    startInBackground,
    become(user) {
      const account = findUser(user)
      becomeUser(account)
      return userVariables(account)
    },
  }
}

function runWithFifo(file: FileForCommand, commandFor: CommandFor, env: Environment): Promise<number> {
  return runGuarded(async (run) => {
    const fifo = await serveFifo(file.content, file.name)
    try {
      return await run(commandFor(fifo.path), env)
    } finally {
      await fifo.close()
    }
  })
}

/** The folder sees to its own end when a signal comes before the command is there. */
async function runWithRamFile(
  file: FileForCommand,
  commandFor: CommandFor,
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const folder = await openRamFolder({ name: "exec", allowDisk: file.as === "disk" })
  try {
    if (folder.kind === "disk" || folder.kind === "user-folder") {
      terminal.stderr.write(`warning: the plaintext is on a disk while the command runs: ${folder.path}\n`)
    }
    const path = join(folder.path, file.name)
    await writeFile(path, file.content, { mode: 0o600, flag: "wx" })
    return await runProcess(commandFor(path), env)
  } finally {
    await folder.close()
  }
}
