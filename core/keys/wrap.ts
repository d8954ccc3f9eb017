/**
 * From a data key to the key groups of a document. One group: every recipient
 * gets the data key. More: it is split, and every recipient of a group gets
 * this group's share.
 */

import { wipe } from "../bytes.ts"
import { ConclaveError } from "../errors.ts"
import { splitSecret } from "../shamir/shares.ts"
import type { DataKey } from "./data-key.ts"
import type { KeyEntry, KeyGroup } from "./key-entry.ts"
import type { Recipient } from "./recipient.ts"

export type Wrapped = {
  /** In the order of the recipients. */
  readonly groups: readonly KeyGroup[]
  /** As it is to be stored: 0 with one group, where SOPS has no use for it. */
  readonly threshold: number
}

/**
 * Wraps a data key for every recipient, or for none.
 *
 * @param threshold - How many groups open the document together; 0 means all
 * of them, and it is ignored with one group.
 * @param createdAt - RFC 3339, for the kinds of entries that have a date.
 * @throws {@link ConclaveError} `share-invalid` if there is no group, a group
 * is empty, or the threshold is 1 or above the number of groups;
 * `wrap-failed` if any recipient fails.
 */
export async function wrapDataKey(
  dataKey: DataKey,
  groups: readonly (readonly Recipient[])[],
  threshold: number,
  createdAt: string,
): Promise<Wrapped> {
  refuseEmpty(groups)
  const [only, ...others] = groups
  if (only !== undefined && others.length === 0) {
    return { groups: [await wrapGroup(dataKey, only, createdAt)], threshold: 0 }
  }
  const stored = threshold === 0 ? groups.length : threshold
  const shares = await splitSecret(dataKey, groups.length, stored)
  try {
    const wrapped: KeyGroup[] = []
    for (const [index, share] of shares.entries()) {
      wrapped.push(await wrapGroup(share, groups[index] ?? [], createdAt))
    }
    return { groups: wrapped, threshold: stored }
  } finally {
    wipe(...shares)
  }
}

function refuseEmpty(groups: readonly (readonly Recipient[])[]): void {
  if (groups.length === 0) throw shareInvalid("there is no key group to wrap for")
  const empty = groups.findIndex((group) => group.length === 0)
  if (empty >= 0) throw shareInvalid(`key group ${empty + 1} has no recipients`)
}

function shareInvalid(reason: string): ConclaveError<"share-invalid"> {
  return new ConclaveError("share-invalid", reason, { reason })
}

async function wrapGroup(
  secret: Uint8Array,
  recipients: readonly Recipient[],
  createdAt: string,
): Promise<KeyEntry[]> {
  // All are waited for, also after a failure: the secret is wiped behind this, and none may still read it.
  const results = await Promise.allSettled(
    recipients.map((recipient) => wrapFor(recipient, secret, createdAt)),
  )
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason
    return result.value
  })
}

async function wrapFor(recipient: Recipient, secret: Uint8Array, createdAt: string): Promise<KeyEntry> {
  return recipient.toEntry(await recipient.wrap(secret), createdAt)
}
