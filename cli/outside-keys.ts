/** Keys that lie outside this machine's files (cloud services, cards, other programs), and what the user trusts of them. */

import type { KindSurvey } from "#core/host/keys/registry.ts"
import type { Trust } from "#core/host/trust.ts"
import type { Identity } from "#core/keys/identity.ts"
import type { KeySpec } from "#core/keys/key-spec.ts"
import type { Recipient } from "#core/keys/recipient.ts"

/** What is to be known about keys before they are used. */
export type KeyRequest = {
  /** Of the file that is worked on; its repository is the one in which the user trusts names. */
  readonly folder: string
  /** `--aws-profile`, in place of what a file names. */
  readonly awsProfile?: string | undefined
  /** Whether the user has typed the key, so that nothing in it needs another word. */
  readonly isNamedByUser?: boolean
}

export interface OutsideKeys {
  /** The same for the same request: what one file has unwrapped, the next one needs not. */
  identities(request: KeyRequest): readonly Identity[]
  /** @returns `null` for a kind that has no adapter. @throws `recipient-invalid` */
  recipient(spec: KeySpec, request: KeyRequest): Promise<Recipient | null>
  trust(request: KeyRequest): Trust
  /** What of this machine each kind could be used with; no call is made. */
  survey(request: KeyRequest): Promise<readonly KindSurvey[]>
  /** @param folder - Any in the repository. */
  trustBook(folder: string): TrustBook
}

/** What the user trusts in one repository. */
export interface TrustBook {
  /** The repository's folder. */
  readonly root: string
  names(): Promise<readonly string[]>
  /** @returns Those that were new. */
  add(names: readonly string[]): Promise<readonly string[]>
  /** @returns Those that were there. */
  remove(names: readonly string[]): Promise<readonly string[]>
}
