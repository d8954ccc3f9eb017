/** Where the process meets the program: the real streams, files, keys and clock become a context. */

import { nodeCipher } from "#core/host/node-cipher.ts"
import { draftFolders, userConfigFile } from "#core/host/user-folders.ts"
import type { Command } from "./command.ts"
import type { Context } from "./context.ts"
import { EXIT_INTERRUPTED } from "./exit-codes.ts"
import { nodeFiles } from "./node/files.ts"
import { nodeAgeKeysFile, nodeKeys } from "./node/keys.ts"
import { nodeTerminal } from "./node/terminal.ts"
import { fail, runCommand } from "./run.ts"

/** The start of one command's bundle. */
export function startCommand<C extends Command>(command: C): (words: readonly string[]) => Promise<void> {
  return (words) => startProgram((context) => runCommand(command, words, context))
}

/** Runs to an exit code; output still in flight is flushed by the process's own end. */
export async function startProgram(program: (context: Context) => Promise<number>): Promise<void> {
  process.once("SIGINT", () => process.exit(EXIT_INTERRUPTED))
  const terminal = nodeTerminal()
  const workingDirectory = process.cwd()
  const keys = nodeKeys(terminal, workingDirectory)
  const context: Context = {
    terminal,
    files: nodeFiles(workingDirectory, terminal),
    clock: { now: () => new Date() },
    cipher: nodeCipher,
    launcher: async () => (await import("./node/launcher.ts")).nodeLauncher(terminal),
    editors: async () => (await import("./node/editors.ts")).nodeEditors,
    http: async () => (await import("./node/http.ts")).nodeHttp(),
    agent: async () => (await import("./node/agent.ts")).nodeAgent(terminal),
    env: process.env,
    workingDirectory,
    identities: keys.identities,
    ageKeysFile: nodeAgeKeysFile,
    userConfigFile: () => userConfigFile(process.env, process.platform),
    draftFolders: () => draftFolders(process.env, process.platform),
    recipient: keys.recipient,
    outsideKeys: keys.outside,
  }
  process.exitCode = await program(context).catch((error: unknown) => fail(error, false, false, terminal))
}
