/** The processes port: runs other commands in our place, and hands plaintext to them. */

export type CommandLine = readonly [program: string, ...args: string[]]

export type Environment = Readonly<Record<string, string | undefined>>

/** A plaintext under a path, for as long as a command runs. */
export type FileForCommand = {
  readonly content: Uint8Array
  /** One step: the last of the path. */
  readonly name: string
  /** A named pipe; or a file in memory, and with `disk` on a disk where there is no such memory. */
  readonly as: "fifo" | "ram" | "disk"
}

export interface Launcher {
  /** Whether `Path` and `PATH` are one variable. */
  readonly ignoresCase: boolean
  /** As the platform's shell runs it. */
  shell(text: string): CommandLine
  /** With our streams, to its end. @returns its exit code. @throws `command-not-found`, `process-failed` */
  run(command: CommandLine, env: Environment): Promise<number>
  /** The same with a file, gone when the command has ended. @throws also `kind-unsupported` where there is no such file */
  runWithFile(
    file: FileForCommand,
    commandFor: (path: string) => CommandLine,
    env: Environment,
  ): Promise<number>
  /** Becomes the command. @returns false where the platform cannot; nothing has happened then. */
  replace(command: CommandLine, env: Environment): boolean
  /** Without our streams, and without waiting. */
  startInBackground(command: CommandLine, env: Environment): Promise<void>
  /**
   * Becomes another user, for good.
   *
   * @returns The variables that name the user. @throws `process-failed`
   */
  become(user: string): Readonly<Record<string, string>>
}
