/** What unwraps a data key or a share: the private side of a key. */

import type { KeyEntry } from "./key-entry.ts"

/** Implemented once for each way of unwrapping; it may hold a secret, and shows none. */
export interface Identity {
  /** Where it came from (a file, the name of a variable, "AWS KMS"), for reports. */
  readonly source: string
  /** Whether it asks another machine: it comes after those that do not, and is asked for many entries at a time. */
  readonly remote?: boolean

  /** Whether it could ever unwrap entries like this one, judged without any work. */
  handles(entry: KeyEntry): boolean

  /**
   * Unwraps one entry.
   *
   * @returns The data key or the share; `null` if the entry is wrapped for
   * someone else, which is no error.
   * @throws {@link ConclaveError} only if the entry is wrapped for this
   * identity and broken, or if what it needs (a network, a card) failed.
   * @param signal - Once aborted, nobody waits for the answer: a remote
   * identity must then end soon, in whatever way.
   */
  unwrap(entry: KeyEntry, signal?: AbortSignal): Promise<Uint8Array | null>

  /**
   * Only where a person may have to be asked before it can be used: asks now.
   *
   * @returns Whether it was behind a passphrase and is open now.
   */
  unlock?(): Promise<boolean>
}
