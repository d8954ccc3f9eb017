/**
 * From the key groups of a document to its data key. One group: any entry's
 * secret is the data key. More: each group opens to a share, and as many of
 * them as the threshold asks for are combined.
 *
 * Identities are taken one after the other, and only while groups are missing:
 * behind a later one may be a passphrase to type or a command to run.
 */

import { wipe } from "../bytes.ts"
import { type Attempt, ConclaveError } from "../errors.ts"
import { combineShares, toShare } from "../shamir/shares.ts"
import { DATA_KEY_SIZE, type DataKey, toDataKey } from "./data-key.ts"
import type { Identity } from "./identity.ts"
import { entryId, type KeyEntry, type KeyGroup, type KeyKind } from "./key-entry.ts"
import { type LazyList, toLazyList } from "./lazy-list.ts"

/** sops' `--decryption-order` when none is given. */
const DEFAULT_ORDER: readonly KeyKind[] = ["age", "pgp"]

const MIN_THRESHOLD = 2

export type Unwrapped = {
  /** The caller wipes it. */
  readonly dataKey: DataKey
  /** One outcome for each entry that was tried, in the order of the document. */
  readonly attempts: readonly Attempt[]
}

/** One entry on its way: what is known of it so far. */
type Trial = {
  readonly entry: KeyEntry
  readonly group: number
  /** Its place in the decryption order. */
  readonly rank: number
  outcome: Attempt["outcome"] | "untried"
  reason?: string
}

/** The data key or shares found so far, by group. */
type Secrets = Map<number, Uint8Array>

/**
 * Unwraps the data key of a document.
 *
 * @param threshold - As stored; 0 with several groups means all of them.
 * @param identities - In the order in which they may be used; an iterable is
 * read no further than needed. An identity is tried on all groups before the
 * next one is taken.
 * @param order - Kinds to try first; the others follow as stored.
 * @throws {@link ConclaveError} `no-identity` if no group opens,
 * `below-threshold` if some do, and too few, both with one attempt for each
 * entry; `share-invalid` if the shares do not fit together.
 */
export async function unwrapDataKey(
  groups: readonly KeyGroup[],
  threshold: number,
  identities: AsyncIterable<Identity> | readonly Identity[],
  order: readonly KeyKind[] = DEFAULT_ORDER,
): Promise<Unwrapped> {
  const need = neededGroups(groups.length, threshold)
  const trials = groups.flatMap((group, index) => group.map((entry) => toTrial(entry, index, order)))
  const secrets: Secrets = new Map()
  const list = toLazyList(identities)
  const size = groups.length > 1 ? DATA_KEY_SIZE + 1 : DATA_KEY_SIZE
  try {
    for (let rank = 0; rank <= order.length && secrets.size < need; rank++) {
      const ranked = trials.filter((trial) => trial.rank === rank)
      await openGroups(ranked, list, { secrets, need, size })
    }
    if (secrets.size < need) throw notOpened(secrets.size, need, trials.map(toAttempt))
    const dataKey = await toKey([...secrets.values()])
    return { dataKey, attempts: trials.filter(({ outcome }) => outcome !== "untried").map(toAttempt) }
  } catch (error) {
    wipe(...secrets.values())
    throw error
  } finally {
    await list.close()
  }
}

function neededGroups(groups: number, threshold: number): number {
  if (groups < 2) return 1
  return threshold === 0 ? groups : Math.max(threshold, MIN_THRESHOLD)
}

function toTrial(entry: KeyEntry, group: number, order: readonly KeyKind[]): Trial {
  const place = order.indexOf(entry.kind)
  return { entry, group, rank: place < 0 ? order.length : place, outcome: "untried" }
}

type Goal = { readonly secrets: Secrets; readonly need: number; readonly size: number }

async function openGroups(
  trials: readonly Trial[],
  identities: LazyList<Identity>,
  goal: Goal,
): Promise<void> {
  const { secrets, need, size } = goal
  for (let index = 0; ; index++) {
    const missing = trials.filter(({ group }) => !secrets.has(group))
    if (missing.length === 0) return
    const identity = await identities.at(index)
    if (identity === undefined) return
    for (const trial of missing) {
      if (secrets.has(trial.group) || !identity.handles(trial.entry)) continue
      const secret = await unwrapTrial(trial, identity, size)
      if (secret !== null) secrets.set(trial.group, secret)
      if (secrets.size === need) return
    }
  }
}

async function unwrapTrial(trial: Trial, identity: Identity, size: number): Promise<Uint8Array | null> {
  try {
    const secret = await identity.unwrap(trial.entry)
    if (secret === null) {
      if (trial.outcome === "untried") trial.outcome = "not-mine"
      return null
    }
    checkSecret(secret, size)
    trial.outcome = "opened"
    delete trial.reason
    return secret
  } catch (error) {
    // Anything else is a bug, and must not pass for an entry that does not open.
    if (!(error instanceof ConclaveError)) throw error
    if (trial.outcome === "failed") return null
    trial.outcome = error.code === "kind-unsupported" ? "unsupported" : "failed"
    trial.reason = error.message
    return null
  }
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

async function toKey(secrets: readonly Uint8Array[]): Promise<DataKey> {
  const [secret, ...others] = secrets
  if (secret !== undefined && others.length === 0) return toDataKey(secret)
  const combined = await combineShares(secrets.map(toShare))
  wipe(...secrets)
  return toDataKey(combined)
}

function toAttempt({ entry, group, outcome, reason }: Trial): Attempt {
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

function notOpened(have: number, need: number, attempts: readonly Attempt[]): ConclaveError {
  if (have === 0) {
    return new ConclaveError("no-identity", "no identity unwraps the data key", { attempts })
  }
  const message = `${have} of the ${need} key groups that are needed could be opened`
  return new ConclaveError("below-threshold", message, { have, need, attempts })
}
