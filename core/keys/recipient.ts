/** What a data key or a share is wrapped for: the public side of a key. */

import type { KeyEntry, KeyKind } from "./key-entry.ts"

/** Implemented once for each way of wrapping; it holds nothing secret. */
export interface Recipient {
  readonly kind: KeyKind
  /** The text of {@link entryId} for the entries that this recipient makes. */
  readonly id: string

  /**
   * Wraps a data key or a share.
   *
   * @returns The `enc` text of the SOPS entry, a fresh one at each call.
   * @throws {@link ConclaveError} `wrap-failed` if it cannot be done now.
   */
  wrap(secret: Uint8Array): Promise<string>

  /**
   * The entry that carries what {@link wrap} has returned.
   *
   * @param createdAt - RFC 3339; kinds without a date leave it out.
   */
  toEntry(enc: string, createdAt: string): KeyEntry
}
