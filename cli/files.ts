/** The files port: what commands read and how they write. */

export type WriteOptions = {
  /** The bytes that were read before; a target that says something else by now is left alone. `null`: must not exist. */
  readonly expected?: Uint8Array | null
  /** Plaintext is for its owner alone (0600); ciphertext gets the usual mode. An existing file keeps its own. */
  readonly secret: boolean
}

export interface Files {
  /** Absolute, from the working directory. */
  resolve(path: string): string
  exists(path: string): Promise<boolean>
  /** @throws `read-failed`, `not-a-file`, `too-large` */
  read(path: string, limit: number): Promise<Uint8Array>
  /** Whole or not at all. @throws `write-failed`, `file-changed` */
  replace(path: string, bytes: Uint8Array, options: WriteOptions): Promise<void>
  /** Makes the folders above a file that is to be written, for the user alone (0700). */
  makeFolderFor(path: string): Promise<void>
  isFolder(path: string): Promise<boolean>
  /** The files below a folder, as paths from it with `/`, sorted; without those of git itself. @throws `read-failed` */
  filesBelow(folder: string): Promise<readonly string[]>
  /**
   * A file as a git revision has it.
   *
   * @param path - Absolute.
   * @throws `read-failed`, `too-large`
   */
  readRevision(path: string, revision: string, limit: number): Promise<Uint8Array>
  /** The revisions whose merge lies in the working tree of this file. */
  mergedRevisions(path: string): Promise<readonly string[]>
  /** The nearest folder upwards that is the root of a git repository; `null` if there is none. */
  repositoryRoot(path: string): Promise<string | null>
}
