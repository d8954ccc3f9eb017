/** The processes port on Node. */

import { serveFifo } from "#core/host/fifo.ts"
import {
  replaceProcess,
  runGuarded,
  runProcess,
  shellCommand,
  startInBackground,
} from "#core/host/process.ts"
import { becomeUser, findUser, userVariables } from "#core/host/user.ts"
import type { FileForCommand, Launcher } from "../launcher.ts"

export const nodeLauncher: Launcher = {
  ignoresCase: process.platform === "win32",
  shell: (text) => shellCommand(text),
  run: runProcess,
  runWithFile: (file, commandFor, env) =>
    runGuarded(async (run) => {
      const held = await hold(file)
      try {
        return await run(commandFor(held.path), env)
      } finally {
        await held.close()
      }
    }),
  replace: replaceProcess,
  startInBackground,
  become(user) {
    const account = findUser(user)
    becomeUser(account)
    return userVariables(account)
  },
}

type HeldFile = { readonly path: string; close(): Promise<void> }

async function hold({ content, name, as }: FileForCommand): Promise<HeldFile> {
  if (as === "fifo") return serveFifo(content, name)
  throw new Error("not there yet")
}
