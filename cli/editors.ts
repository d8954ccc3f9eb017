/** The editing port: a plaintext laid before the editor of a person, in memory, and the signals that come meanwhile. */

import type { CommandLine, Environment } from "./launcher.ts"

/** A plaintext in a private folder. */
export type LaidOut = {
  readonly file: string
  readonly folder: string
  /** Whether the folder was proved to be memory. */
  readonly inMemory: boolean
  /** What the editor has left. @throws `read-failed`, `too-large` */
  read(limit: number): Promise<Uint8Array>
  /** The same for an editor that was told to go: it may have saved beside the file (nano's `.save`). */
  readRescued(limit: number): Promise<Uint8Array>
  /** Removes it with all that the editor has put beside it. */
  close(): Promise<void>
}

/** What a session may do while no signal ends it. */
export type Guarded = {
  /** Runs an editor with our streams; signals are its own for that time. @returns its exit code. */
  run(command: CommandLine, env: Environment): Promise<number>
  /** Comes when we are told to go while no editor runs. */
  readonly interrupted: Promise<void>
}

export interface Editors {
  /** Where a program lies, behind links (`/usr/bin/vim.basic` for `vi`); `null` if it is not found. */
  find(program: string): string | null
  /**
   * @param name - Of the file: the last step of the real one.
   * @throws `no-ram-folder`
   */
  layOut(name: string, content: Uint8Array, allowDisk: boolean): Promise<LaidOut>
  guarded<T>(work: (guarded: Guarded) => Promise<T>): Promise<T>
  /** For as long as somebody edits a file; others may write it. @throws `locked` */
  lock(path: string): Promise<{ release(): void }>
}
