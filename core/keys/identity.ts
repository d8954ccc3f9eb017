/** What unwraps a data key or a share: the private side of a key. */

import type { KeyEntry } from "./key-entry.ts"

/** Implemented once for each way of unwrapping; it may hold a secret, and shows none. */
export interface Identity {
  /** Where it came from (a file, the name of a variable, "AWS KMS"), for reports. */
  readonly source: string

  /** Whether it could ever unwrap entries like this one, judged without any work. */
  handles(entry: KeyEntry): boolean

  /**
   * Unwraps one entry.
   *
   * @returns The data key or the share; `null` if the entry is wrapped for
   * someone else, which is no error.
   * @throws {@link ConclaveError} only if the entry is wrapped for this
   * identity and broken, or if what it needs (a network, a card) failed.
   */
  unwrap(entry: KeyEntry): Promise<Uint8Array | null>
}
