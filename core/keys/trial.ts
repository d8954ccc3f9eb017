/** One entry of a document while its data key is being recovered: what was tried, and what became of it. */

import { wipe } from "../bytes.ts"
import { type Attempt, ConclaveError } from "../errors.ts"
import { toShare } from "../shamir/shares.ts"
import { DATA_KEY_SIZE } from "./data-key.ts"
import type { Identity } from "./identity.ts"
import { entryId, type KeyEntry, type KeyKind } from "./key-entry.ts"

export type Trial = {
  readonly entry: KeyEntry
  readonly group: number
  /** Its place in the decryption order. */
  readonly rank: number
  outcome: Attempt["outcome"] | "untried"
  reason?: string
}

export function toTrial(entry: KeyEntry, group: number, order: readonly KeyKind[]): Trial {
  const place = order.indexOf(entry.kind)
  return { entry, group, rank: place < 0 ? order.length : place, outcome: "untried" }
}

/**
 * Tries one identity, and notes the outcome in the trial.
 *
 * @param size - Of what the entry must hold, in bytes: a data key or a share.
 * @param signal - Once aborted, no failure is noted: the answer was no longer wanted.
 * @returns `null` unless it opens; then the caller wipes it.
 */
export async function unwrapTrial(
  trial: Trial,
  identity: Identity,
  size: number,
  signal?: AbortSignal,
): Promise<Uint8Array | null> {
  try {
    const secret = await identity.unwrap(trial.entry, signal)
    if (secret === null) {
      if (trial.outcome === "untried") trial.outcome = "not-mine"
      return null
    }
    checkSecret(secret, size)
    trial.outcome = "opened"
    delete trial.reason
    return secret
  } catch (error) {
    // Called off: however it ended is no news.
    if (signal?.aborted) return null
    // Anything else is a bug, and must not pass for an entry that does not open.
    if (!(error instanceof ConclaveError)) throw error
    if (trial.outcome === "opened" || trial.outcome === "failed") return null
    trial.outcome = outcomeOf(error)
    trial.reason = error.message
    return null
  }
}

function outcomeOf({ code }: ConclaveError): Attempt["outcome"] {
  if (code === "kind-unsupported") return "unsupported"
  return code === "not-trusted" ? "not-trusted" : "failed"
}

function checkSecret(secret: Uint8Array, size: number): void {
  if (secret.length !== size) {
    wipe(secret)
    throw new ConclaveError("malformed", `unwraps to ${secret.length} bytes where ${size} are expected`, {
      at: "wrapped key",
    })
  }
  if (size > DATA_KEY_SIZE) toShare(secret)
}

export function toAttempt({ entry, group, outcome, reason }: Trial): Attempt {
  const about = { group, recipient: entryId(entry), kind: entry.kind }
  if (outcome === "untried") {
    return {
      ...about,
      outcome: "unsupported",
      reason: `there is no identity for keys of this kind (${entry.kind})`,
    }
  }
  return reason === undefined ? { ...about, outcome } : { ...about, outcome, reason }
}
