/**
 * One unwrap for each distinct wrapped key of a process, however many files
 * carry it and however many are opened at once: a call to a KMS costs time and
 * money, and behind a local key may be a question.
 */

import { setMaxListeners } from "node:events"
import type { Identity } from "../../keys/identity.ts"
import { entryId } from "../../keys/key-entry.ts"
import { createFlights } from "./flights.ts"

/** The same identity, asked once for each wrapped key; everyone gets a copy to wipe. */
export function sharing(identity: Identity): Identity {
  const flights = createFlights<Uint8Array | null>(() => Number.POSITIVE_INFINITY)
  return {
    ...identity,

    async unwrap(entry, signal) {
      // All entries of a document are called off by one signal.
      if (signal !== undefined) setMaxListeners(0, signal)
      const id = JSON.stringify([entry.kind, entryId(entry), entry.enc])
      const secret = await flights.take(id, (stop) => identity.unwrap(entry, stop), signal)
      return secret === null ? null : Uint8Array.from(secret)
    },
  }
}
