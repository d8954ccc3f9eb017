/**
 * From the key groups of a document to its data key. One group: any entry's
 * secret is the data key. More: each group opens to a share, and as many of
 * them as the threshold asks for are combined.
 *
 * Identities are taken one after the other, and only while groups are missing:
 * behind a later one may be a passphrase to type or a command to run. Those
 * that ask another machine come last, and are asked for many entries at a time.
 */

import { wipe } from "../bytes.ts"
import { type Attempt, ConclaveError } from "../errors.ts"
import { combineShares, toShare } from "../shamir/shares.ts"
import { DATA_KEY_SIZE, type DataKey, toDataKey } from "./data-key.ts"
import type { Identity } from "./identity.ts"
import type { KeyGroup, KeyKind } from "./key-entry.ts"
import { type LazyList, toLazyList } from "./lazy-list.ts"
import { type Trial, toAttempt, toTrial, unwrapTrial } from "./trial.ts"

/** sops' `--decryption-order` when none is given. */
const DEFAULT_ORDER: readonly KeyKind[] = ["age", "pgp"]

const MIN_THRESHOLD = 2

/** How many entries of one document are with other machines at a time. */
const MAX_CALLS = 16

export type Unwrapped = {
  /** The caller wipes it. */
  readonly dataKey: DataKey
  /** One outcome for each entry that was tried, in the order of the document. */
  readonly attempts: readonly Attempt[]
}

/** The data key or shares found so far, by group. */
type Secrets = Map<number, Uint8Array>

/**
 * Unwraps the data key of a document.
 *
 * @param threshold - As stored; 0 with several groups means all of them.
 * @param identities - In the order in which they may be used; an iterable is
 * read no further than needed. An identity is tried on all groups before the
 * next one is taken; remote ones all together, after the others.
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
    if (secrets.size < need) throw notOpened(trials, secrets, need)
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

type Goal = { readonly secrets: Secrets; readonly need: number; readonly size: number }

async function openGroups(
  trials: readonly Trial[],
  identities: LazyList<Identity>,
  goal: Goal,
): Promise<void> {
  const { secrets, need, size } = goal
  const remotes: Identity[] = []
  for (let index = 0; ; index++) {
    const missing = trials.filter(({ group }) => !secrets.has(group))
    if (missing.length === 0) return
    const identity = await identities.at(index)
    if (identity === undefined) return askRemotely(missing, remotes, goal)
    if (identity.remote === true) {
      remotes.push(identity)
      continue
    }
    for (const trial of missing) {
      if (secrets.has(trial.group) || !identity.handles(trial.entry)) continue
      const secret = await unwrapTrial(trial, identity, size)
      if (secret !== null) secrets.set(trial.group, secret)
      if (secrets.size === need) return
    }
  }
}

/** All at a time, until there are enough groups; what is still under way then is called off. */
async function askRemotely(
  trials: readonly Trial[],
  identities: readonly Identity[],
  { secrets, need, size }: Goal,
): Promise<void> {
  const calls = trials.flatMap((trial) =>
    identities.filter((identity) => identity.handles(trial.entry)).map((identity) => ({ trial, identity })),
  )
  if (calls.length === 0) return
  const controller = new AbortController()
  const queue = calls.values()
  const lane = async () => {
    for (const { trial, identity } of queue) {
      if (controller.signal.aborted) return
      if (secrets.has(trial.group)) continue
      const secret = await unwrapTrial(trial, identity, size, controller.signal)
      if (secret === null) continue
      if (secrets.size === need || secrets.has(trial.group)) wipe(secret)
      else secrets.set(trial.group, secret)
      if (secrets.size === need) controller.abort()
    }
  }
  // All are waited for, also after a bug in one: none may add a secret behind the one who wipes them.
  const ended = await Promise.allSettled(Array.from({ length: Math.min(MAX_CALLS, calls.length) }, lane))
  const broken = ended.find((result) => result.status === "rejected")
  if (broken !== undefined) throw broken.reason
}

async function toKey(secrets: readonly Uint8Array[]): Promise<DataKey> {
  const [secret, ...others] = secrets
  if (secret !== undefined && others.length === 0) return toDataKey(secret)
  const combined = await combineShares(secrets.map(toShare))
  wipe(...secrets)
  return toDataKey(combined)
}

function notOpened(trials: readonly Trial[], secrets: Secrets, need: number): ConclaveError {
  const have = secrets.size
  // What was left out because its group had opened already says nothing.
  const attempts: Attempt[] = trials
    .filter(({ group, outcome }) => outcome !== "untried" || !secrets.has(group))
    .map(toAttempt)
  if (have === 0) {
    return new ConclaveError("no-identity", "no identity unwraps the data key", { attempts })
  }
  const message = `${have} of the ${need} key groups that are needed could be opened`
  return new ConclaveError("below-threshold", message, { have, need, attempts })
}
